"""From "this person is to be told" to messages by channels, by what they chose and how urgent it is.

The row that asks for it goes in the very transaction that writes the messages, so it is planned once however often it
is tried, by however many workers.
"""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.communities import store as communities
from chalicelib.conditions import Attr
from chalicelib.db import Delete, Item, K, Op
from chalicelib.errors import Conflict, Unavailable
from chalicelib.issues.policy import category_of
from chalicelib.messages import reaching, rules, store
from chalicelib.messages.hours import quiet_hours
from chalicelib.messages.models import Outgoing, Reach
from chalicelib.messages.notifier import Channel
from chalicelib.portal import Portal
from chalicelib.times import moment

_TRIES = 8


class _Planned(Conflict):
    """Another worker has planned it."""


class _Closed(Conflict):
    """The digest went out meanwhile."""


def plan(portal: Portal, row: Item, now: datetime) -> list[Outgoing]:
    """Write the messages of a row, and remove it; gives back what was written anew. Repeatable. Raises Unavailable
    when others keep changing what this person is told."""
    done = Delete(K(row["PK"], row["SK"]), condition=Attr("PK").exists(), error=_Planned())
    may_join = True
    for attempt in range(_TRIES):
        reach = reaching.reach(portal.db, portal.keys, row["account_id"])
        made, ops = _planned(portal, row, reach, now, may_join=may_join) if reach else ([], [])
        try:
            portal.db.write(done, *ops)
        except _Planned:
            return []
        except _Closed:
            may_join = False
        except store.Moved:
            portal.db.pause(attempt)  # another digest was opened meanwhile: join that
            may_join = True
        else:
            return made
    raise Unavailable


def _planned(
    portal: Portal, row: Item, reach: Reach, now: datetime, *, may_join: bool
) -> tuple[list[Outgoing], list[Op]]:
    event, desk = row["event"], row["desk"]
    of_issue = row.get("category_id") and (row.get("about") or "issue") == "issue"
    level = category_of(row["category_id"]).sla_class if of_issue else ""
    kind = rules.kind_of(event, level, desk=desk, urgent=row.get("urgent", False))
    channels = rules.usable(reach, kind)
    if not channels:
        return [], []
    if kind == "work":
        if may_join and reach.digest and reach.digest_channel:
            return [], [reaching.join(reach.account_id, reach.digest, reach.digest_channel, _Closed())]
        message = _message(portal, row, reach, kind, channels[0], channels[1:], now)
        return [message], [*store.add(message), reaching.open_digest(reach, message)]
    rest = rules.instead(reach, kind, channels)
    made = [_message(portal, row, reach, kind, one, rest, now) for one in channels]
    return made, [op for message in made for op in store.add(message)]


def _message(
    portal: Portal,
    row: Item,
    reach: Reach,
    kind: str,
    channel: Channel,
    rest: tuple[Channel, ...],
    now: datetime,
) -> Outgoing:
    message = Outgoing(
        account_id=reach.account_id,
        source=row["source"],
        channel=channel,
        kind=kind,  # type: ignore[arg-type]
        event=row["event"],
        desk=row["desk"],
        at=moment(row["at"]),
        due=now,
        community_id=row["community_id"],
        issue_id=row.get("issue_id", ""),
        number=row.get("number", ""),
        category_id=row.get("category_id", ""),
        visit_at=row.get("visit_at"),
        about=row.get("about") or "issue",
        subject=row.get("subject"),
        otherwise=rest,
        digest=kind == "work",
    )
    quiet = quiet_hours(portal, message.community_id, now)
    due = rules.when(message, reach, quiet, zone_of(portal, message), now)
    return replace(message, due=due)


def zone_of(portal: Portal, message: Outgoing) -> ZoneInfo:
    """The clock that a person's night goes by."""
    return communities.get(portal.db, message.community_id).zone
