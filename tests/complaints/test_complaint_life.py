"""A complaint from the first word to the last, with what each side sees, gets and may do."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.audit import store as audit
from chalicelib.complaints import handling, letters, listing, matrix, service, store
from chalicelib.complaints.bodies import SetMatrix, Words
from chalicelib.complaints.models import ComplaintFile
from chalicelib.errors import Forbidden, Invalid, NotFound, TooMany, VersionConflict
from chalicelib.inbox import outbox
from chalicelib.inbox import service as inbox
from chalicelib.photos import intake
from chalicelib.photos import service as photos
from chalicelib.portal import Portal
from tests.factories import NOW, People, make_key, make_person, report
from tests.factories_complaints import complain, complaint_move, complaint_step, handle

WAY = ("start", "conclude", "decide", "reply")


def _replied(portal: Portal, people: People) -> ComplaintFile:
    file = complain(portal=portal, by=people.owner)
    for do in WAY:
        file = complaint_step(portal=portal, by=people.manager, file=file, do=do)
    return file


def _told(portal: Portal, person: Any) -> list[str]:
    outbox.sweep(portal, NOW + timedelta(minutes=5))
    return [one.text for one in inbox.read(portal, person, 20, None, "en", NOW)[0]]


def test_a_complaint_goes_from_hand_to_hand_and_ends_with_a_letter(portal: Portal, people: People) -> None:
    file = _replied(portal, people)
    complaint = file.complaint
    assert (complaint.stage, complaint.version) == ("replied", 5)
    assert complaint.handler is not None
    assert complaint.handler.id == people.manager.id
    assert complaint.departments == ["customer_service"]
    assert (complaint.findings, complaint.opinion, complaint.decision) == ("查清楚了", "查清楚了", "加强培训")
    assert [row.step for row in file.timeline] == ["file", *WAY]
    key = letters.object_key(complaint.id, complaint.letter_id or "")
    assert portal.storage.read(key, 100_000).startswith(b"%PDF-")
    told = _told(portal, people.owner)
    assert len(told) == 3
    assert "written reply" in told[0]
    assert "is being looked into. 赵经理 has it" in told[1]
    done = complaint_move(portal=portal, by=people.owner, file=file, action="accept")
    assert (done.complaint.stage, done.complaint.closed_at) == ("closed", NOW)
    assert "agrees" in _told(portal, people.manager)[0]


def test_what_is_kept_is_what_was_given_back(portal: Portal, people: People) -> None:
    file = _replied(portal, people)
    file = handle(portal=portal, by=people.clerk, file=file, do="call_back", satisfied=False, text="还不满意")
    kept = store.load(portal.db, portal.keys, file.complaint.id)
    assert kept == file


def test_a_dispute_goes_on_until_somebody_closes_it(portal: Portal, people: People) -> None:
    file = complaint_move(
        portal=portal, by=people.owner, file=_replied(portal, people), action="dissent", reason="没解决"
    )
    assert "does not agree" in _told(portal, people.manager)[0]
    for do, stage in (("arbitrate", "arbitration"), ("litigate", "litigation"), ("close", "closed")):
        file = complaint_step(portal=portal, by=people.manager, file=file, do=do, text="等待结果")
        assert file.complaint.stage == stage
    assert file.complaint.result == "等待结果"


def test_staff_of_every_role_send_suggestions_and_nothing_else(portal: Portal, people: People) -> None:
    for who in (people.technician, people.designer):
        idea = complain(portal=portal, by=who, kind="suggestion", unit_id=None, community_id="maple")
        assert (idea.complaint.origin, idea.complaint.stage) == ("staff", "received")
        with pytest.raises(Invalid):
            complain(portal=portal, by=who, kind="praise", unit_id=None, community_id="maple")
        with pytest.raises(Forbidden):
            complain(portal=portal, by=who, kind="suggestion", unit_id=None, community_id="elsewhere")
    answered = complaint_step(portal=portal, by=people.clerk, file=idea, do="answer", text="好主意")
    assert (answered.complaint.stage, answered.complaint.letter_id) == ("answered", None)


def test_a_complaint_is_about_ones_own_home_and_report(portal: Portal, people: People) -> None:
    with pytest.raises(Forbidden):
        complain(portal=portal, by=people.owner, unit_id="maple-1-102")
    with pytest.raises(Invalid):
        complain(portal=portal, by=people.owner, unit_id=None)
    theirs = report(portal=portal, by=people.neighbour, unit_id="maple-1-102").issue
    with pytest.raises(Invalid):
        complain(portal=portal, by=people.owner, issue_id=theirs.id)
    mine = report(portal=portal, by=people.owner).issue
    file = complain(portal=portal, by=people.owner, issue_id=mine.id)
    assert file.complaint.issue is not None
    assert file.complaint.issue.number == mine.number


def test_nobody_else_finds_it(portal: Portal, people: People) -> None:
    file = complain(portal=portal, by=people.owner)
    words = Words(text="我看看")
    with pytest.raises(NotFound):
        service.message(portal, people.neighbour, file.complaint.id, words, None, NOW)
    for who in (people.technician, people.cedar_clerk, people.cedar_manager):
        with pytest.raises(NotFound):
            handling.note(portal, who, file.complaint.id, words, None, NOW)
    with pytest.raises(Forbidden):
        handling.note(portal, people.auditor, file.complaint.id, words, None, NOW)


def test_a_reply_that_could_not_be_stored_leaves_no_trace_in_the_ledger(
    portal: Portal, people: People
) -> None:
    file = complain(portal=portal, by=people.owner)
    for do in WAY[:3]:
        file = complaint_step(portal=portal, by=people.manager, file=file, do=do)
    stale = file.model_copy(update={"complaint": file.complaint.model_copy(update={"version": 2})})
    with pytest.raises(VersionConflict):
        complaint_step(portal=portal, by=people.manager, file=stale, do="reply")
    kept = store.load(portal.db, portal.keys, file.complaint.id)
    assert kept is not None
    assert kept.complaint.letter_id is None


def test_photos_belong_to_the_complaint_and_show_what_became_of_them(portal: Portal, people: People) -> None:
    ids = [photos.start_plain(portal, people.owner, NOW) for _ in range(2)]
    file = complain(portal=portal, by=people.owner, photo_ids=ids)
    intake.settle(portal, ids[0], "ready", None, NOW)
    intake.settle(portal, ids[1], "rejected", "broken", NOW)
    kept = store.load(portal.db, portal.keys, file.complaint.id)
    assert kept is not None
    assert {pid: row["status"] for pid, row in kept.photos.items()} == {ids[0]: "ready", ids[1]: "rejected"}
    with pytest.raises(Invalid):
        complain(portal=portal, by=people.owner, photo_ids=[ids[0]])
    with pytest.raises(Invalid):
        report(portal=portal, by=people.owner, photo_ids=[ids[0]])


def test_a_repeated_complaint_is_suggested_until_it_is_linked(portal: Portal, people: People) -> None:
    first = complain(portal=portal, by=people.owner)
    complain(portal=portal, by=people.owner, category="other")
    complain(portal=portal, by=people.owner, kind="praise")
    second = complain(portal=portal, by=people.owner, now=NOW + timedelta(days=30))
    assert [one.id for one in listing.repeats(portal, second.complaint)] == [first.complaint.id]
    number = first.complaint.number
    linked = handle(portal=portal, by=people.clerk, file=second, do="link", number=number.lower())
    assert [one.number for one in linked.complaint.links] == [number]
    assert listing.repeats(portal, linked.complaint) == []
    for wrong in ("C000000-0000", number, second.complaint.number):
        with pytest.raises(Invalid):
            handle(portal=portal, by=people.clerk, file=linked, do="link", number=wrong)


def test_no_link_leads_into_another_community(portal: Portal, people: People) -> None:
    there = complain(portal=portal, by=people.cedar_owner, unit_id="cedar-2-201")
    here = complain(portal=portal, by=people.owner)
    with pytest.raises(Invalid):
        handle(portal=portal, by=people.clerk, file=here, do="link", number=there.complaint.number)


def test_it_is_given_to_the_office_only(portal: Portal, people: People) -> None:
    file = complain(portal=portal, by=people.owner)
    for who in (people.technician, people.cedar_clerk):
        with pytest.raises(Invalid):
            handle(
                portal=portal,
                by=people.clerk,
                file=file,
                do="assign",
                departments=["legal"],
                handler_id=who.id,
            )
    file = handle(
        portal=portal,
        by=people.manager,
        file=file,
        do="assign",
        departments=["legal", "property", "legal"],
        handler_id=people.clerk.id,
    )
    assert file.complaint.departments == ["legal", "property"]
    assert _told(portal, people.clerk)[0].startswith("You now have")
    assert [one.id for one in listing.hard(portal, "maple", NOW)] == [file.complaint.id]


def test_the_call_back_rate_is_that_of_closed_replies(portal: Portal, people: People) -> None:
    assert listing.call_back_percent(portal, "maple") is None
    files = [
        complaint_move(portal=portal, by=people.owner, file=_replied(portal, people), action="accept")
        for _ in range(3)
    ]
    assert listing.call_back_percent(portal, "maple") == 0
    for file in files[:2]:
        handle(portal=portal, by=people.clerk, file=file, do="call_back", satisfied=True)
    idea = complain(portal=portal, by=people.owner, kind="suggestion")
    complaint_step(portal=portal, by=people.clerk, file=idea, do="close")
    assert listing.call_back_percent(portal, "maple") == 66


def test_the_ledger_is_read_by_deadline_and_by_stage_page_by_page(portal: Portal, people: People) -> None:
    owner = people.owner
    late = complain(portal=portal, by=owner, now=NOW - timedelta(days=3))
    files = [complain(portal=portal, by=owner, now=NOW + timedelta(minutes=n)) for n in range(4)]
    wanted = [late.complaint.id, *(file.complaint.id for file in files)]
    seen, place = listing.desk(portal, "maple", None, 2, None, None)
    while place:
        more, place = listing.desk(portal, "maple", None, 2, place, None)
        seen += more
    assert [one.id for one in seen] == wanted
    overdue, _ = listing.desk(portal, "maple", None, 10, None, NOW)
    assert [one.id for one in overdue] == [late.complaint.id]
    closed = [
        complaint_move(portal=portal, by=owner, file=file, action="withdraw", now=NOW + timedelta(hours=n))
        for n, file in enumerate(files)
    ]
    first, place = listing.desk(portal, "maple", "withdrawn", 3, None, None)
    rest, _ = listing.desk(portal, "maple", "withdrawn", 3, place, None)
    assert [one.id for one in first + rest] == [file.complaint.id for file in reversed(closed)]
    assert [one.id for one in listing.desk(portal, "maple", None, 10, None, None)[0]] == wanted[:1]
    assert listing.desk(portal, "cedar", None, 10, None, None)[0] == []


def test_a_manager_says_which_departments_answer_and_the_next_taker_gets_that(
    portal: Portal, people: People
) -> None:
    even: dict[str, Any] = {name: ["legal"] for name in ("service", "product", "environment", "other")}
    body = SetMatrix(community_id="maple", **even)
    assert matrix.save(portal, people.manager, body, NOW).version == 1
    assert matrix.save(portal, people.manager, body, NOW).version == 1, "sent twice"
    changed = body.model_copy(update={"other": ["property"]})
    with pytest.raises(VersionConflict):
        matrix.save(portal, people.manager, changed, NOW)
    with pytest.raises(Forbidden):
        matrix.save(portal, people.cedar_manager, body, NOW)
    file = complaint_step(
        portal=portal, by=people.clerk, file=complain(portal=portal, by=people.owner), do="start"
    )
    assert file.complaint.departments == ["legal"]
    assert matrix.get(portal, "cedar").of("service") == ["customer_service"]


def test_whoever_sends_too_many_is_told_to_wait(portal: Portal, people: People) -> None:
    settings = portal.settings.model_copy(update={"reports_per_day": 2})
    small = Portal(portal.db, portal.storage, portal.keys, portal.notifier, settings)
    for _ in range(2):
        complain(portal=small, by=people.owner)
    with pytest.raises(TooMany):
        complain(portal=small, by=people.owner)


def test_the_same_key_gives_the_same_answer_whatever_happened_in_between(
    portal: Portal, people: People
) -> None:
    key, again = make_key(of=people.owner), make_key(of=people.manager)
    first = complain(portal=portal, by=people.owner, once=key)
    started = complaint_step(portal=portal, by=people.manager, file=first, do="start", once=again)
    file = started
    for do in WAY[1:]:
        file = complaint_step(portal=portal, by=people.manager, file=file, do=do)
    assert complain(portal=portal, by=people.owner, once=key).complaint == first.complaint
    replayed = complaint_step(portal=portal, by=people.manager, file=first, do="start", once=again)
    assert replayed.complaint == started.complaint
    assert [row.step for row in replayed.timeline] == ["file", "start"]


def test_each_thing_that_the_office_does_or_looks_at_is_in_the_audit_trail(
    portal: Portal, people: People
) -> None:
    file = _replied(portal, people)
    handling.note(portal, people.clerk, file.complaint.id, Words(text="秘密"), None, NOW)
    handling.contact(portal, people.clerk, file.complaint.id, NOW)
    rows = audit.read_day(portal.db, "maple", NOW, 50, None).items
    actions = [row["action"] for row in rows if row["subject"] == file.complaint.id]
    assert sorted(actions) == ["complaint_contact", "complaint_note", *["complaint_step"] * 4]
    assert "秘密" not in str(rows)


@pytest.mark.parametrize("role", ["senior", "expert"])
def test_who_has_the_offices_rights_by_another_role_acts_in_its_name(
    portal: Portal, people: People, role: str
) -> None:
    file = complain(portal=portal, by=people.owner)
    by = make_person(roles=(role,))
    done = complaint_step(portal=portal, by=by, file=file, do="start")
    assert done.timeline[-1].actor.role == role
