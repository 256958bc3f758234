"""What the first view costs somebody who pays for each megabyte: counted as it comes over the wire."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.journeys.phones import Phones
from tests.journeys.running import CLERK, OWNER

KB = 1024


@dataclass
class Wire:
    """Bytes received by a page, with headers, by kind; as the network layer counts them, compressed."""

    page: Page
    kinds: dict[str, str] = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        session = self.page.context.new_cdp_session(self.page)
        session.on("Network.responseReceived", self._answered)
        session.on("Network.loadingFinished", self._loaded)
        session.send("Network.enable")

    def _answered(self, event: dict[str, Any]) -> None:
        self.kinds[event["requestId"]] = event["type"]

    def _loaded(self, event: dict[str, Any]) -> None:
        kind = self.kinds.get(event["requestId"], "Other")
        self.bytes[kind] = self.bytes.get(kind, 0) + int(event["encodedDataLength"])


@pytest.mark.parametrize(("who", "path"), [(None, "/login"), (OWNER, "/"), (CLERK, "/desk")])
def test_a_first_view_is_light(phones: Phones, who: str | None, path: str) -> None:
    page = phones.open(who)
    wire = Wire(page)
    page.goto(path, wait_until="networkidle")
    assert set(wire.bytes) >= {"Document", "Stylesheet", "Script"}
    assert sum(wire.bytes.values()) <= 100 * KB, wire.bytes
    assert wire.bytes["Script"] <= 30 * KB, wire.bytes


def test_a_second_view_loads_the_page_alone(phones: Phones) -> None:
    page = phones.open(OWNER)
    # With a worker even less comes over the wire; this is what browsers without one load.
    page.add_init_script("Object.defineProperty(navigator, 'serviceWorker', { value: undefined })")
    page.goto("/", wait_until="networkidle")
    wire = Wire(page)
    page.goto("/issues", wait_until="networkidle")
    assert wire.bytes["Document"] > 0
    assert not {kind: size for kind, size in wire.bytes.items() if kind != "Document" and size}, wire.bytes
