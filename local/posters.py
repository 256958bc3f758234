"""`make posters`: one printable file for each community, with a poster for each of its public places.

ORIGIN is the address by which phones reach the portal: it is what the QR codes carry. COMMUNITY names those wanted.
"""

import base64
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from chalicelib.assets import static_bytes
from chalicelib.communities import store as communities
from chalicelib.company import company
from chalicelib.errors import NotFound
from chalicelib.page_words import DEFAULT_ZONE, Speech, environment, speak
from chalicelib.places import posters, service
from chalicelib.portal import portal
from chalicelib.settings import settings
from local.engines import ROOT

FOLDER = ROOT / "build" / "posters"
_TEMPLATE = Path(__file__).with_name("posters.html")


def write(community_id: str, origin: str, folder: Path = FOLDER) -> tuple[Path, int]:
    """Write a community's posters; gives back the file and how many. Raises NotFound for no community."""
    community = communities.get(portal().db, community_id)
    speak(Speech(datetime.now(UTC), DEFAULT_ZONE, "zh-CN"))
    drawn = [
        posters.poster(place, community.name, origin) for place in service.in_use(portal(), community_id)
    ]
    logo = base64.b64encode(static_bytes(company().logo)).decode()
    html = environment().from_string(_TEMPLATE.read_text(encoding="utf-8"))
    text = html.render(
        community=community.name,
        posters=drawn,
        logo=f"data:image/svg+xml;base64,{logo}",
        names=company().name,
        emergency_phone=company().emergency_phone,
        css=static_bytes("poster.css").decode(),
    )
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{community_id}.html"
    file.write_text(text, encoding="utf-8")
    return file, len(drawn)


def main(wanted: list[str]) -> int:
    """Write all that are wanted, say where; 1 when a community is not there."""
    given = settings().public_origin or os.environ.get("ORIGIN") or "http://127.0.0.1:8000"
    missing = 0
    for community_id in wanted:
        try:
            file, number = write(community_id, given.rstrip("/") + settings().base_path)
        except NotFound:
            missing += 1
            print(f"{community_id}: no such community")
            continue
        print(f"{file.relative_to(ROOT)}: {number} posters for {given}")
    return int(missing > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
