"""What is announced is stored with the change; it is delivered once to everybody, however often it is tried."""

import contextlib
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.accounts.store import unread_key
from chalicelib.errors import PortalError, Unavailable
from chalicelib.inbox import outbox, service
from chalicelib.issues import service as issues
from chalicelib.issues.models import WriteMessage
from chalicelib.portal import Portal
from chalicelib.records import Item, Put, encode_item
from tests.factories import NOW, People, assign, bring_to, owner_step, report, step
from tests.racing import codes, race
from tests.recording import Once, RecordingClient

LATER = NOW + timedelta(minutes=1)
LOST = ReadTimeoutError(endpoint_url="http://table.example")


def _rows(portal: Portal) -> list[Item]:
    return [row for n in range(outbox.SHARDS) for row in portal.db.query(outbox.outbox_pk(n)).items]


def _texts(portal: Portal, person: Any) -> list[str]:
    return [item.text for item in service.read(portal, person, 50, None, "en", NOW)[0]]


def _counts(portal: Portal) -> dict[str, int]:
    row = portal.db.get(outbox.counts_key("maple")) or {}
    return {name: number for name, number in row.items() if name not in ("PK", "SK", "news") and number}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(4))
def test_a_delivery_that_breaks_off_anywhere_is_finished_by_the_next(
    portal: Portal, people: People, engine_client: RecordingClient, at: int, after: bool
) -> None:
    """An emergency goes to its reporter, the front desk and the manager: four writes, each may be lost."""
    report(portal=portal, by=people.owner, category_id="gas")
    (row,) = _rows(portal)
    with engine_client.failing(Once("transact_write_items", LOST, at=at), after=after):
        for _ in range(2):
            with contextlib.suppress(Unavailable):
                outbox.deliver(portal, row)
    outbox.deliver(portal, row)
    assert _rows(portal) == []
    assert _counts(portal) == {"submitted": 1}
    for person in (people.owner, people.clerk, people.manager):
        assert len(_texts(portal, person)) == 1
        unread = portal.db.get(unread_key(person.id))
        assert unread is not None
        assert unread["unread"] == 1


def test_delivering_at_once_from_stream_and_sweep_gives_one_message(portal: Portal, people: People) -> None:
    report(portal=portal, by=people.owner, category_id="fire")
    (row,) = _rows(portal)
    image = {"Keys": encode_item({"PK": row["PK"], "SK": row["SK"]}), "NewImage": encode_item(row)}
    event = {"Records": [{"eventName": "INSERT", "dynamodb": image}]}
    works = [lambda: outbox.handle_stream(portal, event), lambda: outbox.sweep(portal, LATER)]
    assert codes(race(works * 4)) == ["ok"] * 8
    assert len(_texts(portal, people.owner)) == 1
    assert len(_texts(portal, people.clerk)) == 1
    assert _counts(portal) == {"submitted": 1}


def test_of_a_stream_only_new_outbox_rows_are_delivered(portal: Portal) -> None:
    keys = {"PK": {"S": "ISSUE#1"}, "SK": {"S": "META"}}
    gone = {"PK": {"S": "OUTBOX#1"}, "SK": {"S": "1"}}
    records = [
        {"eventName": "INSERT", "dynamodb": {"Keys": keys, "NewImage": keys}},
        {"eventName": "REMOVE", "dynamodb": {"Keys": gone}},
    ]
    assert outbox.handle_stream(portal, {"Records": records}) == 0


def test_counts_follow_an_issue_through_its_whole_life(portal: Portal, people: People) -> None:
    at: Any = {"portal": portal}
    file = report(by=people.owner, **at)
    seen = []
    for to in ("acknowledged", "assigned", "in_progress", "resolved", "reopened"):
        if to == "assigned":
            file = assign(by=people.clerk, file=file, to=people.technician, **at)
        elif to == "reopened":
            file = owner_step(by=people.owner, file=file, action="reopen", **at)
        else:
            file = step(
                by=people.clerk if to == "acknowledged" else people.technician, file=file, to=to, **at
            )
        outbox.sweep(portal, LATER)
        seen.append(_counts(portal))
    assert seen == [{to: 1} for to in ("acknowledged", "assigned", "in_progress", "resolved", "reopened")]


def test_nothing_is_announced_of_a_step_that_was_refused(portal: Portal, people: People) -> None:
    file = report(portal=portal, by=people.owner)
    outbox.sweep(portal, LATER)
    step(portal=portal, by=people.clerk, file=file, to="acknowledged")
    assert [row["event"] for row in _rows(portal)] == ["acknowledged"]
    with pytest.raises(PortalError):
        step(portal=portal, by=people.manager, file=file, to="rejected", note="晚了一步")
    assert [row["event"] for row in _rows(portal)] == ["acknowledged"]


def test_a_row_that_cannot_be_delivered_holds_up_no_other(portal: Portal, people: People) -> None:
    file = report(portal=portal, by=people.owner)
    shard = _rows(portal)[0]["PK"]
    portal.db.write(Put({"PK": shard, "SK": "0", "at": "2000-01-01"}))
    outbox.sweep(portal, LATER)
    assert [row["SK"] for row in _rows(portal)] == ["0"]
    assert file.issue.number in _texts(portal, people.owner)[0]


def test_the_one_who_did_it_is_not_told_and_nobody_is_told_twice(portal: Portal, people: People) -> None:
    file = bring_to(portal=portal, people=people, status="assigned")
    issues.message(portal, people.owner, file.issue.id, WriteMessage(text="几点到？"), None, LATER)
    outbox.sweep(portal, LATER + timedelta(minutes=1))
    number = file.issue.number
    assert _texts(portal, people.technician) == [
        f"The owner wrote about “Water and drains” ({number}).",
        f"You now have “Water and drains” ({number}).",
    ]
    assert len(_texts(portal, people.owner)) == 3
    assert _texts(portal, people.clerk) == []


def test_everybody_on_duty_is_alerted_to_an_emergency_and_nobody_else(portal: Portal, people: People) -> None:
    report(portal=portal, by=people.owner, category_id="lift_trapped")
    outbox.sweep(portal, LATER)
    told = {
        name for name in ("clerk", "manager", "technician", "designer", "auditor", "cedar_clerk", "cedar_manager")
        if any("EMERGENCY" in text for text in _texts(portal, getattr(people, name)))
    }  # fmt: skip
    assert told == {"clerk", "manager"}


@pytest.mark.parametrize(("doer", "other"), [("clerk", "manager"), ("manager", "clerk")])
def test_whoever_did_it_is_not_told_of_it_by_their_role(
    portal: Portal, people: People, doer: str, other: str
) -> None:
    file = bring_to(portal=portal, people=people, status="resolved")
    step(portal=portal, by=getattr(people, doer), file=file, to="reopened", note="还在漏")
    outbox.deliver_all(portal, _rows(portal))
    told = [sum("reopened" in text for text in _texts(portal, getattr(people, one))) for one in (doer, other)]
    assert told == [0, 1]
