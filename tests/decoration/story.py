"""Decoration in the story: all that it writes and asks of the table, once."""

from datetime import timedelta

from chalicelib.consultations import rating, staff, timers
from chalicelib.consultations.input_models import RateBooking, StaffStep
from chalicelib.issues import photos as photo_removal
from chalicelib.photos import intake
from chalicelib.photos import service as photos
from chalicelib.portal import Portal
from chalicelib.previews import service as previews
from chalicelib.prices import board
from chalicelib.prices import service as commitments
from chalicelib.prices import store as commitment_store
from chalicelib.prices.models import ChangeItem, Dispute, SetPrice, Sign
from chalicelib.projects import service as projects
from chalicelib.projects import store as project_store
from chalicelib.projects.models import SaveStages, Say
from tests.consultations.factories import SATURDAY, book, make_plan
from tests.decoration.factories import (
    HOME,
    MONTH,
    TODAY,
    make_commitment,
    make_item,
    make_preview,
    make_project,
    write_report,
)
from tests.factories import NOW, People, make_key


def decorate(portal: Portal, people: People) -> None:
    """A project with its reports and what the clock does, prices, a commitment, a preview, and a rating."""
    _project(portal, people)
    _prices(portal, people)
    gone = make_preview(portal=portal, by=people.designer)
    for _ in range(2):
        make_preview(portal=portal, by=people.designer)
    rows = portal.db.query_all("PREVIEWS#maple")
    _settle(portal, *(row["id"] for row in rows if row["SK"].startswith("PHOTO#")))
    previews.listed(portal, people.owner, "maple", None, NOW)
    previews.remove(portal, people.designer, "maple", gone, NOW)
    _rated(portal, people)


def _project(portal: Portal, people: People) -> None:
    owner, designer = people.owner, people.designer
    project = make_project(portal=portal, by=designer)
    pictures = [photos.start_plain(portal, designer, NOW) for _ in range(3)]
    write_report(portal=portal, by=designer, photo_ids=pictures)
    photo_removal.remove(portal, designer, pictures[0], NOW)
    _settle(portal, *pictures[1:])
    key = make_key(of=owner)
    for _ in range(2):
        projects.comment(portal, owner, project, "owner", MONTH, Say(text="开关要移一下"), key, NOW)
    project_store.several(portal.db, portal.keys, [HOME])
    project_store.of_community(portal.db, "maple")
    stages = SaveStages(version=1, stages=list(project.stages))
    projects.save(portal, people.manager, HOME, stages, make_key(of=people.manager), NOW)
    for days in (13, 44, 49):  # November's report is there, December's is missing
        timers.run_due(portal, NOW + timedelta(days=days))
    stages = SaveStages(version=2, stages=list(project.stages), ended=TODAY)
    projects.save(portal, people.manager, HOME, stages, None, NOW + timedelta(days=50))


def _settle(portal: Portal, *photo_ids: str) -> None:
    """One picture shows all around, the others can't be used."""
    intake.settle(portal, photo_ids[0], "ready", None, NOW, wide=True)
    for photo_id in photo_ids[1:]:
        intake.settle(portal, photo_id, "rejected", "broken", NOW)


def _prices(portal: Portal, people: People) -> None:
    owner, designer, manager = people.owner, people.designer, people.manager
    item = make_item(portal=portal, by=manager)
    dearer = SetPrice(community_id="maple", fen=2800, since=TODAY + timedelta(days=30))
    board.set_price(portal, manager, item.id, dearer, make_key(of=manager), NOW)
    board.change(
        portal, manager, item.id, ChangeItem(community_id="maple", version=1, words="两遍"), None, NOW
    )
    board.read(portal, owner, "maple")
    one = make_commitment(portal=portal, by=designer, item_ids=[item.id])
    key = make_key(of=owner)
    for _ in range(2):
        commitments.sign(portal, owner, one.id, Sign(version=1), key, "zh-CN", NOW)
    commitments.dispute(portal, owner, one.id, Dispute(version=2, text="多收了"), None, NOW)
    other = make_commitment(portal=portal, by=designer)
    commitments.withdraw(portal, designer, other.id, Sign(version=1), None, NOW)
    commitment_store.listed(portal.db, portal.keys, "maple", HOME)


def _rated(portal: Portal, people: People) -> None:
    """The designer has a picture, and somebody says how it was."""
    pictures = [photos.start_plain(portal, people.designer, NOW) for _ in range(2)]
    for picture in pictures:
        plan = make_plan(portal=portal, people=people, photo_id=picture, daily_limit=0)
    _settle(portal, *pictures)
    starts_at = SATURDAY + timedelta(days=9)
    booking = book(portal=portal, by=people.owner, of=plan, starts_at=starts_at)
    later = starts_at + timedelta(hours=1)
    done = staff.step(portal, people.designer, booking.id, StaffStep(to="done", version=1), None, later)
    body = RateBooking(version=done.version, marks=5, comment="很耐心")
    rating.rate(portal, people.owner, booking.id, body, make_key(of=people.owner), later)
