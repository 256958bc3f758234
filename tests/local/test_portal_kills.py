"""The whole portal, as `make run` starts it, against `kill -9` of everything in the middle of a burst."""

import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from local.engines import ROOT
from local.run import DEMO_DONE

PHONE = "+8613800000002"


class RunningPortal:
    """A portal on a free port, which can be killed with all its processes and started again."""

    def __init__(self, data: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.data = data
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        environment = os.environ | {"PORT": str(self.port), "DATA": str(self.data)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "local.run"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        )
        wait_for(self.healthy)

    def healthy(self) -> bool:
        assert self.process.poll() is None, "the portal did not start"
        try:
            return requests.get(f"{self.url}/healthz", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def kill(self) -> None:
        """Kill the supervisor, which takes every other process with it, and wait for the port."""
        self.process.kill()
        self.process.wait()
        wait_for(self.port_is_free)

    def port_is_free(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) != 0

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(15) == 0


def wait_for(condition: Any, seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds} s for {condition.__name__}"
        time.sleep(0.05)


class Owner:
    """A signed-in owner who reports issues, each with a key of its own."""

    def __init__(self, portal: RunningPortal) -> None:
        self.api = f"{portal.url}/api/v1"
        self.sign_in(portal)
        me = self.get("/me")
        self.unit = me["units"][0]
        path = f"/communities/{self.unit['community_id']}/categories"
        self.category = next(entry for entry in self.get(path)["items"] if not entry["emergency"])

    def sign_in(self, portal: RunningPortal) -> None:
        requests.post(f"{self.api}/auth/code", json={"phone": PHONE}, timeout=20).raise_for_status()
        outbox = requests.get(f"{portal.url}/dev/outbox.json", params={"to": PHONE}, timeout=20).json()
        code = {"phone": PHONE, "code": outbox["items"][0]["code"]}
        token = requests.post(f"{self.api}/auth/session", json=code, timeout=20).json()["token"]
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **query: Any) -> Any:
        answer = requests.get(self.api + path, params=query, headers=self.headers, timeout=20)
        answer.raise_for_status()
        return answer.json()

    def report(self, key: str) -> str:
        body = {"unit_id": self.unit["id"], "category_id": self.category["id"], "description": key}
        headers = self.headers | {"Idempotency-Key": key}
        answer = requests.post(f"{self.api}/issues", json=body, headers=headers, timeout=20)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def all_issues(self) -> list[tuple[str, str]]:
        """Each issue's description and id, page by page."""
        found, cursor = [], None
        while True:
            page = self.get("/issues", limit=100, **({"cursor": cursor} if cursor else {}))
            found += [(issue["description"], issue["id"]) for issue in page["items"]]
            cursor = page["next_cursor"]
            if not cursor:
                return found


class Burst(threading.Thread):
    """Reports one issue after the other until the portal is gone."""

    def __init__(self, owner: Owner, name: str) -> None:
        super().__init__(name=name)
        self.owner = owner
        self.acknowledged: dict[str, str] = {}
        self.open_key = ""

    def run(self) -> None:
        for number in itertools.count():
            self.open_key = f"burst-{self.name}-{number:04}"
            try:
                self.acknowledged[self.open_key] = self.owner.report(self.open_key)
            except requests.RequestException:
                return


@pytest.mark.timeout(240)
def test_three_kills_during_bursts_of_reports_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    portal = RunningPortal(tmp_path / "data")
    assert (portal.data / DEMO_DONE).exists(), "it answered before all of the demo data was there"
    owner = Owner(portal)
    before = owner.all_issues()
    acknowledged: dict[str, str] = {}
    for round_number in range(3):
        bursts = [Burst(owner, f"{round_number}-{thread}") for thread in range(4)]
        for burst in bursts:
            burst.start()
        time.sleep(1.5)
        portal.kill()
        for burst in bursts:
            burst.join()
            assert burst.acknowledged, "the burst was under way"
            acknowledged |= burst.acknowledged
        portal.start()
        # What was under way when the lights went out is sent again, and so is something old.
        for burst in bursts:
            acknowledged[burst.open_key] = owner.report(burst.open_key)
            key, issue = next(iter(burst.acknowledged.items()))
            assert owner.report(key) == issue
        assert sorted(owner.all_issues()) == sorted(before + list(acknowledged.items()))
    portal.stop()
