"""What people ask of a running portal under an open loop: mostly looking, some reports, messages and steps."""

import random
import threading
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from bench.client import Client
from bench.people import COMMUNITY

#: Each kind of call with how often it comes; the desk's polls are the most.
MIX = (
    ("home page", 18), ("own list", 10), ("issue page", 16), ("report", 5), ("message", 6),
    ("queue page", 9), ("queue", 8), ("live poll", 22), ("acknowledge", 6),
)  # fmt: skip
_TEXT = "厨房水槽下面漏水，请尽快来看一下"


@dataclass
class Visitors:
    """People who are signed in, and what of theirs can be looked at. Safe for several threads."""

    owners: list[str]
    staff: list[str]
    homes: dict[str, str] = field(default_factory=dict)
    fresh: deque[str] = field(default_factory=deque)
    known: dict[str, list[str]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def prepare(self, url: str) -> None:
        """A few issues for each owner, so that there is something to see."""
        client = Client(url)
        for token in self.owners:
            client.token = token
            me = client.call("me", "GET", "/api/v1/me").json
            self.homes[token] = me["units"][0]["id"]
            for _ in range(3):
                self.report(client)
        client.close()

    def report(self, client: Client) -> int:
        """Report something."""
        body = {"unit_id": self.homes[client.token or ""], "category_id": "plumbing", "description": _TEXT}
        key = uuid.uuid4().hex
        answer = client.call("report", "POST", "/api/v1/issues", body, key=key, expect=(201,))
        self.fresh.append(answer.json["id"])
        self.known.setdefault(client.token or "", []).append(answer.json["id"])
        return answer.status

    def do(self, client: Client, kind: str) -> int:
        """One call of a kind; raises what the client raises."""
        theirs = self.staff if kind in ("queue page", "queue", "live poll", "acknowledge") else self.owners
        client.token = random.choice(theirs)
        client.samples.clear()
        if kind == "report":
            return self.report(client)
        method: Any = getattr(self, f"_{kind.replace(' ', '_')}")
        status: int = method(client)
        return status

    def _home_page(self, client: Client) -> int:
        return client.call("home", "GET", "/").status

    def _own_list(self, client: Client) -> int:
        return client.call("list", "GET", "/api/v1/issues").status

    def _issue_page(self, client: Client) -> int:
        return client.call("issue", "GET", f"/issues/{self._own(client)}").status

    def _own(self, client: Client) -> str:
        return random.choice(self.known[client.token or ""])

    def _message(self, client: Client) -> int:
        path, key = f"/api/v1/issues/{self._own(client)}/messages", uuid.uuid4().hex
        return client.call("message", "POST", path, {"text": "师傅几点到？"}, key=key, expect=(201,)).status

    def _queue_page(self, client: Client) -> int:
        return client.call("queue", "GET", f"/desk?community_id={COMMUNITY}").status

    def _queue(self, client: Client) -> int:
        return client.call("queue", "GET", f"/api/v1/desk/issues?community_id={COMMUNITY}").status

    def _live_poll(self, client: Client) -> int:
        token = client.token or ""
        tag = {"If-None-Match": self.tags[token]} if token in self.tags else {}
        answer = client.call("poll", "GET", "/desk/live?rows=1", expect=(200, 304), headers=tag)
        self.tags[token] = answer.headers.get("etag", "")
        return answer.status

    def _acknowledge(self, client: Client) -> int:
        """Take on a new report; the queue is read when there is none."""
        if not self.fresh:
            return self._queue(client)
        path = f"/api/v1/desk/issues/{self.fresh.popleft()}/transition"
        body, key = {"to": "acknowledged", "version": 1}, uuid.uuid4().hex
        return client.call("acknowledge", "POST", path, body, key=key, expect=(200, 409)).status


class Sender:
    """One worker's connection to a portal."""

    def __init__(self, visitors: Visitors, url: str) -> None:
        self._visitors, self._client = visitors, Client(url)
        self._lock = threading.Lock()

    def __call__(self, kind: str) -> int | None:
        """Make a call; None when it failed."""
        try:
            return self._visitors.do(self._client, kind)
        except Exception:  # an answer of another kind, or none: counted, and the next call goes on
            self._client.close()
            return None
