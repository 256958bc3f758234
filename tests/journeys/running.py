"""A real portal as `make run` starts it, with a folder and a port of its own, and its people's API."""

import contextlib
import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx

from local.engines import ROOT
from tests.plain import NO_TLS

Value = TypeVar("Value")

OWNER, NEIGHBOUR, CEDAR_OWNER = "+8613800000001", "+8613800000002", "+8613800000003"
CLERK, TECHNICIAN, DESIGNER = "+8613900000001", "+8613900000002", "+8613900000003"
MANAGER, AUDITOR, CEDAR_CLERK = "+8613900000004", "+8613900000005", "+8613900000011"


def wait_for(look: Callable[[], Value | None], limit_s: float = 20, what: str = "") -> Value:
    """What `look` gives back once it is true; fails when that takes too long."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"still not there after {limit_s} s: {what or look}")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@dataclass
class Running:
    """A running portal: its address, its kept messages, and people signed in over the API."""

    url: str
    #: Its folder; None where it runs in this process.
    data: Path | None = None
    _tokens: dict[str, str] = field(default_factory=dict)
    _clients: list[httpx.Client] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def messages(self, to: str) -> list[dict[str, Any]]:
        """What was sent to a phone, newest first."""
        found = httpx.get(f"{self.url}/dev/outbox.json", params={"to": to}, verify=NO_TLS).json()
        return list(found["items"])

    def code(self, phone: str, after: int = 0) -> str:
        """The newest sign-in code of a phone that has had `after` codes before."""

        def newest() -> str | None:
            codes = [str(message["code"]) for message in self.messages(phone) if "code" in message]
            return codes[0] if len(codes) > after else None

        return wait_for(newest, what=f"a code for {phone}")

    def may_have_code(self, phone: str) -> int:
        """Wait until a phone may be sent another code; gives back how many it has had."""
        last = [message["at"] for message in self.messages(phone) if "code" in message]
        if last:
            again = datetime.fromisoformat(last[0]) + timedelta(seconds=2)
            wait_for(lambda: datetime.now(UTC) > again)
        return len(last)

    def token(self, phone: str) -> str:
        """A session of a person, made once."""
        if phone not in self._tokens:
            before = self.may_have_code(phone)
            with httpx.Client(base_url=f"{self.url}/api/v1/auth/", verify=NO_TLS) as web:
                web.post("code", json={"phone": phone}).raise_for_status()
                body = {"phone": phone, "code": self.code(phone, before)}
                answer = web.post("session", json=body).raise_for_status()
            self._tokens[phone] = answer.json()["token"]
        return self._tokens[phone]

    def api(self, phone: str) -> httpx.Client:
        """The API, signed in as a person; its answers raise when they are errors."""
        client = httpx.Client(
            base_url=f"{self.url}/api/v1/",
            headers={"Authorization": f"Bearer {self.token(phone)}"},
            event_hooks={"response": [httpx.Response.raise_for_status]},
            timeout=30,
            verify=NO_TLS,
        )
        self._clients.append(client)
        return client

    def new_owner(self, *, name: str = "孙晓梅") -> str:
        """Somebody with a home of their own in maple; gives back their phone."""
        number = next(self._numbers)
        return self._imported(f"maple,9,{number},maple-9-{number},{name},{{}},owner", number)

    def new_staff(self, role: str, *, name: str = "钱师傅") -> str:
        """Another member of maple's staff; gives back their phone."""
        return self._imported(f"maple,,,,{name},{{}},{role}", next(self._numbers))

    def _imported(self, row: str, number: int) -> str:
        phone = f"+86137{number:08d}"
        lines = f"community_id,building,unit,unit_id,name,phone,role\n{row.format(phone)}\n"
        headers = {"Content-Type": "text/csv"}
        with self.api(MANAGER) as manager:
            result = manager.post("desk/import", content=lines.encode(), headers=headers).json()
        assert result["errors"] == 0, result
        return phone

    def inside(self, module: str, *args: str) -> None:
        """Run a module with the portal's own table, as `make import` and the like do."""
        assert self.data
        command = [sys.executable, "-m", "local.inside", module, *args]
        subprocess.run(command, cwd=ROOT, env=os.environ | {"DATA": str(self.data)}, check=True)

    def close(self) -> None:
        """Close the clients."""
        for client in self._clients:
            client.close()


@contextlib.contextmanager
def running_portal(data: Path) -> Iterator[Running]:
    """A portal with demo data; phones may have a code each second, so that nobody waits a minute."""
    port = free_port()
    environment = os.environ | {"PORT": str(port), "DATA": str(data), "CODE_RESEND_SECONDS": "1"}
    command = [sys.executable, "-m", "local.run"]
    with open(data.parent / "run.log", "wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    portal = Running(f"http://127.0.0.1:{port}", data)
    try:
        wait_for(lambda: process.poll() is not None or answers(portal.url), 60, "the portal")
        assert process.poll() is None, (data.parent / "run.log").read_text()
        yield portal
    finally:
        portal.close()
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def answers(url: str) -> bool:
    """Whether a portal is there and well."""
    try:
        return httpx.get(f"{url}/healthz", timeout=2, verify=NO_TLS).status_code == 200
    except httpx.HTTPError:
        return False
