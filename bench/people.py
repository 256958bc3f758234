"""Twenty-five owners and twenty-five of the staff, and what they do all day."""

import random
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench.client import Answer, Client, UnexpectedAnswer, with_query
from bench.ledger import Ledger

MANAGER = "+8613900000004"
COMMUNITY = "maple"
BUILDING = "9"
#: Marks the issues of this run.
RUN = uuid.uuid4().hex
OWNERS = [f"+86137{n:08d}" for n in range(1, 26)]
_ROLES = ["front_line"] * 8 + ["technician"] * 15 + ["manager"] * 2
STAFF = [(f"+86136{n:08d}", role) for n, role in enumerate(_ROLES, 1)]
#: Categories that ask for no proof, so that one call resolves.
_CATEGORIES = ("plumbing", "electrical", "noise", "parking", "cleaning", "other")
_AGAIN = 0.05


def people_csv() -> str:
    """Everybody, as the import takes them."""
    rows = ["community_id,building,unit,name,phone,role"]
    rows += [f"{COMMUNITY},{BUILDING},{n},业主{n},{phone},owner" for n, phone in enumerate(OWNERS, 901)]
    rows += [f"{COMMUNITY},,,员工{n},{phone},{role}" for n, (phone, role) in enumerate(STAFF, 1)]
    return "\n".join(rows)


@dataclass
class Worker(threading.Thread):
    """Somebody who does one thing after another until told to stop. `failure` is what went wrong."""

    client: Client
    stop: threading.Event
    photo: bytes
    ledger: Ledger = field(default_factory=Ledger)
    failure: BaseException | None = None
    races: int = 0

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.random = random.Random(hash(self.client.token))

    def __hash__(self) -> int:
        return id(self)

    def habits(self) -> list[tuple[int, Callable[[], None]]]:
        """What this person does, with how often."""
        raise NotImplementedError

    def run(self) -> None:
        """Do what one does until it is time to stop."""
        weights, actions = zip(*self.habits(), strict=True)
        try:
            while not self.stop.is_set():
                self.random.choices(actions, weights)[0]()
        except BaseException as failure:  # the main thread reports it
            self.failure = failure
        finally:
            self.client.close()

    def page(self, kind: str, path: str) -> None:
        """Look at a page."""
        self.client.call(kind, "GET", path)

    def step(self, kind: str, path: str, body: object, told: tuple[str, str], status: int = 200) -> bool:
        """Take a step, sometimes twice with the same key; False when somebody else was quicker."""
        key = uuid.uuid4().hex
        answer = self.client.call(kind, "POST", path, body, key=key, expect=(status, 409))
        if answer.status == 409:
            self.races += 1
            return False
        self.ledger.note(*told)
        if self.random.random() < _AGAIN:
            again = self.client.call(f"{kind} again", "POST", path, body, key=key, expect=(status,))
            _must_be_equal(kind, answer, again)
        return True


def _must_be_equal(kind: str, first: Answer, again: Answer) -> None:
    if first.json["id"] != again.json["id"] or first.json.get("version") != again.json.get("version"):
        raise UnexpectedAnswer(f"{kind}: the same key gave another answer")


def _of_this_run(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the demo's and earlier runs' issues, of whose past nobody here was told."""
    return [issue for issue in items if RUN in issue["description"]]


class Owner(Worker):
    """Reports, looks, writes, confirms, rates."""

    def __post_init__(self) -> None:
        super().__post_init__()
        me = self.client.call("me", "GET", "/api/v1/me").json
        self.unit_id = me["units"][0]["id"]

    def habits(self) -> list[tuple[int, Callable[[], None]]]:
        """Mostly looking."""
        return [
            (14, self.report),
            (2, self.report_with_photo),
            (14, lambda: self.page("page: home", "/")),
            (8, lambda: self.page("page: own list", "/issues")),
            (14, self.look),
            (12, self.write),
            (16, self.answer),
        ]

    def report(self, photo_ids: tuple[str, ...] = ()) -> None:
        """Report something, with photos or without."""
        body = {
            "unit_id": self.unit_id,
            "category_id": self.random.choice(_CATEGORIES),
            "description": f"厨房水槽下面漏水 {RUN}",
            "photo_ids": photo_ids,
        }
        key = uuid.uuid4().hex
        made = self.client.call("report", "POST", "/api/v1/issues", body, key=key, expect=(201,)).json
        self.ledger.note(made["id"], "submitted")
        if self.random.random() < _AGAIN:
            again = self.client.call("report again", "POST", "/api/v1/issues", body, key=key, expect=(201,))
            if again.json["id"] != made["id"]:
                raise UnexpectedAnswer("the same key made two issues")

    def report_with_photo(self) -> None:
        """Send a photo and report with it while it is still being taken in."""
        begun = {"content_type": "image/jpeg", "size_bytes": len(self.photo)}
        started = self.client.call("photo: begin", "POST", "/api/v1/photos", begun, expect=(201,)).json
        self.client.upload("photo: upload", started["upload"], self.photo)
        self.report((started["photo_id"],))

    def mine(self, status: str | None = None) -> dict[str, Any] | None:
        """One of one's own newest issues."""
        path = with_query("/api/v1/issues", limit=20, status=status)
        items = _of_this_run(self.client.call("own list", "GET", path).json["items"])
        return self.random.choice(items) if items else None

    def look(self) -> None:
        """Open one's issue, on the page and by the API."""
        if issue := self.mine():
            self.page("page: issue", f"/issues/{issue['id']}")
            self.client.call("issue", "GET", f"/api/v1/issues/{issue['id']}")

    def write(self) -> None:
        """Write to the staff."""
        issue = self.mine()
        if issue and "message" in issue["allowed_actions"]:
            text = f"有消息吗？{uuid.uuid4().hex}"
            path = f"/api/v1/issues/{issue['id']}/messages"
            self.step("message", path, {"text": text}, (issue["id"], f"message {text}"), 201)

    def answer(self) -> None:
        """Say that a repair is good, or not, and rate it."""
        issue = self.mine("resolved")
        if issue is None:
            return
        good = self.random.random() < 0.9
        action, to = ("confirm", "closed") if good else ("reopen", "reopened")
        body = {"version": issue["version"], "reason": None if good else "还在漏"}
        path = f"/api/v1/issues/{issue['id']}"
        if self.step(action, f"{path}/{action}", body, (issue["id"], to)) and good:
            marks = {"professionalism": 5, "attitude": 4, "efficiency": 5, "comment": "谢谢"}
            self.client.call("rate", "PUT", f"{path}/rating", marks)
            self.ledger.note(issue["id"], "rated")


class Staff(Worker):
    """Reads the queue and moves things on, each by what their role may do."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.id = self.client.call("me", "GET", "/api/v1/me").json["id"]
        path = f"/api/v1/desk/communities/{COMMUNITY}/staff"
        members = self.client.call("staff", "GET", path).json["items"]
        self.technicians = [m["id"] for m in members if "technician" in m["roles"]]

    def habits(self) -> list[tuple[int, Callable[[], None]]]:
        """Mostly working."""
        return [
            (10, lambda: self.page("page: queue", f"/desk?community_id={COMMUNITY}")),
            (60, self.move_on),
            (10, self.look),
            (6, self.write),
        ]

    def queue(self) -> list[dict[str, Any]]:
        """A page of the queue: of one's own work, of one state, or of everything."""
        choice = self.random.choice([{"assignee_id": self.id}, {"status": "submitted"}, {}, {}])
        path = with_query("/api/v1/desk/issues", community_id=COMMUNITY, limit=20, **choice)
        items = self.client.call("queue", "GET", path).json["items"]
        return _of_this_run(items)

    def move_on(self) -> None:
        """Take the next step of some issue that one may take a step with."""
        steps = [(i, to) for i in self.queue() for to in _FORWARD if to in i["allowed_actions"]]
        if not steps:
            return
        issue, to = self.random.choice(steps)
        path = f"/api/v1/desk/issues/{issue['id']}"
        if to == "assign":
            body = {"assignee_id": self._whom(), "version": issue["version"]}
            self.step("assign", f"{path}/assign", body, (issue["id"], "assigned"))
        else:
            body = {"to": to, "version": issue["version"], "note": "好了" if to == "resolved" else None}
            self.step(_NAMES[to], f"{path}/transition", body, (issue["id"], to))

    def _whom(self) -> str:
        """Technicians claim; others give it to a technician."""
        return self.id if self.id in self.technicians else str(self.random.choice(self.technicians))

    def look(self) -> None:
        """Open an issue, on the page and by the API."""
        for issue in self.queue()[:1]:
            self.page("page: issue at the desk", f"/desk/issues/{issue['id']}")
            self.client.call("issue at the desk", "GET", f"/api/v1/desk/issues/{issue['id']}")

    def write(self) -> None:
        """Write to an owner, or a note."""
        items = self.queue()
        if items:
            issue = self.random.choice(items)
            text = f"明天上午过来 {uuid.uuid4().hex}"
            body = {"text": text, "internal": self.random.random() < 0.3}
            path = f"/api/v1/desk/issues/{issue['id']}/messages"
            self.step("message at the desk", path, body, (issue["id"], f"message {text}"), 201)


_FORWARD = ("acknowledged", "assign", "in_progress", "resolved")
_NAMES = {"acknowledged": "acknowledge", "in_progress": "start", "resolved": "resolve"}
