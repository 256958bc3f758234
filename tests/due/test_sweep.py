"""The clock handles each moment once: stopped anywhere, run twice, late, or with company."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.conditions import Attr
from chalicelib.db import Update
from chalicelib.due import plan, rows
from chalicelib.issues import store, timers
from chalicelib.portal import Portal
from tests.due.worlds import DAY, HOUR, World, copied, make_world
from tests.factories import NOW, People, report
from tests.racing import race
from tests.recording import RecordingClient, refusal

#: When the clock ticks in these trials: warnings, breaches and the ladder of an urgent report, reminders, the end of
#: a visit's pause and of an owner's, a question, a closing.
TICKS = [NOW + length for length in (1.5 * HOUR, 2 * HOUR, 7 * HOUR, 19 * HOUR, 49 * HOUR, 3 * DAY, 8 * DAY)]


@pytest.fixture(scope="module")
def made() -> World:
    """The world before its first tick; trials copy it."""
    return make_world()


@pytest.fixture
def world(made: World) -> World:
    return copied(made)


@dataclass
class Stage:
    """A tick of an undisturbed clock: the world before it, what it comes to, and with how many writes."""

    tick: datetime
    before: World
    outcome: dict[str, Any]
    writes: int


@pytest.fixture(scope="module")
def stages(made: World) -> list[Stage]:
    """What an undisturbed clock does, tick by tick."""
    world = copied(made)
    found = []
    for tick in TICKS:
        before, writes = copied(world), list[str]()
        counting = world.client.failing(
            lambda operation, _, seen=writes: seen.append(operation) if _writes(operation) else None  # type: ignore[misc]
        )
        with counting:
            timers.run_due(world.portal, tick)
        found.append(Stage(tick, before, world.outcome(), len(writes)))
    return found


@pytest.fixture(scope="module")
def outcome(stages: list[Stage]) -> dict[str, Any]:
    """What an undisturbed clock comes to in the end."""
    return stages[-1].outcome


def _writes(operation: str) -> bool:
    return operation == "transact_write_items"


class Killed(BaseException):
    """The process is gone: nobody catches this."""


class Kill:
    """Ends the process at its n-th write."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, operation: str, request: Any) -> Any:
        self.left -= _writes(operation)
        return Killed() if self.left == -1 and _writes(operation) else None


def test_the_world_has_a_moment_of_every_kind(outcome: dict[str, Any], stages: list[Stage]) -> None:
    kinds = {moment.split(".")[1] for issue in outcome["issues"].values() for moment in issue[4]}
    goals = {"acknowledge", "on_site", "next_update", "resolve"}
    assert kinds - goals == {
        "step",
        "pause_end",
        "delay",
        "unresolved",
        "appointment",
        "follow_up",
        "auto_close",
    }
    assert {event for _, event, *_ in outcome["told"]} == {
        "due_soon", "running_late_unassigned", "running_late", "escalated", "unresolved", "pause_over",
        "pause_over_waiting_owner", "pause_over_appointment", "ask_confirm", "ask_answer", "visit_soon", "auto_closed",
        "delayed", "still_late",
    }  # fmt: skip
    assert outcome["risks"] == 1
    assert sum(stage.writes for stage in stages) > 50


@pytest.mark.parametrize(
    "after", [False, True], ids=["before it reaches the table", "after it was carried out"]
)
def test_killed_at_any_write_and_started_again_it_comes_to_the_same(stages: list[Stage], after: bool) -> None:
    for stage in stages:
        for at in range(stage.writes):
            world = copied(stage.before)
            with world.client.failing(Kill(at), after=after), pytest.raises(Killed):
                timers.run_due(world.portal, stage.tick)
            timers.run_due(world.portal, stage.tick)
            assert world.outcome() == stage.outcome, f"killed at write {at} of {stage.tick}"


def test_run_twice_the_second_run_does_nothing(world: World, outcome: dict[str, Any]) -> None:
    for tick in TICKS:
        timers.run_due(world.portal, tick)
        world.portal.db.calls.clear()
        assert timers.run_due(world.portal, tick) == Counter()
        assert set(world.portal.db.calls) <= {"get_item", "query"}
    assert world.outcome() == outcome


def test_a_clock_that_stood_still_handles_the_same_moments_but_says_less(
    world: World, outcome: dict[str, Any]
) -> None:
    """Of a promise that four levels should have heard of, all of them are told once, by the highest."""
    in_time = outcome
    timers.run_due(world.portal, TICKS[-1])
    late = world.outcome()
    for name, issue in in_time["issues"].items():
        assert late["issues"][name][0] == issue[0], name
        assert late["issues"][name][4] == issue[4], name
    assert late["due"] == in_time["due"]
    assert {event for _, event, *_ in late["told"]} <= {event for _, event, *_ in in_time["told"]}
    assert not {event for _, event, *_ in late["told"]} & {
        "due_soon",
        "running_late",
        "visit_soon",
        "ask_confirm",
    }
    escalated = [told for told in late["told"].elements() if told[:2] == ("new", "escalated")]
    assert {(told[2], frozenset(told[5])) for told in escalated} == {
        (4, frozenset({"front_line", "senior", "manager", "expert"}))
    }
    assert len(escalated) == 3  # acknowledge, on site, resolve


#: The minutes at which an urgent report is warned of and goes up the ladder, level by level.
LADDER = [NOW + hours * HOUR for hours in (1.5, 2, 2.5, 3, 6)]


def test_each_level_of_each_promise_is_told_once(world: World) -> None:
    for tick in LADDER:
        for second in (0, 59):
            timers.run_due(world.portal, tick + timedelta(seconds=second))
    told = [(row["goal"], row["level"], tuple(row["roles"])) for row in _escalated(world, world.ids["new"])]
    ladder = [(1, ("front_line",)), (2, ("senior",)), (3, ("manager",)), (4, ("expert", "manager"))]
    assert sorted(told) == sorted((goal, *rung) for goal in ("acknowledge", "on_site") for rung in ladder)


def _escalated(world: World, issue_id: str) -> list[dict[str, Any]]:
    return [row for row in world.notices() if (row["issue_id"], row["event"]) == (issue_id, "escalated")]


def test_one_row_that_cannot_be_handled_does_not_stop_the_rest(world: World, outcome: dict[str, Any]) -> None:
    """The table refuses to read one issue for a while; the others go on, and it catches up."""

    def away(operation: str, request: Any) -> Any:
        values = str(request.get("ExpressionAttributeValues"))
        refused = operation == "query" and world.ids["fixed"] in values
        return refusal("InternalServerError", operation="Query") if refused else None

    with world.client.failing(away):
        handled = timers.run_due(world.portal, TICKS[1])
        for tick in TICKS[2:5]:
            handled += timers.run_due(world.portal, tick)
    assert handled["breach"] > 2
    assert not world.file("fixed").done
    timers.run_due(world.portal, TICKS[-1])
    assert world.file("fixed").issue.status == "closed"
    assert world.portal.db.get(timers._CLOCK.mark) == {
        "PK": "SYSTEM", "SK": "TIMERS", "day": str((TICKS[-1] - DAY).date())
    }  # fmt: skip


def test_a_row_of_an_issue_that_is_gone_goes_too(world: World) -> None:
    issue = world.file("new").issue
    world.client.plain.forget(f"ISSUE#{issue.id}", "META")
    timers.run_due(world.portal, TICKS[0])
    assert "new" not in world.due(NOW - DAY, 60)


def test_a_timer_of_the_release_before_closes_what_is_quiet(world: World) -> None:
    """Code that knew no moments left rows of the same form, and an issue without a next moment."""
    file = world.file("fixed")
    closes = NOW + 7 * DAY
    assert file.issue.next_moment is not None
    world.portal.db.write(
        *rows.moved(file.issue.id, file.issue.next_moment, closes),
        Update(store.meta_key(file.issue.id), removes=["next_moment"], condition=Attr("PK").exists()),
    )
    for tick in TICKS:
        timers.run_due(world.portal, tick)
    assert world.file("fixed").issue.status == "closed"
    assert "fixed" not in world.due(NOW - DAY, 60)


def test_two_clocks_at_once_tell_as_one_does(
    portal: Portal, people: People, engine_client: RecordingClient
) -> None:
    timers.run_due(portal, NOW)
    ids = [report(portal=portal, by=people.owner).issue.id for _ in range(6)]
    for tick in LADDER:
        results = race([lambda t=tick: timers.run_due(portal, t)] * 3)  # type: ignore[misc]
        assert not [one for one in results if isinstance(one, BaseException)]
    world = World(portal, engine_client, {issue_id: issue_id for issue_id in ids})
    told = Counter(
        (row["issue_id"], row["event"], row.get("goal"), row.get("level"))
        for row in world.notices()
        if row["event"] != "reported"
    )
    # Warned of three goals, and of two of them told by four levels each.
    assert set(told.values()) == {1}
    assert Counter(issue_id for issue_id, *_ in told) == dict.fromkeys(ids, 2 + 2 * 4)
    assert len({tuple(sorted(world.file(one).done)) for one in ids}) == 1


def test_a_pause_moves_the_promise_and_its_end_by_itself_moves_it_no_more(world: World) -> None:
    before = world.file("waits").issue
    assert before.status == "paused"
    timers.run_due(world.portal, NOW + 7 * DAY + timedelta(minutes=1))
    after = world.file("waits")
    assert (after.issue.status, after.issue.assignee) == ("assigned", before.assignee)
    assert after.issue.promised_at == before.promised_at
    terms = plan.terms_for(world.portal, after.issue)
    assert plan.planned(after, terms, NOW + 7 * DAY + timedelta(minutes=1)).issue == after.issue
