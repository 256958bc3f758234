"""The whole portal against `kill -9`: what was acknowledged is there, what was not can be sent again."""

import http.client
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bench.client import Answer, Client
from bench.live import LivePortal
from bench.people import COMMUNITY, MANAGER, OWNERS, people_csv

ROUNDS = 3
BURST_S = 1.2
_AWAY = (OSError, http.client.HTTPException)


@dataclass
class Reporter:
    """An owner who reports again and again; `sent` has every key with its body, and its answer if one came."""

    client: Client
    unit_id: str
    sent: dict[str, tuple[dict[str, Any], str | None]] = field(default_factory=dict)

    def burst(self) -> None:
        """Report until the portal is gone."""
        while True:
            key = uuid.uuid4().hex
            body = {"unit_id": self.unit_id, "category_id": "plumbing", "description": key}
            self.sent[key] = (body, None)
            try:
                self.sent[key] = (body, self.report(key).json["id"])
            except _AWAY:
                return

    def report(self, key: str) -> Answer:
        body, _ = self.sent[key]
        return self.client.call("report", "POST", "/api/v1/issues", body, key=key, expect=(201,))

    def pages(self, path: str) -> list[dict[str, Any]]:
        """A whole list, page by page."""
        found, cursor = [], ""
        while True:
            page = self.client.call("list", "GET", f"{path}?limit=100{cursor}").json
            found += page["items"]
            if page["next_cursor"] is None:
                return found
            cursor = f"&cursor={page['next_cursor']}"


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[LivePortal]:
    running = LivePortal.in_folder(tmp_path / "data")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def manager(portal: LivePortal) -> Iterator[Client]:
    client = Client(portal.url)
    client.sign_in(MANAGER)
    done = client.call("import", "POST", "/api/v1/desk/import", people_csv()).json
    assert done["errors"] == 0
    yield client
    client.close()


@pytest.fixture
def reporters(portal: LivePortal, manager: Client) -> Iterator[list[Reporter]]:
    found = []
    for phone in OWNERS[:6]:
        client = Client(portal.url)
        client.sign_in(phone)
        units = client.call("me", "GET", "/api/v1/me").json["units"]
        found.append(Reporter(client, units[0]["id"]))
    yield found
    for reporter in found:
        reporter.client.close()


def burst_and_kill(portal: LivePortal, reporters: list[Reporter]) -> None:
    threads = [threading.Thread(target=reporter.burst) for reporter in reporters]
    before = sum(len(reporter.sent) for reporter in reporters)
    for thread in threads:
        thread.start()
    threads[0].join(BURST_S)
    portal.kill()
    for thread in threads:
        thread.join()
    assert sum(len(reporter.sent) for reporter in reporters) > before + len(reporters)


def counted(manager: Client) -> dict[str, int]:
    path = f"/api/v1/desk/counts?community_id={COMMUNITY}"
    return dict(manager.call("counts", "GET", path).json)


def wait_for(what: Any, limit_s: float = 45) -> None:
    """Wait for a condition; the sweep of what a killed pump left behind comes within half a minute."""
    end = time.monotonic() + limit_s
    while not what():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.2)


def test_nothing_acknowledged_is_lost_and_nothing_is_doubled_over_three_kills(
    portal: LivePortal, manager: Client, reporters: list[Reporter]
) -> None:
    wait_for(lambda: counted(manager)["submitted"])  # the demo's own report is still being counted at first
    before = counted(manager)["submitted"]
    for _ in range(ROUNDS):
        burst_and_kill(portal, reporters)
        manager.close()
        portal.start()
    for reporter in reporters:
        again = {key: reporter.report(key).json["id"] for key in reporter.sent}
        acknowledged = {key: made for key, (_, made) in reporter.sent.items() if made}
        assert {key: again[key] for key in acknowledged} == acknowledged
        kept = Counter((issue["id"], issue["description"]) for issue in reporter.pages("/api/v1/issues"))
        assert kept == Counter((made, key) for key, made in again.items())
    sent = sum(len(reporter.sent) for reporter in reporters)
    wait_for(lambda: counted(manager)["submitted"] == before + sent)
    for reporter in reporters:
        # The outbox is empty now: everybody has heard of each of their reports exactly once.
        heard = Counter(message["issue_id"] for message in reporter.pages("/api/v1/inbox"))
        assert sorted(heard.values()) == [1] * len(reporter.sent)
        unread = reporter.client.call("inbox", "GET", "/api/v1/inbox").json["unread"]
        assert unread == len(reporter.sent)
