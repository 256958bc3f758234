"""The rules against the model that counts minutes, and what holds for all issues.

`make check-deadlines` tries 100,000 cases.
"""

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.service_levels import history, rules
from chalicelib.service_levels.models import Levels, Outcome, PolicyVersion
from chalicelib.service_levels.moments import due_moments
from tests.service_levels.compare import by_minutes, by_rules
from tests.service_levels.random_cases import CATEGORY, MINUTE, Case, make_case

#: So few that they take some seconds.
CASES = range(120)
NUMBERS = st.integers(100_000, 10**9)


def _history(case: Case, rows: int | None = None) -> history.History:
    timeline = case.timeline[:rows]
    return history.History(
        "issue", CATEGORY, "L2", case.created_at, history.rounds(case.created_at, timeline)
    )


def _ended(outcomes: list[Outcome]) -> list[Outcome]:
    return [one for one in outcomes if one.ended]


def test_the_rules_agree_with_the_model_that_counts_minutes() -> None:
    seen: Counter[str] = Counter()
    for number in CASES:
        case = make_case(number)
        wanted = by_minutes(case)
        assert by_rules(case) == wanted, number
        seen.update(one.state for one in wanted)
        seen.update("paused" for one in wanted if one.paused)
        seen.update("reopened" for one in wanted if one.round)
    wanted_kinds = {"met", "missed", "pending", "not_applicable", "paused", "reopened"}
    assert {kind for kind in wanted_kinds if seen[kind] >= 10} == wanted_kinds


@settings(max_examples=60)
@given(number=NUMBERS)
def test_versions_made_later_change_nothing_that_was_met_or_missed(number: int) -> None:
    case = make_case(number)
    before = rules.outcomes(_history(case), case.levels, case.now)
    last = (case.levels.policies[-1].valid_from, case.levels.calendars[-1].valid_from)
    start = max(case.now, *last) + MINUTE
    other = make_case(number + 1).levels
    policy = PolicyVersion(start, start, other.policies[-1].policy)
    calendar = replace(other.calendars[-1], valid_from=start, made_at=start)
    later = Levels((*case.levels.policies, policy), (*case.levels.calendars, calendar))
    after = rules.outcomes(_history(case), later, case.now)
    assert _ended(after) == _ended(before)
    missed = [(one.goal, one.round, one.turn, one.due) for one in before if one.state == "missed"]
    assert [(one.goal, one.round, one.turn, one.due) for one in after if one.state == "missed"] == missed


@settings(max_examples=60)
@given(number=NUMBERS, rows=st.integers(1, 12))
def test_rows_that_come_later_change_nothing_that_has_ended(number: int, rows: int) -> None:
    """But for steps that are taken back, and those that a phone tells later."""
    case = make_case(number)
    later = case.timeline[rows:]
    if any(row.kind == "undone" or row.taken_at for row in later):
        return
    before = _ended(rules.outcomes(_history(case, rows), case.levels, case.now))
    after = _ended(rules.outcomes(_history(case), case.levels, case.now))
    kept = {(one.goal, one.round, one.turn): one for one in after}
    same = [one for one in before if not later or one.ended is None or one.ended < later[0].at]
    assert [kept[one.goal, one.round, one.turn] for one in same] == same


@settings(max_examples=60)
@given(number=NUMBERS)
def test_every_breach_has_one_moment_and_every_moment_one_identity(number: int) -> None:
    case = make_case(number)
    issue = _history(case)
    moments = due_moments(issue, case.levels)
    assert len({one.id for one in moments}) == len(moments)
    assert [one.at for one in moments] == sorted(one.at for one in moments)
    missed = {
        (one.goal, one.due) for one in rules.outcomes(issue, case.levels, case.now) if one.state == "missed"
    }
    breaches = {
        (one.detail, one.at) for one in moments if one.kind == "breach" and (one.over or one.at < case.now)
    }
    assert breaches == missed
