"""Calling back after a repair: who is on the list, what came of it, and the share."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.dispatch import callback_rules, callback_store, callbacks, service, store
from chalicelib.dispatch.callback_models import RecordCall
from chalicelib.dispatch.models import SaveRules
from chalicelib.errors import Forbidden, Invalid
from chalicelib.inbox import outbox
from chalicelib.inbox import service as inbox
from chalicelib.issues import service as issues
from chalicelib.issues.models import IssueFile, RateIssue
from chalicelib.issues.policy import CATEGORIES
from chalicelib.portal import Portal
from tests.factories import NOW, People, bring_to, make_key, owner_step
from tests.racing import codes, race

DAY = timedelta(days=1)


def _call(**more: Any) -> RecordCall:
    return RecordCall.model_validate(
        {"due": NOW + DAY, "reached": True, "fixed": True, "satisfied": True, **more}
    )


def _record(portal: Portal, people: People, file: IssueFile, **more: Any) -> str:
    return callbacks.record(portal, people.clerk, file.issue.id, _call(**more), None, NOW + DAY)[0]


def _listed(portal: Portal, now: Any = NOW + DAY) -> list[str]:
    return [issue.number for _, issue in callbacks.calls(portal, "maple", now).tasks]


def test_a_repair_that_nobody_rated_is_called_about_a_day_later(portal: Portal, people: People) -> None:
    file = bring_to(portal=portal, people=people, status="closed")
    ((task, issue),) = callbacks.calls(portal, "maple", NOW).tasks
    assert (issue.id, task.due) == (file.issue.id, NOW + DAY)


def test_rated_reopened_and_taken_back_repairs_leave_the_list_for_good(
    portal: Portal, people: People
) -> None:
    rated = bring_to(portal=portal, people=people, status="closed")
    reopened = bring_to(portal=portal, people=people, status="resolved")
    kept = bring_to(portal=portal, people=people, status="resolved")
    marks = RateIssue(professionalism=5, attitude=5, efficiency=5)
    issues.rate(portal, people.owner, rated.issue.id, marks, NOW)
    owner_step(portal=portal, by=people.owner, file=reopened, action="reopen")
    assert _listed(portal) == [kept.issue.number]
    assert len(callback_store.tasks(portal.db, "maple")) == 1


def test_the_policy_of_a_category_says_who_is_called(portal: Portal, people: People) -> None:
    body = SaveRules(version=0, callbacks={"plumbing": "never", "noise": "always"})
    service.save_rules(portal, people.manager, "maple", body, NOW)
    store._kept.clear()
    bring_to(portal=portal, people=people, status="closed")
    noise = bring_to(portal=portal, people=people, status="closed", category_id="noise")
    marks = RateIssue(professionalism=5, attitude=5, efficiency=5)
    issues.rate(portal, people.owner, noise.issue.id, marks, NOW)
    assert _listed(portal) == [noise.issue.number]


def test_in_an_emergency_everybody_is_called_by_default() -> None:
    chosen = {one.id: callback_rules.policy_for(one.id, {}) for one in CATEGORIES.values()}
    assert {name for name, policy in chosen.items() if policy == "always"} == {
        one.id for one in CATEGORIES.values() if one.emergency
    }
    assert callback_rules.policy_for("gas", {"gas": "never"}) == "never"


def test_two_who_write_down_the_same_call_make_one(portal: Portal, people: People) -> None:
    file = bring_to(portal=portal, people=people, status="closed")
    done = race([lambda: _record(portal, people, file) for _ in range(3)])
    assert codes(done) == ["called_already", "called_already", "ok"]
    found = callbacks.calls(portal, "maple", NOW + 2 * DAY)
    assert (found.tasks, found.done, found.due) == ([], 1, 1)


def test_the_same_key_twice_is_one_call(portal: Portal, people: People) -> None:
    file = bring_to(portal=portal, people=people, status="closed")
    key = make_key(of=people.clerk)
    answers = [
        callbacks.record(portal, people.clerk, file.issue.id, _call(fixed=False), key, NOW + DAY)[0]
        for _ in range(2)
    ]
    assert answers == ["recovery"] * 2
    assert callbacks.calls(portal, "maple", NOW + DAY).done == 1


def test_who_is_not_reached_is_called_again_and_no_more_than_three_times(
    portal: Portal, people: People
) -> None:
    file = bring_to(portal=portal, people=people, status="closed")
    outcomes = []
    for day in range(1, 4):
        body = _call(due=NOW + day * DAY, reached=False, fixed=None, satisfied=None)
        done = callbacks.record(portal, people.clerk, file.issue.id, body, None, NOW + day * DAY)
        outcomes.append(done[0])
    assert outcomes == ["again", "again", "not_reached"]
    assert _listed(portal) == []


def test_a_repair_that_does_not_hold_is_open_again_and_everybody_is_told(
    portal: Portal, people: People
) -> None:
    file = bring_to(portal=portal, people=people, status="resolved")
    outbox.sweep(portal, NOW + DAY)
    assert _record(portal, people, file, fixed=False, words="又漏了") == "reopened"
    outbox.sweep(portal, NOW + 2 * DAY)
    for name in ("technician", "manager", "owner"):
        items, _ = inbox.read(portal, getattr(people, name), 1, None, "en", NOW)
        assert "open" in items[0].text, name


def test_an_owner_who_is_not_satisfied_becomes_the_managers_matter(
    portal: Portal, people: People, signed_in: Any
) -> None:
    file = bring_to(portal=portal, people=people, status="closed")
    assert _record(portal, people, file, satisfied=False, words="师傅态度不好") == "recovery"
    outbox.sweep(portal, NOW + 2 * DAY)
    items, _ = inbox.read(portal, people.manager, 1, None, "en", NOW)
    assert "not satisfied" in items[0].text
    assert "师傅态度不好" in signed_in("clerk").get(f"/desk/issues/{file.issue.id}").text
    assert "师傅态度不好" not in signed_in("owner").get(f"/issues/{file.issue.id}").text


def test_answers_are_asked_for_and_technicians_do_not_call(portal: Portal, people: People) -> None:
    file = bring_to(portal=portal, people=people, status="closed")
    with pytest.raises(Invalid):
        _record(portal, people, file, fixed=None)
    with pytest.raises(Forbidden):
        callbacks.record(portal, people.technician, file.issue.id, _call(), None, NOW + DAY)


def test_the_pages_lead_from_the_list_to_the_form_and_back(
    portal: Portal, people: People, signed_in: Any
) -> None:
    file = bring_to(portal=portal, people=people, status="closed")
    clerk = signed_in("clerk")
    shown = clerk.get("/desk/callbacks").text
    path = f"/desk/callbacks/{file.issue.id}"
    assert path in shown
    due = "2026-11-21T02:00:00.000Z"
    assert clerk.get(f"{path}?due={due}").status == 200
    wrong = clerk.post(path, {"due": due, "reached": "yes", "words": "挺好的"})
    assert wrong.status == 422
    assert "挺好的" in wrong.text
    done = clerk.post(path, {"due": due, "reached": "yes", "fixed": "yes", "satisfied": "yes"})
    assert done.status == 303, done.text
    assert "100%" in clerk.get("/desk/callbacks").text
