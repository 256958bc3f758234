"""Decoration on the deployed journey: what owners, designers and managers do by HTTP, and a report that is missing."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.consultations import staff
from chalicelib.consultations.input_models import StaffStep
from chalicelib.projects import store
from local.events import object_created
from tests.consultations.factories import book, make_plan
from tests.decoration.factories import make_project
from tests.factories import PHONES, People
from tests.factories_photos import make_photo, make_picture

if TYPE_CHECKING:
    from tests.deployed.journey import Journey, Someone

HOME = "maple-1-101"


def by_http(journey: "Journey", designer: "Someone") -> None:
    """A project with reports and comments, prices, a commitment, previews, a picture and a rating."""
    from tests.deployed.journey import Someone

    manager = Someone(journey.cloud, PHONES["manager"])
    journey.people.append(manager)
    manager.sign_in()
    _project(journey, designer)
    _prices(journey, designer, manager)
    around = make_photo(picture=make_picture(size=(2000, 1000)))
    body = {"community_id": "maple", "name": "客厅", "photo_id": designer.photo(around)}
    added = designer.api("POST", "desk/previews", body)
    journey.settle()
    assert journey.owner.api("GET", "previews?community_id=maple")["items"][0]["around"]
    designer.api("DELETE", f"desk/communities/maple/previews/{added['id']}")
    never = _begun(designer)
    designer.api("POST", "desk/previews", {**body, "photo_id": never})
    _give_up(journey, never)
    _rated(journey, designer)
    journey.settle()


def _begun(designer: "Someone") -> str:
    """A photo that is never sent."""
    begun = designer.api("POST", "photos", {"content_type": "image/jpeg", "size_bytes": 1000})
    return str(begun["photo_id"])


def _give_up(journey: "Journey", photo_id: str) -> None:
    """However often it was tried, the photo could not be processed."""
    bucket = journey.cloud.names["MediaBucket"]
    journey.cloud.invoke("photo_failed", object_created(bucket, f"uploads/{photo_id}", 1000))


def _project(journey: "Journey", designer: "Someone") -> None:
    month = f"{datetime.now(UTC) + timedelta(hours=8):%Y-%m}"
    begin, key = {"community_id": "maple", "unit_id": HOME}, {"Idempotency-Key": "journey-project-1"}
    project = designer.api("POST", "desk/projects", begin, **key)
    assert designer.api("POST", "desk/projects", begin, **key) == project
    stages = [{"name": one["name"]} for one in project["stages"]]
    designer.api("PUT", f"desk/projects/{HOME}", {"version": 1, "stages": stages})
    photos, never = [designer.photo(), designer.photo()], _begun(designer)
    report = {"month": month, "text": "水电完成", "photo_ids": [*photos, never]}
    designer.api("POST", f"desk/projects/{HOME}/reports", report)
    journey.settle()
    _give_up(journey, never)
    designer.page(f"/photos/{photos[0]}/remove", {"back": f"/desk/projects/{HOME}"})
    journey.owner.api("POST", f"projects/{HOME}/reports/{month}/comments", {"text": "很好"})
    journey.owner.api("GET", "projects")
    assert len(journey.owner.api("GET", f"projects/{HOME}")["reports"][0]["photos"]) == 2
    designer.api("GET", "desk/projects?community_id=maple")


def _prices(journey: "Journey", designer: "Someone", manager: "Someone") -> None:
    owner, today = journey.owner, f"{datetime.now(UTC) + timedelta(hours=8):%Y-%m-%d}"
    item = {
        "community_id": "maple",
        "kind": "item",
        "name": "乳胶漆",
        "measure": "m²",
        "fen": 2500,
        "since": today,
    }
    added = manager.api("POST", "desk/prices", item)
    later = {
        "community_id": "maple",
        "fen": 2800,
        "since": f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%d}",
    }
    manager.api("POST", f"desk/prices/{added['id']}/prices", later)
    promise = {
        "community_id": "maple",
        "unit_id": HOME,
        "title": "基装",
        "text": "不增项",
        "item_ids": [added["id"]],
    }
    made = designer.api("POST", "desk/commitments", {**promise, "valid_until": today})
    owner.api("POST", f"commitments/{made['id']}/sign", {"version": 1})
    assert f"letters/{made['id']}/" in owner.page(f"/commitments/{made['id']}/document").headers["location"]
    assert owner.api("GET", "commitments")["items"][0]["status"] == "signed"
    owner.api("POST", f"commitments/{made['id']}/dispute", {"version": 2, "text": "多收了"})


def _rated(journey: "Journey", designer: "Someone") -> None:
    """An appointment of yesterday's, as it took place."""
    portal, now = journey.cloud.operator, datetime.now(UTC)
    people = People(portal)
    never, picture = _begun(designer), designer.photo()
    for photo_id in (never, picture):
        plan = make_plan(
            portal=portal, people=people, now=now, photo_id=photo_id, week=[[[0, 1440]]] * 7, holidays=False, travel=0,
        )  # fmt: skip
    _give_up(journey, never)
    journey.settle()
    begun = datetime(now.year, now.month, now.day, tzinfo=UTC) - timedelta(hours=20)
    booking = book(portal=portal, by=people.owner, of=plan, now=begun - timedelta(hours=9), starts_at=begun)
    done = staff.step(portal, people.designer, booking.id, StaffStep(to="done", version=1), None, now)
    body = {"version": done.version, "marks": 5}
    journey.owner.api("PUT", f"bookings/{booking.id}/rating", body)
    assert journey.owner.api("GET", "consultants?community_id=maple")["items"][0]["rated"] == 1


def before_the_clock(journey: "Journey") -> None:
    """A neighbour's project whose first report is missing since yesterday."""
    portal, now = journey.cloud.operator, datetime.now(UTC)
    people = People(portal)
    begun = now - timedelta(days=40)
    make_project(portal=portal, by=people.designer, unit_id="maple-1-102", now=begun)
    month = f"{begun + timedelta(hours=8):%Y-%m}"
    portal.db.write(store.due("maple-1-102", month, now - timedelta(minutes=1)))
