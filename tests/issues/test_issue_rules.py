"""The pure rules of issues, against the contract's table."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import IllegalTransition, PortalError, VersionConflict
from chalicelib.issues import rules
from chalicelib.issues.models import Holder, Issue, Rating
from chalicelib.issues.policy import CATEGORIES
from tests.factories import NOW, make_issue
from tests.issues import contract

HOLDERS = {"none": None, "me": Holder(id="me", name="王师傅"), "other": Holder(id="other", name="孙师傅")}
ISSUES = st.builds(
    make_issue,
    status=st.sampled_from(contract.STATES),
    assignee=st.sampled_from(list(HOLDERS.values())),
    version=st.integers(1, 5),
)
ROLES = st.sampled_from(contract.STAFF)


def _status_of(check: Any, *args: Any) -> int:
    try:
        check(*args)
    except PortalError as error:
        return error.status
    return 200


@pytest.mark.parametrize("holder", HOLDERS)
@pytest.mark.parametrize("role", contract.STAFF)
@pytest.mark.parametrize("status", contract.STATES)
def test_each_staff_step_ends_as_the_contract_says(status: str, role: str, holder: str) -> None:
    issue = make_issue(status=status, assignee=HOLDERS[holder])
    found = {
        to: _status_of(rules.check_staff_step, issue, to, 1, frozenset({role}), "me")
        for to in contract.STATES
    }
    wanted = {
        to: contract.outcome(status=status, to=to, role=role, has_it=holder == "me") for to in contract.STATES
    }
    assert found == wanted


@pytest.mark.parametrize("target", ["me", "somebody"])
@pytest.mark.parametrize("role", contract.STAFF)
@pytest.mark.parametrize("status", contract.STATES)
def test_each_assignment_ends_as_the_contract_says(status: str, role: str, target: str) -> None:
    issue = make_issue(status=status)
    found = _status_of(rules.check_assign, issue, target, 1, frozenset({role}), "me")
    assert found == contract.assign_outcome(status=status, role=role, to_self=target == "me")


def test_nobody_claims_what_somebody_has() -> None:
    issue = make_issue(status="acknowledged", assignee=HOLDERS["other"])
    with pytest.raises(IllegalTransition):
        rules.check_assign(issue, "me", 1, frozenset({"technician"}), "me")


@given(issue=ISSUES, role=ROLES, to=st.sampled_from(contract.STATES), version=st.integers(1, 5))
def test_an_old_version_is_told_before_the_state_and_after_the_role(
    issue: Issue, role: str, to: Any, version: int
) -> None:
    if version == issue.version or role not in contract.STEPS.get(to, ((), (), False))[1]:
        return
    with pytest.raises(VersionConflict):
        rules.check_staff_step(issue, to, version, frozenset({role}), "me")


@given(issue=ISSUES, roles=st.frozensets(ROLES))
def test_what_is_offered_to_staff_is_what_the_contract_allows(issue: Issue, roles: frozenset[str]) -> None:
    has_it = issue.assignee is not None and issue.assignee.id == "me"
    wanted = {
        to
        for to in contract.STATES
        if any(contract.outcome(status=issue.status, to=to, role=r, has_it=has_it) == 200 for r in roles)
    }
    assigns = {contract.assign_outcome(status=issue.status, role=role, to_self=True) for role in roles}
    if 200 in assigns and (issue.assignee is None or roles & contract.DISPATCHERS):
        wanted.add("assign")
    if roles & contract.HANDLERS:
        wanted.add("message")
    assert set(rules.staff_actions(issue, roles, "me")) == wanted


@given(issue=ISSUES, to=st.sampled_from(contract.STATES), minutes=st.integers(0, 10**6))
def test_every_step_raises_the_version_by_one_and_clears_the_pause(
    issue: Issue, to: Any, minutes: int
) -> None:
    now = NOW + timedelta(minutes=minutes)
    paused = issue.model_copy(update={"pause_reason": "waiting_parts", "paused_from": "assigned"})
    after = rules.moved(paused, to, now)
    assert (after.status, after.version) == (to, issue.version + 1)
    assert after.pause_reason is None
    assert after.paused_from == (issue.status if to == "paused" else None)


def test_life_safety_is_urgent() -> None:
    for category in CATEGORIES.values():
        assert not category.emergency or (category.urgency, category.sla_class) == ("urgent", "L1")
    assert {c.id for c in CATEGORIES.values() if c.emergency} >= {
        "gas",
        "electric_shock",
        "lift_trapped",
        "fire",
    }


def test_reopening_frees_the_issue() -> None:
    later = NOW + timedelta(days=3)
    issue = make_issue(
        status="resolved", assignee=HOLDERS["me"], resolutions=1, resolved_at=NOW, quiet_since=NOW
    )
    after = rules.moved(issue, "reopened", later)
    assert (after.assignee, after.reopened, after.resolved_at, after.quiet_since) == (None, 1, None, None)


def _actions(now: datetime = NOW, relation: Any = "reporter", **changes: Any) -> set[str]:
    return set(rules.owner_actions(make_issue(**changes), relation, now))


@pytest.mark.parametrize("status", contract.STATES)
def test_a_follower_may_at_most_write_and_urge(status: str) -> None:
    assert _actions(relation="follower", status=status, resolutions=1) <= {"message", "urge"}


@pytest.mark.parametrize(
    ("status", "actions"),
    [
        ("submitted", {"message", "urge", "cancel"}),
        ("acknowledged", {"message", "urge", "cancel"}),
        ("assigned", {"message", "urge", "cancel"}),
        ("in_progress", {"message", "urge"}),
        ("resolved", {"message", "confirm", "reopen", "rate"}),
        ("closed", {"reopen", "rate"}),
        ("reopened", {"message", "urge"}),
        ("cancelled", set()),
        ("rejected", set()),
        ("merged", set()),
    ],
)
def test_the_owner_is_offered_what_each_state_allows(status: str, actions: set[str]) -> None:
    done: Any = {"resolved_at": NOW, "resolutions": 1} if status in ("resolved", "closed") else {}
    more: Any = {"closed_at": NOW} if status == "closed" else {"begun": True} if status == "reopened" else {}
    assert _actions(status=status, **done, **more) == actions


def test_once_work_has_begun_nobody_cancels_whoever_has_it_then() -> None:
    holder = Holder(id="me", name="王师傅")
    issue = rules.assigned(make_issue(status="acknowledged"), holder, NOW, None)
    paused = rules.moved(issue, "paused", NOW)
    begun = rules.moved(paused, "in_progress", NOW)
    stopped = rules.moved(begun, "paused", NOW)
    given = rules.assigned(stopped, Holder(id="other", name="孙师傅"), NOW, None)
    reopened = rules.moved(rules.moved(begun, "resolved", NOW), "reopened", NOW)
    found = ["cancel" in rules.owner_actions(one, "reporter", NOW) for one in
             (issue, paused, begun, stopped, given, reopened)]  # fmt: skip
    assert found == [True, True, False, False, False, False]


@pytest.mark.parametrize(("minutes", "may"), [(0, False), (239, False), (240, True)])
def test_urging_again_takes_four_hours(minutes: int, may: bool) -> None:
    assert ("urge" in _actions(NOW + timedelta(minutes=minutes), status="assigned", urged_at=NOW)) is may


@pytest.mark.parametrize(("seconds", "may"), [(7 * 86400, True), (7 * 86400 + 1, False)])
def test_a_closed_issue_is_reopened_within_seven_days(seconds: int, may: bool) -> None:
    closed: Any = {"status": "closed", "closed_at": NOW, "resolutions": 1}
    assert ("reopen" in _actions(NOW + timedelta(seconds=seconds), **closed)) is may


@pytest.mark.parametrize(
    ("resolution", "seconds", "may"), [(2, 7 * 86400, True), (2, 7 * 86400 + 1, False), (1, 8 * 86400, True)]
)
def test_each_resolution_has_one_rating_that_changes_for_seven_days(
    resolution: int, seconds: int, may: bool
) -> None:
    rating = Rating(professionalism=5, attitude=5, efficiency=5, at=NOW, resolution=resolution)
    found = _actions(NOW + timedelta(seconds=seconds), status="resolved", resolutions=2, rating=rating)
    assert ("rate" in found) is may


def test_the_promise_is_missed_only_while_it_is_still_work() -> None:
    late = NOW + timedelta(seconds=1)
    assert rules.is_overdue(make_issue(status="paused"), late)
    assert not rules.is_overdue(make_issue(status="paused"), NOW)
    assert not rules.is_overdue(make_issue(status="resolved"), late)
