"""Migrations: every record in the end, each once, at a bounded rate, going on where they stopped, undoing no work."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.db import Item, K, Update
from chalicelib.errors import Unavailable
from chalicelib.issues import service, store
from chalicelib.issues.models import RateIssue
from chalicelib.portal import Portal
from chalicelib.upgrades import ENTITIES, ISSUE, SCHEMA, Entity, Step
from infra.upkeep import migrate, walk
from infra.upkeep.walk import Pace, Progress, everything
from tests.factories import NOW, People, bring_to
from tests.recording import Meanwhile, Once, RecordingClient, refusal
from tests.upkeep.release_1 import release_1

AT_ONE_GO = Pace(10**9)


def _now() -> datetime:
    return NOW


def _run(portal: Portal, name: str = "issue", at_once: int = 100) -> Progress:
    *_, last = migrate.migrate(portal, name, _now, AT_ONE_GO, at_once)
    return last


def _issues(portal: Portal) -> dict[str, Item]:
    return {item["PK"]: item for item in everything(portal.db) if ISSUE.holds(item)}


@pytest.fixture
def old_issues(portal: Portal, people: People) -> list[str]:
    """Three issues of the release before, the first of them rated."""
    with release_1():
        ids = [bring_to(portal=portal, people=people, status="resolved").issue.id for _ in range(3)]
        service.rate(
            portal, people.owner, ids[0], RateIssue(professionalism=1, attitude=2, efficiency=3), NOW
        )
    return ids


def test_all_records_of_a_kind_get_todays_shape_and_nothing_else_changes(
    portal: Portal, old_issues: list[str]
) -> None:
    before = {str((item["PK"], item["SK"])): item for item in everything(portal.db)}
    done = _run(portal)
    assert (done.changed, done.left, done.done) == (3, 0, True)
    after = {str((item["PK"], item["SK"])): item for item in everything(portal.db)}
    mark = after.pop("('SYSTEM', 'MIGRATION#issue-v2')")
    assert (mark["changed"], mark["done"]) == (3, True)
    assert mark["seen"] >= len(before)
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {f"('ISSUE#{issue_id}', 'META')" for issue_id in old_issues}
    rated = after[f"('ISSUE#{old_issues[0]}', 'META')"]
    assert (rated[SCHEMA], rated["ratings"]) == (2, [rated["rating"]])
    assert _run(portal).changed == 0


def test_an_interrupted_migration_goes_on_where_it_stopped(portal: Portal, old_issues: list[str]) -> None:
    total = len(list(everything(portal.db)))
    steps = migrate.migrate(portal, "issue", _now, AT_ONE_GO, at_once=5)
    for _ in range(3):
        next(steps)
    del steps
    half = sum(SCHEMA in item for item in _issues(portal).values())
    reads = portal.db.calls.count("scan")
    done = _run(portal, at_once=5)
    assert (done.changed, all(SCHEMA in item for item in _issues(portal).values())) == (3, True)
    pages = portal.db.calls.count("scan") - reads
    assert pages < -(-total // 5) + 2, "it did not begin anew"
    assert half <= 3


def test_a_failure_in_the_middle_of_a_page_does_that_page_again(
    portal: Portal, old_issues: list[str], engine_client: RecordingClient
) -> None:
    with (
        engine_client.failing(Once("scan", refusal("InternalServerError", operation="Scan"), at=1)),
        pytest.raises(Unavailable),
    ):
        _run(portal, at_once=7)
    assert _run(portal, at_once=7).changed == 3


def test_what_people_do_meanwhile_is_not_undone(
    portal: Portal, people: People, old_issues: list[str], engine_client: RecordingClient
) -> None:
    def rate() -> None:
        with release_1():
            body = RateIssue(professionalism=5, attitude=5, efficiency=5)
            service.rate(portal, people.owner, old_issues[1], body, NOW)

    target = store.meta_key(old_issues[1])
    found = portal.db.get(target)
    assert found is not None
    quicker = Meanwhile("transact_write_items", rate)
    with engine_client.failing(quicker):
        progress = Progress()
        walk._give(portal.db, found, migrate.change_for("issue", portal.keys), progress)
    after = portal.db.get(target)
    assert quicker.done
    assert after is not None
    assert (progress.changed, after[SCHEMA], [one["attitude"] for one in after["ratings"]]) == (1, 2, [5])


def test_a_record_that_never_keeps_still_is_left_and_named(
    portal: Portal, old_issues: list[str], engine_client: RecordingClient
) -> None:
    item = portal.db.get(store.meta_key(old_issues[0]))
    assert item is not None

    def busy(operation: str, request: object) -> Exception | None:
        reasons = ["ConditionalCheckFailed"]
        return (
            refusal("TransactionCanceledException", reasons=reasons)
            if operation == "transact_write_items"
            else None
        )

    progress = Progress()
    with engine_client.failing(busy):
        walk._give(portal.db, item, migrate.change_for("issue", portal.keys), progress)
    assert (progress.left, progress.names) == (1, [f"ISSUE#{old_issues[0]} META: busy"])


def test_a_bad_record_holds_up_no_other(portal: Portal, old_issues: list[str]) -> None:
    key = store.meta_key(old_issues[0])
    portal.db.update(Update(key, sets={"rating": {"comment": "no marks"}}))
    done = _run(portal)
    assert (done.changed, done.left) == (2, 1)
    assert done.names == [f"{key.pk} META: KeyError"]


def test_it_keeps_to_its_rate(portal: Portal) -> None:
    """Ten records a second, in pages of ten that take half a second: it waits for the other half."""
    portal.db.put_all([{"PK": f"P#{n}", "SK": "META"} for n in range(20)])
    slept: list[float] = []
    ticks = itertools.cycle([0.0, 0.5])
    pace = Pace(10, clock=ticks.__next__, sleep=slept.append)
    list(walk.run(portal.db, "test", lambda item: None, _now, pace, at_once=10))
    assert slept[:2] == [0.5, 0.5]
    slept.clear()
    fast = Pace(10**9, clock=ticks.__next__, sleep=slept.append)
    list(walk.run(portal.db, "test", lambda item: None, _now, fast, at_once=10))
    assert slept == []


def test_contracting_takes_the_old_attributes_out_once_nothing_reads_them(
    portal: Portal, old_issues: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the release after next will have it: the old attribute dropped, its step only for what it never met."""
    _run(portal)
    last: Callable[[Item], Item] = ISSUE.steps[-1].upgrade
    contracted = Entity(
        "issue",
        "ISSUE#",
        "META",
        (replace(ISSUE.steps[0], old_writers=False), Step(3, lambda item: item, (), ())),
        dropped=("rating",),
    )
    assert last is contracted.steps[0].upgrade
    monkeypatch.setitem(ENTITIES, "issue", contracted)
    assert _run(portal).changed == 3
    kept = _issues(portal)[f"ISSUE#{old_issues[0]}"]
    assert ("rating" in kept, kept[SCHEMA], kept["ratings"][0]["attitude"]) == (False, 3, 2)
    monkeypatch.undo()
    assert ISSUE.current(kept) is kept, "and the code before leaves such a record as it is"
    assert _run(portal).changed == 0


def test_an_unknown_name_is_refused(portal: Portal, capsys: pytest.CaptureFixture[str]) -> None:
    assert migrate.main("nothing") == 2
    assert "ENTITY must be one of: issue, seals" in capsys.readouterr().err


def test_the_command_says_how_far_it_is(
    site: Portal, old_issues: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(migrate, "portal", lambda: site)
    monkeypatch.setenv("RATE", "1000000")
    assert migrate.main("issue") == 0
    said = capsys.readouterr().out
    assert "3 changed" in said
    assert said.endswith("all have today's shape\n")
    assert site.db.get(K("SYSTEM", "MIGRATION#issue-v2"))
