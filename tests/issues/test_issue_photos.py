"""Photos of issues: attached while they are still on their way, rejected, taken back; on a real engine."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.accounts.models import Person
from chalicelib.audit import store as audit
from chalicelib.db import Delete
from chalicelib.desk import talking
from chalicelib.desk.models import StaffMessage
from chalicelib.errors import Invalid, NotFound, TooMany
from chalicelib.inbox import outbox
from chalicelib.inbox import service as inbox
from chalicelib.issues import photos as issue_photos
from chalicelib.issues import service, store
from chalicelib.issues.models import IssueFile, WriteMessage
from chalicelib.issues.views import Reader
from chalicelib.photos import intake
from chalicelib.photos import service as photos
from chalicelib.photos import store as photo_store
from chalicelib.portal import Portal
from tests.factories import NOW, People, bring_to, make_portal, make_settings, report, step
from tests.factories_photos import make_photo
from tests.recording import Meanwhile, RecordingClient

LATER = NOW + timedelta(minutes=1)


def _begun(portal: Portal, person: Person) -> str:
    return photos.start_plain(portal, person, NOW)


def _arrives(portal: Portal, photo_id: str, data: bytes | None = None) -> str:
    """The phone has sent the file: taken in as the storage event says."""
    sent = make_photo() if data is None else data
    key = photo_store.upload_object(photo_id)
    portal.storage.write(key, sent, "image/jpeg", "no-store")
    return intake.take_in(portal, key, len(sent), LATER)


def _file(portal: Portal, issue_id: str) -> IssueFile:
    file = store.load(portal.db, portal.keys, issue_id)
    assert file is not None
    return file


def _objects(portal: Portal, photo_id: str) -> list[str]:
    return [row.key for row in portal.storage.list("", 1000) if photo_id in row.key]


def _attached(portal: Portal, people: People, **more: Any) -> tuple[str, str]:
    photo_id = _begun(portal, people.owner)
    file = report(portal=portal, by=people.owner, photo_ids=[photo_id], **more)
    return file.issue.id, photo_id


def _owner_sees(portal: Portal, people: People, issue_id: str) -> Any:
    return Reader(portal, people.owner, None, LATER).owner_view(_file(portal, issue_id), "reporter")


def test_a_report_carries_its_ready_photos(portal: Portal, people: People) -> None:
    ids = [_begun(portal, people.owner) for _ in range(2)]
    assert [_arrives(portal, photo_id) for photo_id in ids] == ["ready", "ready"]
    file = report(portal=portal, by=people.owner, photo_ids=ids)
    view = _owner_sees(portal, people, file.issue.id)
    assert [(photo.id, photo.status) for photo in view.photos] == [(ids[0], "ready"), (ids[1], "ready")]
    assert sorted(_objects(portal, ids[0])) == [
        f"photos/{ids[0]}/full.webp",
        f"photos/{ids[0]}/thumb.webp",
    ]


def test_a_pending_photo_becomes_ready_in_its_issue(portal: Portal, people: People) -> None:
    issue_id, photo_id = _attached(portal, people)
    assert _file(portal, issue_id).photos[photo_id]["status"] == "pending"
    assert _arrives(portal, photo_id) == "ready"
    assert _file(portal, issue_id).photos[photo_id]["status"] == "ready"
    assert _arrives(portal, photo_id) == "ready"


def test_a_pending_photo_that_is_rejected_is_told_in_the_timeline_and_to_its_sender(
    portal: Portal, people: People
) -> None:
    issue_id, photo_id = _attached(portal, people)
    assert _arrives(portal, photo_id, b"no photo at all") == "rejected"
    view = _owner_sees(portal, people, issue_id)
    assert [(row.kind, row.text) for row in view.timeline][1:] == [("photo_rejected", "not_a_photo")]
    assert (view.photos[0].status, view.photos[0].reason) == ("rejected", "not_a_photo")
    assert _objects(portal, photo_id) == []
    outbox.sweep(portal, LATER + timedelta(minutes=1))
    texts = [item.text for item in inbox.read(portal, people.owner, 9, None, "en", NOW)[0]]
    assert any("could not be used" in text for text in texts)


@pytest.mark.parametrize("data", [None, b"no photo at all"], ids=["ready", "rejected"])
def test_a_photo_attached_while_it_is_being_processed_ends_the_same(
    portal: Portal, people: People, engine_client: RecordingClient, data: bytes | None
) -> None:
    """Attached between the processing's look at the photo and its write of the outcome."""
    photo_id = _begun(portal, people.owner)
    made: list[IssueFile] = []

    def attach() -> None:
        made.append(report(portal=portal, by=people.owner, photo_ids=[photo_id]))

    with engine_client.failing(Meanwhile("transact_write_items", attach)):
        outcome = _arrives(portal, photo_id, data)
    file = _file(portal, made[0].issue.id)
    assert file.photos[photo_id]["status"] == outcome
    assert ("photo_rejected" in [row.kind for row in file.timeline]) is (outcome == "rejected")


def test_a_photo_processed_while_it_is_being_attached_ends_the_same(
    portal: Portal, people: People, engine_client: RecordingClient
) -> None:
    photo_id = _begun(portal, people.owner)
    with engine_client.failing(Meanwhile("transact_write_items", lambda: _arrives(portal, photo_id))):
        file = report(portal=portal, by=people.owner, photo_ids=[photo_id])
    assert _file(portal, file.issue.id).photos[photo_id]["status"] == "ready"
    assert file.photos[photo_id]["status"] == "ready"


def test_a_photo_belongs_to_one_issue(portal: Portal, people: People) -> None:
    _, photo_id = _attached(portal, people)
    with pytest.raises(Invalid):
        report(portal=portal, by=people.owner, photo_ids=[photo_id])


@pytest.mark.parametrize("photo_id", ["theirs", "01K00000000000000000000000", "nonsense"])
def test_nobody_attaches_what_is_not_theirs(portal: Portal, people: People, photo_id: str) -> None:
    wanted = _begun(portal, people.neighbour) if photo_id == "theirs" else photo_id
    with pytest.raises(Invalid):
        report(portal=portal, by=people.owner, photo_ids=[wanted])
    assert store.own_issues(portal.db, people.owner.id, 9, None).items == []


def test_a_photo_taken_back_leaves_neither_pictures_nor_records(portal: Portal, people: People) -> None:
    issue_id, photo_id = _attached(portal, people)
    _arrives(portal, photo_id)
    assert len(_objects(portal, photo_id)) == 2
    issue_photos.remove(portal, people.owner, photo_id, LATER)
    assert _objects(portal, photo_id) == []
    assert photo_store.get(portal.db, photo_id) is None
    file = _file(portal, issue_id)
    assert file.photos == {}
    assert file.timeline[-1].kind == "photo_removed"
    with pytest.raises(NotFound):
        issue_photos.remove(portal, people.owner, photo_id, LATER)


def test_a_photo_taken_back_before_it_arrives_never_appears(portal: Portal, people: People) -> None:
    photo_id = _begun(portal, people.owner)
    issue_photos.remove(portal, people.owner, photo_id, LATER)
    assert _arrives(portal, photo_id) == "gone"
    assert _objects(portal, photo_id) == []


def test_a_photo_taken_back_while_it_is_processed_leaves_nothing(
    portal: Portal, people: People, engine_client: RecordingClient
) -> None:
    photo_id = _begun(portal, people.owner)

    def remove() -> None:
        issue_photos.remove(portal, people.owner, photo_id, LATER)

    with engine_client.failing(Meanwhile("get_item", remove, at=1)):
        _arrives(portal, photo_id)
    assert _objects(portal, photo_id) == []
    assert photo_store.get(portal.db, photo_id) is None


def test_pictures_of_a_try_that_a_removal_overtook_go_with_the_next_try(
    portal: Portal, people: People
) -> None:
    photo_id = _begun(portal, people.owner)
    issue_photos.remove(portal, people.owner, photo_id, LATER)
    portal.storage.write(photo_store.full_object(photo_id), b"x", "image/webp", "no-store")
    assert _arrives(portal, photo_id) == "gone"
    assert _objects(portal, photo_id) == []


def test_what_staff_take_back_is_in_the_audit_trail(portal: Portal, people: People) -> None:
    tech = people.technician
    file = bring_to(portal=portal, people=people, status="in_progress")
    photo_id = _begun(portal, tech)
    step(portal=portal, by=tech, file=file, to="resolved", photo_ids=[photo_id])
    issue_photos.remove(portal, tech, photo_id, LATER)
    rows = audit.read_day(portal.db, "maple", LATER, 50, None).items
    assert (rows[0]["action"], rows[0]["actor_id"], rows[0]["detail"]) == ("photo_removed", tech.id, photo_id)


def test_owners_never_learn_of_a_photo_of_an_internal_note(portal: Portal, people: People) -> None:
    clerk = people.clerk
    file = report(portal=portal, by=people.owner)
    bad, good = _begun(portal, clerk), _begun(portal, clerk)
    note = StaffMessage(text="业主以前投诉过", photo_ids=[bad, good], internal=True)
    talking.message(portal, clerk, file.issue.id, note, None, NOW)
    _arrives(portal, bad, b"no photo at all")
    _arrives(portal, good)
    issue_photos.remove(portal, clerk, good, LATER)
    view = _owner_sees(portal, people, file.issue.id)
    assert [row.kind for row in view.timeline] == ["status"]
    assert view.photos == []
    staff = Reader(portal, clerk, None, LATER).desk_view(
        _file(portal, file.issue.id), frozenset({"front_line"})
    )
    assert [row.kind for row in staff.timeline] == ["status", "internal", "photo_rejected"]


def test_a_followers_rejected_photo_is_told_to_them_as_an_owner(portal: Portal, people: People) -> None:
    target = report(portal=portal, by=people.owner)
    source = report(portal=portal, by=people.neighbour, unit_id="maple-1-102")
    step(portal=portal, by=people.clerk, file=source, to="merged", merge_into=target.issue.id)
    photo_id = _begun(portal, people.neighbour)
    body = WriteMessage(text="这里也漏", photo_ids=[photo_id])
    service.message(portal, people.neighbour, target.issue.id, body, None, NOW)
    _arrives(portal, photo_id, b"no photo at all")
    outbox.sweep(portal, LATER + timedelta(minutes=1))
    newest = inbox.read(portal, people.neighbour, 9, None, "en", NOW)[0][0]
    assert (newest.issue_id, newest.desk) == (target.issue.id, False)


def test_caps_per_day_hold_and_end_with_the_day(engine_client: RecordingClient, people: People) -> None:
    settings = make_settings(reports_per_day=2, photos_per_day=1, messages_per_day=1)
    capped = make_portal(client=engine_client, table=people.portal.db.table, settings=settings)
    owner = people.owner
    photos.start_plain(capped, owner, NOW)
    with pytest.raises(TooMany) as raised:
        photos.start_plain(capped, owner, NOW)
    assert raised.value.retry_after_s == 22 * 3600
    file = report(portal=capped, by=owner)
    report(portal=capped, by=owner)
    with pytest.raises(TooMany):
        report(portal=capped, by=owner)
    report(portal=capped, by=owner, now=NOW + timedelta(days=1))
    service.message(capped, owner, file.issue.id, WriteMessage(text="一"), None, NOW)
    with pytest.raises(TooMany):
        service.message(capped, owner, file.issue.id, WriteMessage(text="二"), None, NOW)


def test_pictures_go_when_the_records_of_photos_that_were_never_sent_have_gone(
    portal: Portal, people: People
) -> None:
    left, kept = _begun(portal, people.owner), _attached(portal, people)[1]
    for photo_id in (left, kept):
        _arrives(portal, photo_id)
    portal.db.write(Delete(photo_store.photo_key(left)))  # as its time to live does
    records = [
        {"eventName": name, "dynamodb": {"Keys": {"PK": {"S": f"PHOTO#{photo_id}"}, "SK": {"S": "META"}}}}
        for name, photo_id in (("REMOVE", left), ("MODIFY", kept))
    ]
    for _ in range(2):  # the stream may bring it twice
        assert photos.clear_removed(portal, {"Records": records}) == 1
    assert _objects(portal, left) == []
    assert len(_objects(portal, kept)) == 2
