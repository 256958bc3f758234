"""Taking back one's own last step: everything is as before, but for what tells that it happened."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.accounts.models import Person
from chalicelib.db import K
from chalicelib.desk import queue, undo, undo_rules
from chalicelib.errors import Conflict, Forbidden, NotFound, PortalError
from chalicelib.inbox import outbox
from chalicelib.inbox import service as inbox
from chalicelib.issues import following, rules, service, spot_store, store, timers
from chalicelib.issues.models import IssueFile, RateIssue, WriteMessage
from chalicelib.issues.policy import UNDO_WITHIN
from chalicelib.portal import Portal
from tests.factories import NOW, People, assign, bring_to, make_key, owner_step, report, step
from tests.racing import codes, race
from tests.recording import Meanwhile, RecordingClient

SOON = NOW + timedelta(seconds=20)
VISIT = (NOW + timedelta(days=1)).isoformat()
#: Each step of staff: the state that it starts in, who takes it, and what it says besides.
STEPS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "acknowledged": ("submitted", "clerk", {"visit_at": VISIT}),
    "in_progress": ("assigned", "technician", {}),
    "paused": ("in_progress", "technician", {"pause_reason": "waiting_owner", "note": "哪天在家？"}),
    "paused for a visit": ("assigned", "technician", {"pause_reason": "appointment", "visit_at": VISIT}),
    "resolved": ("in_progress", "technician", {"note": "修好了"}),
    "reopened": ("resolved", "clerk", {"note": "还在漏"}),
    "rejected": ("assigned", "clerk", {"note": "不归我们管"}),
}


def _now_at(portal: Portal, file: IssueFile) -> IssueFile:
    found = store.load(portal.db, portal.keys, file.issue.id)
    assert found is not None
    return found


def _undo(portal: Portal, by: Person, file: IssueFile, **more: Any) -> IssueFile:
    now, once = more.get("now", SOON), more.get("once")
    return undo.undo(portal, by, file.issue.id, more.get("version", file.issue.version), once, now)[0]


def _same(file: IssueFile, former: IssueFile) -> None:
    """The former state, but for the version, the running hand-off and what tells the story."""
    but = {
        "version",
        "handoff",
        "next_moment",
    }  # taking back is a word to the owner: the next one is due anew
    assert file.issue.model_dump(exclude=but) == former.issue.model_dump(exclude=but)
    running = {one.id: one for one in file.handoffs}[file.issue.handoff]
    before = {one.id: one for one in former.handoffs}[former.issue.handoff]
    assert (running.stage, running.holder, running.ended_at) == (before.stage, before.holder, None)
    assert [one.id for one in file.handoffs if one.ended_at is None] == [running.id]


def _index_rows(portal: Portal, file: IssueFile) -> dict[str, Any]:
    item = portal.db.get(store.meta_key(file.issue.id)) or {}
    return {name: item.get(name) for name in ("due", "open_queue", "status_queue", "assignee_queue")}


@pytest.mark.parametrize("name", STEPS)
def test_a_step_taken_back_leaves_the_former_state(portal: Portal, people: People, name: str) -> None:
    status, who, more = STEPS[name]
    by = getattr(people, who)
    former = bring_to(portal=portal, people=people, status=status)
    rows = _index_rows(portal, former)
    done = step(portal=portal, by=by, file=former, to=name.split()[0], **more)
    back = _undo(portal, by, done)
    assert back == _now_at(portal, back)
    _same(back, former)
    assert _index_rows(portal, back) == rows
    assert back.issue.version == former.issue.version + 2
    assert back.timeline[:-1] == done.timeline
    told = back.timeline[-1]
    assert (told.kind, told.actor.id, told.from_status, told.to) == (
        "undone",
        by.id,
        done.issue.status,
        status,
    )


def test_an_assignment_taken_back_returns_it_to_whoever_had_it(portal: Portal, people: People) -> None:
    clerk = people.clerk
    former = bring_to(portal=portal, people=people, status="in_progress")
    done = assign(portal=portal, by=clerk, file=former, to=people.other_technician)
    back = _undo(portal, clerk, done)
    _same(back, former)
    names = [one.holder.name if one.holder else "" for one in back.handoffs]
    assert names == ["", "李静", "王师傅", "孙师傅", "王师傅"]
    assert [one.ended_at for one in back.handoffs[:4]] == [NOW, NOW, NOW, SOON]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(names=st.lists(st.tuples(st.sampled_from([*STEPS, "assign"]), st.booleans()), max_size=7))
def test_any_step_and_its_undo_give_the_former_state(
    portal: Portal, people: People, names: list[tuple[str, bool]]
) -> None:
    """Whatever way an issue has gone, with steps taken back on the way."""
    file = report(portal=portal, by=people.owner)
    for name, taken_back in names:
        _, who, more = STEPS.get(name, ("", "clerk", {}))
        by = getattr(people, who)
        try:
            if name == "assign":
                done = assign(portal=portal, by=by, file=file, to=people.technician)
            else:
                done = step(portal=portal, by=by, file=file, to=name.split()[0], **more)
        except PortalError:
            continue
        if taken_back:
            former, file = file, _undo(portal, by, done, now=NOW)
            _same(file, former)
        else:
            file = done
        assert file == _now_at(portal, file)


def test_numbers_per_state_are_as_before(portal: Portal, people: People) -> None:
    clerk = people.clerk
    file = bring_to(portal=portal, people=people, status="acknowledged")
    outbox.sweep(portal, NOW + timedelta(minutes=1))
    before = queue.counts(portal, clerk, None, NOW)
    _undo(portal, clerk, step(portal=portal, by=clerk, file=file, to="rejected", note="不归我们管"))
    outbox.sweep(portal, NOW + timedelta(minutes=2))
    assert queue.counts(portal, clerk, None, NOW) == before


def test_the_owner_and_who_had_got_it_are_told_what_holds(portal: Portal, people: People) -> None:
    clerk = people.clerk
    file = bring_to(portal=portal, people=people, status="acknowledged")
    _undo(portal, clerk, assign(portal=portal, by=clerk, file=file, to=people.technician))
    outbox.sweep(portal, NOW + timedelta(minutes=1))
    newest = [
        inbox.read(portal, person, 1, None, "en", NOW)[0][0].text
        for person in (people.owner, people.technician)
    ]
    assert newest[0].startswith("Please ignore our last message: the office is still arranging a technician")
    assert newest[0].partition(" for ")[2].startswith("“Water and drains”")
    assert "was taken back" in newest[1]


def _refused(portal: Portal, by: Person, file: IssueFile, **more: Any) -> PortalError:
    before = _now_at(portal, file)
    with pytest.raises(PortalError) as caught:
        _undo(portal, by, file, **more)
    assert _now_at(portal, file) == before
    return caught.value


def test_only_ones_own_step_and_only_the_last(portal: Portal, people: People) -> None:
    clerk, manager = people.clerk, people.manager
    file = bring_to(portal=portal, people=people, status="acknowledged")
    assert _refused(portal, manager, file).code == "cannot_undo"
    after = assign(portal=portal, by=manager, file=file, to=people.technician)
    assert _refused(portal, clerk, file).code == "version_conflict"
    assert _refused(portal, clerk, after).code == "cannot_undo"
    assert isinstance(_refused(portal, people.auditor, after), Forbidden)
    assert isinstance(_refused(portal, people.cedar_manager, after), NotFound)
    assert _undo(portal, manager, after).issue.status == "acknowledged"


def test_nothing_is_taken_back_twice_nor_what_the_owner_did(portal: Portal, people: People) -> None:
    clerk = people.clerk
    once = make_key(of=clerk)
    done = bring_to(portal=portal, people=people, status="acknowledged")
    back = _undo(portal, clerk, done, once=once)
    assert _undo(portal, clerk, done, once=once) == back
    assert _refused(portal, clerk, back).code == "cannot_undo"
    closed = bring_to(portal=portal, people=people, status="closed")
    assert _refused(portal, people.technician, closed).code == "cannot_undo"
    assert _refused(portal, people.clerk, report(portal=portal, by=people.owner)).code == "cannot_undo"


def test_it_is_too_late_after_thirty_seconds(portal: Portal, people: People) -> None:
    done = bring_to(portal=portal, people=people, status="acknowledged")
    late = NOW + UNDO_WITHIN + timedelta(milliseconds=1)
    assert undo_rules.seconds_left(done, people.clerk.id, NOW) == 30
    assert undo_rules.seconds_left(done, people.clerk.id, late) == 0
    assert "30 seconds" in _refused(portal, people.clerk, done, now=late).detail
    assert _undo(portal, people.clerk, done, now=NOW + UNDO_WITHIN).issue.status == "submitted"


def test_merging_cant_be_taken_back_and_says_why(portal: Portal, people: People) -> None:
    target = report(portal=portal, by=people.neighbour, unit_id="maple-1-102")
    file = report(portal=portal, by=people.owner)
    done = step(portal=portal, by=people.clerk, file=file, to="merged", merge_into=target.issue.id)
    assert "Merging" in _refused(portal, people.clerk, done).detail


def test_a_repair_that_was_rated_meanwhile_stays_fixed(
    portal: Portal, people: People, engine_client: RecordingClient
) -> None:
    owner, tech = people.owner, people.technician
    marks = RateIssue(professionalism=5, attitude=5, efficiency=5)
    done = bring_to(portal=portal, people=people, status="resolved")
    quicker = Meanwhile(
        "transact_write_items", lambda: service.rate(portal, owner, done.issue.id, marks, NOW)
    )
    with engine_client.failing(quicker), pytest.raises(Conflict):
        _undo(portal, tech, done)
    assert _now_at(portal, done).issue.status == "resolved"
    assert "rated" in _refused(portal, tech, done).detail


def test_a_message_in_between_is_kept(portal: Portal, people: People) -> None:
    done = bring_to(portal=portal, people=people, status="resolved")
    service.message(portal, people.owner, done.issue.id, WriteMessage(text="还在漏"), None, NOW)
    back = _undo(portal, people.technician, done)
    assert (back.issue.status, back.issue.quiet_since) == ("in_progress", None)
    assert [row.kind for row in back.timeline[-2:]] == ["message", "undone"]


def test_timers_of_a_taken_back_repair_do_no_harm_and_a_restored_one_closes(
    portal: Portal, people: People
) -> None:
    timers.run_due(portal, NOW)
    back = _undo(portal, people.technician, bring_to(portal=portal, people=people, status="resolved"))
    fixed = bring_to(portal=portal, people=people, status="resolved")
    week = NOW + timedelta(days=7)
    opened = step(portal=portal, by=people.clerk, file=fixed, to="reopened", now=week - timedelta(seconds=9))
    timers.run_due(portal, week)  # finds it open, and its timer is gone
    _undo(portal, people.clerk, opened, now=week + timedelta(seconds=9))
    timers.run_due(portal, week + timedelta(minutes=1))
    assert _now_at(portal, back).issue.status == "in_progress"
    assert _now_at(portal, fixed).issue.status == "closed"


def test_of_an_undo_and_a_colleagues_step_at_once_one_holds(portal: Portal, people: People) -> None:
    clerk, manager = people.clerk, people.manager
    done = bring_to(portal=portal, people=people, status="acknowledged")
    results = race(
        [
            lambda: _undo(portal, clerk, done),
            lambda: assign(portal=portal, by=manager, file=done, to=people.technician, now=SOON),
        ]
    )
    assert codes(results) == ["ok", "version_conflict"]
    assert len(_now_at(portal, done).timeline) == len(done.timeline) + 1


def test_undone_by_many_taps_at_once_it_is_undone_once(portal: Portal, people: People) -> None:
    clerk = people.clerk
    done = bring_to(portal=portal, people=people, status="acknowledged")
    once = make_key(of=clerk)
    assert codes(race([lambda: _undo(portal, clerk, done, once=once)] * 6)) == ["ok"] * 6
    again = bring_to(portal=portal, people=people, status="acknowledged")
    assert codes(race([lambda: _undo(portal, clerk, again)] * 4)) == ["ok"] + ["version_conflict"] * 3
    for file in (done, again):
        assert [row.kind for row in _now_at(portal, file).timeline].count("undone") == 1


def test_what_was_confirmed_meanwhile_stays_confirmed(portal: Portal, people: People) -> None:
    done = bring_to(portal=portal, people=people, status="resolved")
    owner_step(portal=portal, by=people.owner, file=done, action="confirm")
    assert _refused(portal, people.technician, done).code == "version_conflict"


def test_what_an_owner_writes_after_a_taken_back_assignment_goes_to_whoever_is_concerned(
    portal: Portal, people: People
) -> None:
    """Not to the one from whom it was taken again at once, and who does not have it any more."""
    file = bring_to(portal=portal, people=people, status="acknowledged")
    _undo(portal, people.clerk, assign(portal=portal, by=people.clerk, file=file, to=people.technician))
    service.message(portal, people.owner, file.issue.id, WriteMessage(text="谁来？"), None, SOON)
    fixed = bring_to(portal=portal, people=people, status="resolved")
    opened = step(portal=portal, by=people.clerk, file=fixed, to="reopened")
    wrong = assign(portal=portal, by=people.clerk, file=opened, to=people.other_technician)
    _undo(portal, people.clerk, wrong)
    service.message(portal, people.owner, fixed.issue.id, WriteMessage(text="还在漏"), None, SOON)
    rows = [row for n in range(outbox.SHARDS) for row in portal.db.query(outbox.outbox_pk(n)).items]
    told = {row["issue_id"]: (row["staff"], row["roles"]) for row in rows if row["event"] == "message"}
    assert told == {
        file.issue.id: ([], ["desk"]),
        fixed.issue.id: ([people.technician.id], []),
    }


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    names=st.lists(
        st.sampled_from([*STEPS, "assign", "cancel", "confirm", "reopen", "undo", "follow", "unfollow"]),
        min_size=3,
        max_size=12,
    )
)
def test_pointers_say_what_the_issue_says_whatever_way_it_has_gone(
    portal: Portal, people: People, names: list[str]
) -> None:
    """Neighbours find it while it is worked on, and its owner among what waits for them, also after an undo."""
    owner, neighbour = people.owner, people.neighbour
    file = report(portal=portal, by=owner, category_id="lift", area="public", location="东门")
    issue = file.issue
    spot = spot_store.spot(portal.keys, issue.community_id, "lift", None, "东门")
    assert spot is not None
    last = people.clerk
    for name in names:
        _, who, more = STEPS.get(name, ("", "clerk", {}))
        try:
            if name == "undo":
                _undo(portal, last, file, now=NOW)
            elif name == "assign":
                assign(portal=portal, by=people.clerk, file=file, to=people.technician)
                last = people.clerk
            elif name in ("cancel", "confirm", "reopen"):
                owner_step(portal=portal, by=owner, file=file, action=name)
            elif name in ("follow", "unfollow"):
                change: Any = following.follow if name == "follow" else following.unfollow
                change(portal, neighbour, issue.id, *([None] if name == "follow" else []), NOW)
            else:
                by = getattr(people, who)
                step(portal=portal, by=by, file=file, to=name.split()[0], **more)
                last = by
        except PortalError:
            continue
        file = _now_at(portal, file)
        found = portal.db.get(K(spot, issue.id)) is not None
        assert found is rules.is_shared(file.issue)
        needs = portal.db.get(K(f"ACCOUNT#{owner.id}", f"NEEDS#{issue.id}")) is not None
        assert needs is rules.waits_for_owner(file.issue)
        listed = portal.db.get(store.pointer_key(neighbour.id, issue.id)) is not None
        assert listed is (neighbour.id in file.followers)
