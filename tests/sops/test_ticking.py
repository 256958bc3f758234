"""Ticking the steps of an SOP: by whom, in which state, once; what owners see of it; what "fixed" needs."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import Forbidden, IllegalTransition, Invalid, VersionConflict
from chalicelib.inbox import outbox
from chalicelib.inbox import service as inbox
from chalicelib.issues.models import IssueFile
from chalicelib.issues.views import Reader
from chalicelib.photos import service as photos
from chalicelib.portal import Portal
from chalicelib.sops import editing, service, standing
from chalicelib.sops.models import Sop, SopStep, TickStep, Words
from tests.browser import Browser
from tests.factories import NOW, People, assign, bring_to, make_key, owner_step, report, step
from tests.racing import codes, race

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def started(portal: Portal, people: People) -> IssueFile:
    """A seepage that the technician works on."""
    return bring_to(portal=portal, people=people, status="in_progress", category_id="wall_seepage")


def tick(portal: Portal, who: Any, file: IssueFile, step_id: str, **more: Any) -> IssueFile:
    once, now = more.pop("once", None), more.pop("now", LATER)
    body = TickStep.model_validate({"step_id": step_id, "version": file.issue.version, **more})
    return service.tick(portal, who, file.issue.id, body, once, now)[0]


def test_a_tick_is_a_step_of_the_issue_told_in_its_timeline(
    portal: Portal, people: People, started: IssueFile
) -> None:
    photo = photos.start_plain(portal, people.technician, NOW)
    first = tick(portal, people.technician, started, "visit")
    done = tick(portal, people.technician, first, "detect", photo_ids=[photo], measurement="含水率 18 %")
    assert done.issue.version == started.issue.version + 2
    assert (done.issue.ticked, done.issue.status) == (["visit", "detect"], "in_progress")
    view = Reader(portal, people.owner, None, LATER).owner_view(done, "reporter")
    last = view.timeline[-1]
    assert last.sop is not None
    assert (last.kind, last.sop.name, last.sop.measurement) == ("sop_done", "检测", "含水率 18 %")
    assert [one.id for one in last.photos] == [photo]
    assert view.sop is not None
    assert (view.sop.current, view.sop.steps[1].done_at) == (3, "2026-11-20T03:00:00.000Z")


def test_owners_are_told_and_see_no_criterion(portal: Portal, people: People, started: IssueFile) -> None:
    tick(portal, people.technician, started, "visit")
    outbox.sweep(portal, LATER + timedelta(minutes=1))
    texts = [item.text for item in inbox.read(portal, people.owner, 9, None, "en", LATER)[0]]
    assert texts[0].startswith("A step of “Damp walls and seepage”")
    view = Reader(portal, people.owner, None, LATER).owner_view(started, "reporter")
    assert "criterion" not in view.model_dump()["sop"]["steps"][0]


def test_a_step_needs_its_photo_and_its_measurement(
    portal: Portal, people: People, started: IssueFile
) -> None:
    for more, field in (({}, "photo_ids"), ({"photo_ids": ["x"]}, "measurement")):
        with pytest.raises(Invalid) as caught:
            tick(portal, people.technician, started, "detect", **more)
        assert [error.field for error in caught.value.errors] == [field]
    with pytest.raises(Invalid):
        tick(portal, people.technician, started, "no-such-step")


def test_only_who_has_the_issue_or_a_manager_ticks_and_only_while_it_is_worked_on(
    portal: Portal, people: People, started: IssueFile
) -> None:
    for who in (people.clerk, people.other_technician, people.auditor):
        with pytest.raises(Forbidden):
            tick(portal, who, started, "visit")
    tick(portal, people.manager, started, "visit")
    new = report(portal=portal, by=people.owner, category_id="wall_seepage")
    with pytest.raises(IllegalTransition):
        tick(portal, people.manager, new, "visit")


def test_two_ticks_at_once_leave_one_and_the_same_key_gives_the_same_answer(
    portal: Portal, people: People, started: IssueFile
) -> None:
    tech = people.technician
    results = race(
        [lambda: tick(portal, tech, started, "visit"), lambda: tick(portal, tech, started, "plan")]
    )
    assert codes(results) == ["ok", "version_conflict"]
    file = next(one for one in results if isinstance(one, IssueFile))
    key = make_key(of=tech)
    first = tick(portal, tech, file, "cover", once=key)
    assert tick(portal, tech, file, "cover", once=key).issue.version == first.issue.version
    with pytest.raises(VersionConflict):
        tick(portal, tech, file, "cover")


def test_a_step_opened_again_is_not_done_and_a_reopened_issue_begins_anew(
    portal: Portal, people: People, started: IssueFile
) -> None:
    tech = people.technician
    file = tick(portal, tech, started, "visit")
    assert tick(portal, tech, file, "visit", done=False).issue.ticked == []
    photo = photos.start_plain(portal, tech, NOW)
    other = bring_to(portal=portal, people=people, status="in_progress", category_id="wall_seepage")
    other = tick(portal, tech, other, "visit")
    other = step(portal=portal, by=tech, file=other, to="resolved", photo_ids=[photo], now=LATER)
    other = owner_step(portal=portal, by=people.owner, file=other, action="reopen", now=LATER)
    assert other.issue.ticked == []


def test_an_issue_keeps_the_version_that_held_when_it_was_reported(portal: Portal, people: People) -> None:
    old = report(portal=portal, by=people.owner, category_id="noise")
    sop = Sop((SopStep("m", Words("测噪声"), measurement=True),))
    editing.save(portal, people.manager, "maple", "noise", sop, 0, None, NOW)
    soon = report(portal=portal, by=people.owner, category_id="noise", now=NOW + timedelta(minutes=1))
    new = report(portal=portal, by=people.owner, category_id="noise", now=NOW + timedelta(minutes=3))
    cedar = report(
        portal=portal, by=people.cedar_owner, unit_id="cedar-2-201", category_id="noise", now=LATER
    )
    found = [standing.sop_of(portal, file.issue).number for file in (old, soon, new, cedar)]
    assert found == [0, 0, 1, 0]


def test_a_communitys_required_step_binds_and_a_built_in_one_does_not(portal: Portal, people: People) -> None:
    tech, at = people.technician, NOW + timedelta(minutes=3)
    bring_to(portal=portal, people=people, status="resolved", category_id="plumbing")
    sop = Sop((SopStep("m", Words("试水", "Water test"), required=True),))
    editing.save(portal, people.manager, "maple", "plumbing", sop, 0, None, NOW)
    file = bring_to(portal=portal, people=people, status="in_progress", category_id="plumbing", now=at)
    with pytest.raises(Invalid) as caught:
        step(portal=portal, by=tech, file=file, to="resolved", now=at)
    assert [error.code for error in caught.value.errors] == ["sop_steps_missing"]
    file = tick(portal, tech, file, "m")
    assert step(portal=portal, by=tech, file=file, to="resolved", now=LATER).issue.status == "resolved"


def test_the_next_steps_deadline_moves_with_a_pause(
    portal: Portal, people: People, started: IssueFile
) -> None:
    before = started.issue.step_due
    paused = step(
        portal=portal,
        by=people.technician,
        file=started,
        to="paused",
        pause_reason="waiting_parts",
        now=LATER,
    )
    assert before is not None
    assert paused.issue.step_due is not None
    assert paused.issue.step_due > before
    going = step(
        portal=portal, by=people.technician, file=paused, to="in_progress", now=LATER + timedelta(hours=1)
    )
    assert going.issue.step_due == before + timedelta(hours=1)


def test_the_checklist_is_on_the_pages_and_a_tick_goes_back_to_todays_jobs(
    portal: Portal, people: People, signed_in: Any
) -> None:
    file = report(portal=portal, by=people.owner, category_id="wall_seepage")
    file = step(portal=portal, by=people.clerk, file=file, to="acknowledged")
    file = assign(portal=portal, by=people.clerk, file=file, to=people.technician)
    tech: Browser = signed_in("technician")
    tech.cookies["lang"] = "en"
    assert "Step 1 of 8: Visit agreed" in tech.get("/desk/today").text
    path = f"/desk/issues/{file.issue.id}"
    fields = {"step_id": "visit", "version": file.issue.version, "back": "/desk/today"}
    page = tech.post(f"{path}/sop", fields)
    assert page.headers["location"] == "/desk/today"
    assert tech.post(f"{path}/sop", fields).headers["location"] == "/desk/today"
    assert "Step 2 of 8: Detection" in tech.get("/desk/today").text
    refused = tech.post(f"{path}/sop", {"step_id": "detect", "version": file.issue.version + 1})
    assert refused.status == 422
    assert "This step asks for a photo." in refused.text
    owner = signed_in("owner")
    owner.cookies["lang"] = "zh-CN"
    shown = owner.get(f"/issues/{file.issue.id}").text
    assert "约定上门完成" in shown
    assert "第 2 步（共 8 步）：检测" in shown
