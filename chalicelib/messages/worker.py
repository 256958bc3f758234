"""A worker's run: plan what people are to be told outside, then send what is due, oldest first, channel by channel."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from chalicelib.announcements import fanout as announcing
from chalicelib.conditions import Key
from chalicelib.db import Delete, Item, K, decode_item
from chalicelib.logs import log_failure
from chalicelib.messages import planning, sending, store
from chalicelib.messages.circuit import Circuit
from chalicelib.messages.models import Outgoing
from chalicelib.messages.policy import CHANNELS
from chalicelib.portal import Portal
from chalicelib.times import rfc3339

#: Rows that are read at once.
_PAGE = 50
#: What the stream should have brought is left to it for so long.
_STREAM_S = 10
#: Seconds that one run works: its function's timeout is 60, and nothing may be cut off in the middle of a message.
WORK_S = 40.0
_OPEN = ("waiting", "sending")


def handle(
    portal: Portal, event: dict[str, Any], now: datetime, clock: Callable[[], float]
) -> dict[str, int]:
    """What a stream brings, at once; without a stream's records all that is due. `clock` counts seconds."""
    turn = sending.Turn(portal, now, clock, clock() + WORK_S)
    if "Records" in event:
        images = (record["dynamodb"].get("NewImage") for record in event["Records"])
        rows = [decode_item(image) for image in images if image and image["PK"]["S"].startswith("TELL#")]
        return {"sent": _tell(turn, rows)}
    return {"sent": sweep(turn)}


def sweep(turn: sending.Turn) -> int:
    """Bring announcements to people, plan what the stream missed, then send what is due, channel by channel; gives back
    how many went out."""
    sent = 0
    announcing.run_due(turn.portal, turn.now, turn.share(len(CHANNELS)).enough)
    limit = rfc3339(turn.now - timedelta(seconds=_STREAM_S))
    for shard in range(store.SHARDS):
        rows = turn.portal.db.query(store.tell_pk(shard), limit=_PAGE).items
        sent += _tell(turn, [row for row in rows if row["at"] <= limit])
    for place, channel in enumerate(CHANNELS):
        part = turn.share(len(CHANNELS) - place)
        circuit = Circuit(turn.portal.db, channel, turn.now)
        for shard in range(store.SHARDS):
            sent += _queue(part, circuit, store.queue_pk(channel, shard))
    return sent


def _tell(turn: sending.Turn, rows: list[Item]) -> int:
    """Plan rows, and send at once what may go out now. A row that can't be planned holds up no other."""
    made: list[Outgoing] = []
    for row in rows:
        try:
            made += planning.plan(turn.portal, row, turn.now)
        except Exception:
            log_failure("message_not_planned", source=row.get("source"))
    sent = 0
    circuits: dict[str, Circuit] = {}
    for message in made:
        if message.due <= turn.now and not turn.enough():
            channel = message.channel
            circuit = circuits.setdefault(channel, Circuit(turn.portal.db, channel, turn.now))
            sent += not circuit.open and sending.send_one(turn, circuit, message)
    return sent


def _queue(turn: sending.Turn, circuit: Circuit, pk: str) -> int:
    """Send what is due of one part of a channel's queue, oldest first."""
    sent, start = 0, None
    due = Key("PK").eq(pk) & Key("SK").lte(f"{rfc3339(turn.now)}~")
    while not circuit.open and not turn.enough():
        page = turn.portal.db.query(due, limit=_PAGE, start=start)
        for row in page.items:
            if circuit.open or turn.enough():
                return sent
            message = store.get(turn.portal.db, row["account_id"], row["source"], circuit.channel)
            if (
                message is None
                or message.state not in _OPEN
                or not row["SK"].startswith(rfc3339(message.due))
            ):
                turn.portal.db.write(Delete(K(row["PK"], row["SK"])))  # of a message that is gone
            else:
                sent += sending.send_one(turn, circuit, message)
        start = page.next
        if start is None:
            break
    return sent
