"""Managers' versions of policies and calendars: kept as they were, seen by who saves, and followed by open issues."""

import re
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.due import jobs, rows
from chalicelib.errors import Invalid, VersionConflict
from chalicelib.issues import timers
from chalicelib.portal import Portal
from chalicelib.service_levels import store
from chalicelib.service_levels.models import Policy, Span
from chalicelib.service_levels.policy import DEFAULT_POLICY, NOTICE, default_calendar
from infra.upkeep import recompute
from local.engines import ROOT
from tests.due.worlds import DAY, HOUR, World, copied, make_world
from tests.factories import NOW, People, report

SAVED = NOW + timedelta(minutes=1)
FROM = NOW + HOUR


def _quicker(hours: int) -> Policy:
    """The default policy, with L1 fixed within so many hours."""
    urgent = DEFAULT_POLICY.classes["L1"]
    goals = {**urgent.goals, "resolve": Span("always", hours=hours)}
    return replace(DEFAULT_POLICY, classes={**DEFAULT_POLICY.classes, "L1": replace(urgent, goals=goals)})


def _save(portal: Portal, *, community_id: str = "maple", seen: int = 0, start: datetime = FROM) -> None:
    store.save_policy(portal, community_id, "manager", _quicker(8), start, seen, SAVED)


@pytest.fixture(scope="module")
def made() -> World:
    return make_world()


@pytest.fixture
def world(made: World) -> World:
    return copied(made)


def test_what_is_saved_is_read_as_it_was_with_who_and_when(world: World) -> None:
    db = world.portal.db
    _save(world.portal)
    own = replace(default_calendar("Asia/Shanghai"), exceptions={FROM.date(): ()})
    store.save_calendar(world.portal, "maple", "other", own, FROM, 1, SAVED)
    book = store.book_of(db, "maple")
    assert (book.version, book.policies) == (2, (store.Saved(FROM, SAVED, "manager", _quicker(8)),))
    assert book.calendars == (store.Saved(FROM, SAVED, "other", own),)
    levels = store.levels_of(db, "maple", "Asia/Shanghai")
    assert [one.valid_from for one in levels.policies][1:] == [FROM]
    assert levels.calendars[-1].calendar == own
    assert store.levels_of(db, "cedar", "Asia/Shanghai").policies[-1].policy == DEFAULT_POLICY


def test_a_version_is_saved_ahead_of_its_time_and_over_no_other(world: World) -> None:
    with pytest.raises(Invalid):
        _save(world.portal, start=SAVED + NOTICE - timedelta(seconds=1))
    _save(world.portal, start=SAVED + NOTICE)
    for seen, start in ((0, FROM), (1, SAVED + NOTICE)):  # somebody saved meanwhile; one begins just then
        with pytest.raises(VersionConflict):
            _save(world.portal, seen=seen, start=start)
    assert store.book_of(world.portal.db, "maple").version == 1


def test_levels_cost_one_query_a_minute(world: World) -> None:
    db = world.portal.db
    db.calls.clear()
    for _ in range(3):
        store.levels_of(db, "maple", "Asia/Shanghai")
    assert db.calls == ["query"]


def test_open_issues_follow_a_new_policy_and_what_was_judged_does_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page at a time: each run of the clock goes on where the one before was."""
    monkeypatch.setattr(jobs, "_AT_ONCE", 2)
    before = {name: world.file(name).issue for name in world.ids}
    _save(world.portal)
    runs = 0
    while _is_going_on(world):
        timers.run_due(world.portal, SAVED + NOTICE)
        runs += 1
    assert runs == 3  # four are open; the third run finds no more
    after = {name: world.file(name).issue for name in world.ids}
    assert after["new"].promised_at == NOW + 8 * HOUR
    for name in ("old", "fixed"):
        assert after[name].promised_at == before[name].promised_at
    found = recompute.recompute(
        world.portal, recompute.issue_ids(world.portal, "maple", every=True), SAVED + NOTICE, fix=False
    )
    assert found == (5, [])


def _is_going_on(world: World) -> bool:
    key = rows.key_at("LEVELS#maple", SAVED + NOTICE)
    return world.portal.db.get(key) is not None


def test_one_communitys_policy_changes_nothing_in_another(portal: Portal, people: People) -> None:
    timers.run_due(portal, NOW)
    there = report(portal=portal, by=people.cedar_owner, unit_id="cedar-2-201").issue
    here = report(portal=portal, by=people.owner).issue
    _save(portal)
    timers.run_due(portal, SAVED + NOTICE)
    assert here.promised_at == there.promised_at == NOW + 24 * HOUR
    promised = {
        name: store.levels_of(portal.db, name, "Asia/Shanghai").policies[-1].policy
        for name in ("maple", "cedar")
    }
    assert promised == {"maple": _quicker(8), "cedar": DEFAULT_POLICY}
    later = NOW + DAY
    assert report(portal=portal, by=people.owner, now=later).issue.promised_at == later + 8 * HOUR
    again = report(portal=portal, by=people.cedar_owner, unit_id="cedar-2-201", now=later).issue
    assert again.promised_at == later + 24 * HOUR
    for name, issue in (("maple", here), ("cedar", there)):
        ids = recompute.issue_ids(portal, name, every=True)
        assert recompute.recompute(portal, ids, later, fix=False)[1] == [], (name, issue.id)


#: Numbers of hours, days or minutes of service that stand in code: `timedelta(hours=24)`, `Span("always", hours=2)`.
_LENGTH = re.compile(r"(?:timedelta|Span)\([^()]*\b(?:days|hours|minutes)=(\d+)")


#: How long a message and a draft are kept.
_NOT_OF_SERVICE = {
    "chalicelib/inbox/outbox.py: timedelta(days=180",
    "chalicelib/issues/drafts.py: timedelta(days=14",
}


def test_no_length_of_a_service_level_stands_outside_a_policy() -> None:
    """Folders that promises are worked out and handled in name no length but one day and one minute."""
    found = Counter(
        f"{path.relative_to(ROOT)}: {match[0]}"
        for folder in ("due", "service_levels", "issues", "desk", "inbox")
        for path in (ROOT / "chalicelib" / folder).glob("*.py")
        if path.name != "policy.py"
        for match in _LENGTH.finditer(path.read_text(encoding="utf-8"))
        if match[1] != "1"
    )
    assert set(found) <= _NOT_OF_SERVICE
