"""Which messages are unread, and how many."""

from datetime import datetime, timedelta

import pytest

from chalicelib.db import K
from chalicelib.inbox import outbox, service
from chalicelib.inbox.models import InboxMessage
from chalicelib.issues import service as issues
from chalicelib.issues.models import WriteMessage
from chalicelib.portal import Portal
from tests.factories import NOW, People, bring_to
from tests.recording import Meanwhile, RecordingClient

MINUTE = timedelta(minutes=1)


@pytest.fixture
def told(portal: Portal, people: People) -> str:
    """An assigned issue, of which the technician was told."""
    file = bring_to(portal=portal, people=people, status="assigned")
    outbox.sweep(portal, NOW + MINUTE)
    return file.issue.id


def _write(portal: Portal, people: People, issue_id: str, at: datetime) -> None:
    issues.message(portal, people.owner, issue_id, WriteMessage(text="几点到？"), None, at)


def _inbox(portal: Portal, people: People) -> tuple[list[InboxMessage], int]:
    items, _ = service.read(portal, people.technician, 50, None, "en", NOW)
    row = portal.db.get(K(f"ACCOUNT#{people.technician.id}", "UNREAD"))
    return items, row["unread"] if row else 0


def _agrees(portal: Portal, people: People, unread: int) -> bool:
    """The number is what the list shows."""
    items, number = _inbox(portal, people)
    assert number == sum(item.unread for item in items)
    return number == unread


def test_what_was_shown_is_read(portal: Portal, people: People, told: str) -> None:
    assert _agrees(portal, people, 1)
    items, _ = _inbox(portal, people)
    service.mark_read(portal, people.technician, items[0].id)
    assert _agrees(portal, people, 0)
    service.mark_read(portal, people.technician, items[0].id)
    assert _agrees(portal, people, 0)


def test_reading_an_older_message_leaves_the_newer_unread(portal: Portal, people: People, told: str) -> None:
    for number in range(2):
        _write(portal, people, told, NOW + (number + 1) * MINUTE)
    outbox.sweep(portal, NOW + 5 * MINUTE)
    items, _ = _inbox(portal, people)
    assert _agrees(portal, people, 3)
    service.mark_read(portal, people.technician, items[1].id)
    assert _agrees(portal, people, 1)
    service.mark_read(portal, people.technician, items[2].id)
    assert _agrees(portal, people, 1)


def test_a_message_that_comes_while_the_list_is_read_stays_unread(
    portal: Portal, people: People, told: str, engine_client: RecordingClient
) -> None:
    items, _ = _inbox(portal, people)

    def come() -> None:
        _write(portal, people, told, NOW + MINUTE)
        outbox.sweep(portal, NOW + 2 * MINUTE)

    with engine_client.failing(Meanwhile("update_item", come)):
        service.mark_read(portal, people.technician, items[0].id)
    assert _agrees(portal, people, 1)


def test_a_message_delivered_late_does_not_stay_counted_for_ever(
    portal: Portal, people: People, told: str
) -> None:
    late = NOW - timedelta(hours=1)
    _write(portal, people, told, late)
    items, _ = _inbox(portal, people)
    service.mark_read(portal, people.technician, items[0].id)
    outbox.sweep(portal, NOW + MINUTE)
    items, _ = _inbox(portal, people)
    assert len(items) == 2
    service.mark_read(portal, people.technician, items[0].id)
    assert _agrees(portal, people, 0)
