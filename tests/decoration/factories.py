"""Made-up projects, prices, commitments and previews; everything by keyword."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from chalicelib.accounts.models import Person
from chalicelib.photos import service as photos
from chalicelib.portal import Portal
from chalicelib.previews import service as previews
from chalicelib.previews.models import AddPreview
from chalicelib.prices import board
from chalicelib.prices import service as commitments
from chalicelib.prices.models import AddItem, Commitment, Item, Offer
from chalicelib.projects import service as projects
from chalicelib.projects.models import Project, StartProject, WriteReport
from tests.factories import NOW, People

HOME = "maple-1-101"
#: The day in Shanghai on which `NOW` is, and its month.
TODAY, MONTH = date(2026, 11, 20), "2026-11"


def make_project(*, portal: Portal, by: Person, now: datetime = NOW, **changes: Any) -> Project:
    """A project of the owner's home, by its designer."""
    body = StartProject.model_validate({"community_id": "maple", "unit_id": HOME, **changes})
    return projects.start(portal, by, body, None, now)


def write_report(
    *, portal: Portal, by: Person, month: str = MONTH, now: datetime = NOW, photo_ids: Any = ()
) -> None:
    """A month's report."""
    body = WriteReport(month=month, text="水电已完成", photo_ids=list(photo_ids))
    projects.report(portal, by, HOME, body, None, now)


def make_item(*, portal: Portal, by: Person, now: datetime = NOW, **changes: Any) -> Item:
    """Something on the board."""
    fields = {
        "community_id": "maple",
        "kind": "item",
        "name": "乳胶漆",
        "measure": "m²",
        "fen": 2500,
        "since": TODAY,
    }
    return board.add(portal, by, AddItem.model_validate({**fields, **changes}), None, now)


def make_commitment(*, portal: Portal, by: Person, now: datetime = NOW, **changes: Any) -> Commitment:
    """A price commitment to the owner's home."""
    fields = {
        "community_id": "maple",
        "unit_id": HOME,
        "title": "全屋基装",
        "text": "总价 86,000 元，不增项。",
        "valid_until": date(2027, 3, 31),
    }
    return commitments.offer(portal, by, Offer.model_validate({**fields, **changes}), None, now)


def make_preview(*, portal: Portal, by: Person, now: datetime = NOW) -> str:
    """A preview whose picture is not prepared yet."""
    photo_id = photos.start_plain(portal, by, now)
    body = AddPreview(community_id="maple", name="A 户型客厅", photo_id=photo_id)
    return previews.add(portal, by, body, None, now)


def decoration_ids(*, people: People) -> dict[str, str]:
    """Objects of maple's owner's home."""
    portal = people.portal
    make_project(portal=portal, by=people.designer)
    write_report(portal=portal, by=people.designer)
    return {
        "unit_id": HOME,
        "month": MONTH,
        "item_id": make_item(portal=portal, by=people.manager).id,
        "commitment_id": make_commitment(portal=portal, by=people.designer).id,
        "preview_id": make_preview(portal=portal, by=people.designer),
        "waiting_id": "01K00000000000000000000000",
        # Calls go by the real clock.
        "soon": str((datetime.now(UTC) + timedelta(days=30)).date()),
        "later": str((datetime.now(UTC) + timedelta(days=60)).date()),
    }
