"""Proposals, automatic assigning, absences and handing over, on the engine."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib.dispatch import auto, handover, service, store
from chalicelib.dispatch.models import (
    AddAbsence,
    AutoStep,
    Certificate,
    ChosenHandOver,
    SaveRules,
    SaveWorker,
    Shift,
)
from chalicelib.dispatch.proposing import Picture, task_of
from chalicelib.errors import Forbidden, Invalid, NotFound, VersionConflict
from chalicelib.issues import store as issues
from chalicelib.portal import Portal
from tests.browser import Browser
from tests.factories import NOW, People, assign, bring_to, make_key, report, step
from tests.racing import codes, race

DAY = timedelta(days=1)
WEEK = [Shift(day=day, start="00:00", end="00:00") for day in range(7)]


def card(*, portal: Portal, people: People, of: str, now: datetime = NOW, **fields: Any) -> None:
    """Write somebody's card over the one that is there."""
    account_id = getattr(people, of).id
    version = store.worker(portal.db, "maple", account_id).version
    body = SaveWorker.model_validate(
        {"community_id": "maple", "version": version, "skills": ["plumbing"], "shifts": WEEK, **fields}
    )
    service.save_worker(portal, people.manager, account_id, body, now)


def automatic(*, portal: Portal, people: People) -> None:
    """Let the community give out new issues by itself."""
    service.save_rules(portal, people.manager, "maple", SaveRules(version=0, auto=True, order=["1"]), NOW)
    store._kept.clear()


@pytest.fixture
def cards(portal: Portal, people: People) -> People:
    """Both technicians know water."""
    card(portal=portal, people=people, of="technician")
    card(portal=portal, people=people, of="other_technician")
    return people


def _first(portal: Portal, file: Any, now: datetime = NOW) -> str:
    return Picture(portal, "maple", now).propose(task_of(file.issue))[0].name


def test_the_one_with_fewer_jobs_is_proposed(portal: Portal, cards: People) -> None:
    file = bring_to(portal=portal, people=cards, status="acknowledged")
    assign(portal=portal, by=cards.clerk, file=file, to=cards.technician)
    assert _first(portal, report(portal=portal, by=cards.owner)) == "孙师傅"


def test_a_proposal_is_one_query_and_one_for_each_person_that_fits(portal: Portal, cards: People) -> None:
    file = report(portal=portal, by=cards.owner)
    Picture(portal, "maple", NOW)  # the community is remembered from here on
    portal.db.calls.clear()
    picture = Picture(portal, "maple", NOW)
    for _ in range(3):
        picture.propose(task_of(file.issue))
    assert portal.db.calls == ["query"] * 3


def test_an_acknowledged_issue_goes_to_the_person_proposed_where_the_community_wants_it(
    portal: Portal, cards: People
) -> None:
    automatic(portal=portal, people=cards)
    file = report(portal=portal, by=cards.owner)
    told = step(portal=portal, by=cards.clerk, file=file, to="acknowledged", once=make_key(of=cards.clerk))
    now = issues.load(portal.db, portal.keys, file.issue.id)
    assert now is not None
    assert (told.issue.status, now.issue.status) == ("acknowledged", "assigned")
    assert now.timeline[-1].actor.role == "system"
    assert now.issue.assignee is not None


def test_without_the_setting_or_anybody_who_fits_it_waits_as_before(portal: Portal, cards: People) -> None:
    first = bring_to(portal=portal, people=cards, status="acknowledged")
    automatic(portal=portal, people=cards)
    second = bring_to(portal=portal, people=cards, status="acknowledged", category_id="lift")
    for file in (first, second):
        kept = issues.get(portal.db, portal.keys, file.issue.id)
        assert kept is not None
        assert kept.status == "acknowledged"


def test_several_issues_are_spread_over_those_who_fit_and_the_same_key_does_nothing_twice(
    portal: Portal, cards: People
) -> None:
    files = [bring_to(portal=portal, people=cards, status="acknowledged") for _ in range(4)]
    files.append(bring_to(portal=portal, people=cards, status="acknowledged", category_id="lift"))
    wanted = [AutoStep(issue_id=file.issue.id, version=file.issue.version) for file in files]
    found = [auto.several(portal, cards.clerk, wanted, "auto-key-1", "en", NOW) for _ in range(2)]
    assert found[0] == found[1]
    assert [getattr(one, "code", "ok") for one in found[0]] == ["ok"] * 4 + ["nobody_fits"]
    held = [issues.get(portal.db, portal.keys, file.issue.id) for file in files[:4]]
    names = sorted(one.assignee.name for one in held if one and one.assignee)
    assert names == ["孙师傅", "孙师傅", "王师傅", "王师傅"]


def test_a_card_that_somebody_else_has_changed_is_not_written_over(portal: Portal, cards: People) -> None:
    body = SaveWorker(community_id="maple", version=0, skills=["lift"])
    with pytest.raises(VersionConflict):
        service.save_worker(portal, cards.manager, cards.technician.id, body, NOW)
    with pytest.raises(NotFound):
        service.save_worker(portal, cards.cedar_manager, cards.technician.id, body, NOW)


def test_absences_noted_at_the_same_moment_are_all_kept(portal: Portal, cards: People) -> None:
    times = [AddAbsence(start=NOW + n * DAY, end=NOW + n * DAY + DAY / 2) for n in range(1, 6)]
    tech = cards.technician
    done = race(
        [partial(service.add_absence, portal, tech, "maple", tech.id, one, None, NOW) for one in times]
    )
    assert codes(done) == ["ok"] * 5
    assert len(store.worker(portal.db, "maple", tech.id).absences) == 5


@pytest.mark.parametrize("length", [0 * DAY, -DAY])
def test_an_absence_that_ends_when_it_begins_or_before_is_refused(
    portal: Portal, people: People, length: timedelta
) -> None:
    tech, body = people.technician, AddAbsence(start=NOW + DAY, end=NOW + DAY + length)
    with pytest.raises(Invalid) as refused:
        service.add_absence(portal, tech, "maple", tech.id, body, None, NOW)
    assert refused.value.errors[0].code == "before_start"


def test_nobody_but_the_office_says_that_somebody_else_is_away(portal: Portal, cards: People) -> None:
    body = AddAbsence(start=NOW, end=NOW + DAY)
    with pytest.raises(Forbidden):
        service.add_absence(portal, cards.technician, "maple", cards.other_technician.id, body, None, NOW)
    with pytest.raises(NotFound):
        service.add_absence(portal, cards.cedar_clerk, "maple", cards.technician.id, body, None, NOW)


def test_the_work_of_whoever_is_away_is_handed_over_with_the_reason_which_owners_do_not_read(
    portal: Portal, cards: People, caller: Any
) -> None:
    file = bring_to(portal=portal, people=cards, status="in_progress")
    tech, clerk = cards.technician, cards.clerk
    assert not store.worker(portal.db, "maple", tech.id).absences
    service.add_absence(portal, tech, "maple", tech.id, AddAbsence(start=NOW, end=NOW + 2 * DAY), None, NOW)
    (offer,) = handover.offers(portal, "maple", tech.id, "zh-CN", NOW)
    assert [one.name for one in offer.people] == ["孙师傅"]
    body = ChosenHandOver(issue_id=file.issue.id, version=file.issue.version, assignee_id=offer.people[0].id)
    key = make_key(of=clerk)
    for _ in range(2):
        done, _ = handover.hand(portal, clerk, "maple", tech.id, body, key, "zh-CN", NOW)
        assert done.issue.assignee is not None
        assert done.issue.assignee.name == "孙师傅"
    reasons = [row.text for row in done.timeline if row.kind == "internal"]
    assert len(reasons) == 1
    assert "王师傅" in str(reasons[0])
    shown = caller("owner").api("GET", f"/issues/{file.issue.id}").text
    assert "不在岗" not in shown
    assert [row.holder.name for row in done.handoffs if row.holder and row.stage == "handle"] == [
        "王师傅",
        "孙师傅",
    ]
    assert handover.offers(portal, "maple", tech.id, "en", NOW) == []


def test_what_is_to_be_handed_over_is_listed_and_handed_over_by_the_api(
    portal: Portal, cards: People, caller: Any
) -> None:
    file, tech = bring_to(portal=portal, people=cards, status="assigned"), cards.technician
    clerk, path = caller("clerk"), f"/desk/people/{tech.id}/handover"
    assert clerk.api("GET", path).json == {"away": None, "items": []}
    start = datetime.now(UTC)
    service.add_absence(
        portal, tech, "maple", tech.id, AddAbsence(start=start, end=start + 2 * DAY), None, start
    )
    told = clerk.api("GET", path).json
    (job,) = told["items"]
    assert told["away"]["start"] < told["away"]["end"]
    assert (job["issue"]["id"], [one["name"] for one in job["people"]]) == (file.issue.id, ["孙师傅"])
    body = {"issue_id": file.issue.id, "version": file.issue.version, "assignee_id": job["people"][0]["id"]}
    for _ in range(2):
        done = clerk.api("POST", path, body, key="hand-over-1")
        assert done.json["assignee"]["name"] == "孙师傅", done.text
    assert clerk.api("GET", path).json["items"] == []
    assert clerk.api("GET", "/desk/people/nobody/handover").status == 404
    assert clerk.api("GET", f"{path}?community_id=cedar").status == 404
    assert caller("technician").api("GET", path).status == 403


def test_work_of_somebody_who_is_not_away_is_not_handed_over_as_if(portal: Portal, cards: People) -> None:
    file = bring_to(portal=portal, people=cards, status="assigned")
    body = ChosenHandOver(
        issue_id=file.issue.id, version=file.issue.version, assignee_id=cards.other_technician.id
    )
    with pytest.raises(NotFound):
        handover.hand(portal, cards.clerk, "maple", cards.technician.id, body, None, "en", NOW)


def test_the_desk_shows_the_proposed_person_first_with_the_reasons(
    portal: Portal, cards: People, signed_in: Any
) -> None:
    file = bring_to(portal=portal, people=cards, status="acknowledged")
    browser: Browser = signed_in("clerk")
    shown = browser.get(f"/desk/issues/{file.issue.id}?lang=zh-CN").text
    assert "推荐：" in shown
    assert "会修水管" in shown
    assert shown.index("推荐：") < shown.index('name="assignee_id"', shown.index("推荐：") + 400)


def test_the_pages_of_people_keep_what_was_typed_and_say_what_is_wrong(
    portal: Portal, cards: People, signed_in: Any
) -> None:
    manager: Browser = signed_in("manager")
    path = f"/desk/people/{cards.technician.id}"
    fields = {"community_id": "maple", "version": "1", "skills": "lift", "day_0": "morgens"}
    wrong = manager.post(path, fields)
    assert wrong.status == 422
    assert "morgens" in wrong.text
    done = manager.post(
        path, {**fields, "day_0": "8:00-12:00, 13:30-18:00", "until_lift": "2027-05-01", "rate": "45.5"}
    )
    assert done.status == 303, done.text
    kept = store.worker(portal.db, "maple", cards.technician.id)
    assert kept.shifts == [Shift(day=0, start="08:00", end="12:00"), Shift(day=0, start="13:30", end="18:00")]
    assert kept.certificates == [Certificate(kind="lift", valid_until=date(2027, 5, 1))]
    assert (kept.skills, kept.rate_fen) == (["lift"], 4550)


def test_a_technician_sees_nobody_elses_card(cards: People, signed_in: Any) -> None:
    tech: Browser = signed_in("technician")
    assert tech.get(f"/desk/people/{cards.technician.id}").status == 200
    assert tech.get(f"/desk/people/{cards.other_technician.id}").status == 404
    assert tech.get("/desk/people").status == 403
