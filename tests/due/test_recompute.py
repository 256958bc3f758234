"""What is promised can be worked out again at any time; what differs is named, and put right when asked to."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from chalicelib.conditions import Attr
from chalicelib.db import Delete, Update
from chalicelib.due import rows
from chalicelib.issues import store, timers
from infra.upkeep import recompute
from tests.due.worlds import DAY, HOUR, World, copied, make_world
from tests.factories import NOW

LATER = NOW + 20 * HOUR


@pytest.fixture(scope="module")
def made() -> World:
    world = make_world()
    timers.run_due(world.portal, LATER)
    return world


@pytest.fixture
def world(made: World) -> World:
    return copied(made)


def _found(world: World, *, fix: bool = False, every: bool = True, now: datetime = LATER) -> list[str]:
    ids: Iterator[str] = recompute.issue_ids(world.portal, "maple", every=every)
    seen, found = recompute.recompute(world.portal, ids, now, fix=fix)
    assert seen == len(world.ids)
    return [f"{one.name}" for one in found]


def test_a_sound_table_differs_in_nothing_also_when_the_clock_is_behind(world: World) -> None:
    assert _found(world) == []
    assert _found(world, every=False) == []
    assert _found(world, now=LATER + 10 * DAY) == []
    timers.run_due(world.portal, LATER + 10 * DAY)
    assert _found(world, now=LATER + 10 * DAY) == []


@pytest.mark.parametrize(
    ("sets", "said"),
    [
        ({"promised_at": "2026-12-24T00:00:00.000Z"}, ["promised_at"]),
        ({"next_moment": "2026-12-24T00:00:00.000Z"}, ["next_moment", "DUE"]),
        ({"next_moment": None}, ["next_moment"]),
    ],
)
def test_a_record_that_was_tampered_with_is_named_and_put_right(
    world: World, sets: dict[str, str | None], said: list[str]
) -> None:
    before = world.file("new").issue
    key = store.meta_key(world.ids["new"])
    world.portal.db.write(Update(key, sets=sets, condition=Attr("PK").exists()))
    assert _found(world) == said
    assert _found(world, fix=True) == said
    assert _found(world) == []
    assert world.file("new").issue == before


def test_a_lost_row_among_what_is_due_is_named_and_written_again(world: World) -> None:
    at = world.file("visit").issue.next_moment
    assert at is not None
    world.portal.db.write(Delete(rows.key_at(world.ids["visit"], at)))
    assert _found(world, fix=True) == ["DUE"]
    assert _found(world) == []


def test_the_command_says_how_many_differ(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(recompute, "portal", lambda: world.portal)
    for name, value in (("COMMUNITY", "maple"), ("ALL", ""), ("FIX", "")):
        monkeypatch.setenv(name, value)
    assert recompute.main() in (0, 1)
    assert "5 issues, " in capsys.readouterr().out
