"""The clocks of complaints: warned of before they are over, told once when they are, whatever happens meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.complaints import store, timers
from chalicelib.inbox import outbox
from chalicelib.inbox import service as inbox
from chalicelib.portal import Portal
from tests.factories import NOW, People
from tests.factories_complaints import complain, complaint_move, complaint_step
from tests.racing import race
from tests.recording import Meanwhile, RecordingClient

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _running(portal: Portal) -> None:
    """The clock was running before anything happened."""
    timers.run_due(portal, NOW)


def _texts(portal: Portal, people: People, who: str = "manager") -> list[str]:
    outbox.sweep(portal, NOW + timedelta(days=90))
    items, _ = inbox.read(portal, getattr(people, who), 50, None, "en", NOW)
    return [item.text for item in reversed(items)]


def test_the_desk_is_warned_and_then_told_that_a_complaint_is_late(portal: Portal, people: People) -> None:
    file = complain(portal=portal, by=people.owner)
    assert timers.run_due(portal, NOW + 17 * HOUR) == 0
    assert timers.run_due(portal, NOW + 18 * HOUR) == 1, "three quarters of 24 h"
    assert timers.run_due(portal, NOW + 24 * HOUR) == 1
    texts = _texts(portal, people)
    assert ["little time" in text for text in texts] == [False, True, False]
    assert "is late" in texts[2]
    kept = store.load(portal.db, portal.keys, file.complaint.id)
    assert kept is not None
    assert [row.kind for row in kept.timeline] == ["stage", "overdue"]
    assert kept.timeline[1].clock == "start"


def test_late_and_twice_and_after_days_it_is_told_once(portal: Portal, people: People) -> None:
    complain(portal=portal, by=people.owner)
    late = NOW + timedelta(days=4)
    assert timers.run_due(portal, late) == 1, "of the two moments that have passed the warning means nothing"
    assert timers.run_due(portal, late) == 0
    assert sum("is late" in text for text in _texts(portal, people)) == 1


def test_four_clocks_at_once_tell_once(portal: Portal, people: People) -> None:
    complain(portal=portal, by=people.owner)
    assert sum(race([lambda: timers.run_due(portal, NOW + 30 * HOUR)] * 4)) == 1
    assert sum("is late" in text for text in _texts(portal, people)) == 1


def test_a_step_in_time_silences_the_clock_that_it_ends(portal: Portal, people: People) -> None:
    file = complain(portal=portal, by=people.owner)
    complaint_step(portal=portal, by=people.manager, file=file, do="start", now=NOW + HOUR)
    assert timers.run_due(portal, NOW + 48 * HOUR) == 0
    assert timers.run_due(portal, NOW + 74 * HOUR) == 1, (
        "the investigation's 72 h are over, its warning was missed"
    )


def test_a_step_at_the_very_moment_is_never_told_to_be_late(
    portal: Portal, people: People, engine_client: RecordingClient
) -> None:
    file = complain(portal=portal, by=people.owner)
    late = NOW + 24 * HOUR + timedelta(seconds=1)

    def begin() -> None:
        complaint_step(portal=portal, by=people.manager, file=file, do="start", now=late)

    with engine_client.failing(Meanwhile("transact_write_items", begin)):
        assert timers.run_due(portal, late) == 0
    assert not any("is late" in text for text in _texts(portal, people))


def test_a_clock_that_is_killed_between_any_two_calls_tells_all_the_same(
    portal: Portal, people: People, engine_client: RecordingClient
) -> None:
    complain(portal=portal, by=people.owner)
    late = NOW + 25 * HOUR
    for at in range(1, 8):

        def kill(operation: str, request: object, calls: list[int] = [0], at: int = at) -> Exception | None:  # noqa: B006
            calls[0] += 1
            return EndpointConnectionError(endpoint_url="x") if calls[0] == at else None

        with engine_client.failing(kill):
            try:
                timers.run_due(portal, late)
            except Exception:
                continue
    timers.run_due(portal, late)
    assert sum("is late" in text for text in _texts(portal, people)) == 1


def test_a_complaint_that_cannot_be_looked_at_holds_up_no_other_and_is_told_later(
    portal: Portal, people: People, engine_client: RecordingClient
) -> None:
    first, second = (complain(portal=portal, by=people.owner) for _ in range(2))

    def away(operation: str, request: object) -> Exception | None:
        asked = operation == "get_item" and first.complaint.id in str(request)
        return EndpointConnectionError(endpoint_url="x") if asked else None

    late = NOW + timedelta(days=3)
    with engine_client.failing(away):
        assert timers.run_due(portal, late) == 1
    told = [text for text in _texts(portal, people) if "is late" in text]
    assert [second.complaint.number in text for text in told] == [True]
    assert timers.run_due(portal, late + timedelta(minutes=1)) == 1
    assert sum(first.complaint.number in text for text in _texts(portal, people) if "is late" in text) == 1


def test_the_last_limit_of_a_reply_is_told_to_managers(portal: Portal, people: People) -> None:
    file = complain(portal=portal, by=people.owner)
    for do in ("start", "conclude", "decide"):
        file = complaint_step(portal=portal, by=people.manager, file=file, do=do)
    assert timers.run_due(portal, NOW + timedelta(days=6)) == 2
    texts = _texts(portal, people)
    assert "is late" in texts[-2]
    assert "last limit" in texts[-1]


def test_nothing_is_due_about_what_is_over(portal: Portal, people: People) -> None:
    complaint_move(
        portal=portal, by=people.owner, file=complain(portal=portal, by=people.owner), action="withdraw"
    )
    assert timers.run_due(portal, NOW + timedelta(days=9)) == 0
    left = [day for n in range(10) if portal.db.query_all(day := f"DUEC#{_day(n)}#0")]
    assert left == []


def _day(n: int) -> str:
    return f"{(datetime(2026, 11, 20, tzinfo=UTC) + timedelta(days=n)).date()}"
