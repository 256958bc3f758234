"""What becomes of a message after a try: recorded as sent, put back for later, or left for people at the desk."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from chalicelib.db import Op
from chalicelib.messages import planning, reaching, rules, store
from chalicelib.messages.hours import quiet_hours
from chalicelib.messages.models import Outgoing, Reach
from chalicelib.messages.policy import TRIES
from chalicelib.portal import Portal
from chalicelib.times import rfc3339


@dataclass(frozen=True)
class Outcome:
    """How a try ended. `answered` says that the provider works, whatever it said of this message."""

    kind: Literal["sent", "later", "unsure", "refused"]
    reason: str | None = None
    provider_id: str | None = None
    answered: bool = False
    gone: tuple[str, ...] = ()

    def unless_sent(self, other: "Outcome") -> "Outcome":
        """The other outcome, unless one of several addresses took the message."""
        return self if self.kind == "sent" else other

    def forgetting(self, gone: list[str]) -> "Outcome":
        """With the devices that are no more."""
        return replace(self, gone=tuple(gone))


def settle(
    portal: Portal, before: Outgoing, claimed: Outgoing, outcome: Outcome, reach: Reach | None, now: datetime
) -> None:
    """Record how a try of a message ended. Raises Moved when somebody else did meanwhile."""
    ops: list[Op] = [reaching.forget_device(claimed.account_id, device) for device in outcome.gone]
    if outcome.kind == "sent":
        after = claimed.changed(state="sent", lease=None, reason=None)
        record = {"sent_at": rfc3339(now), "provider_id": outcome.provider_id}
        ops += [store.change(claimed, after, record), store.out_of_queue(before)]
    elif _again(portal, claimed, outcome) and reach is not None:
        ops += _later(portal, claimed, outcome, reach, now)
    else:
        ops += _never(claimed, outcome, reach, now)
    portal.db.write(*ops)


def _again(portal: Portal, message: Outgoing, outcome: Outcome) -> bool:
    """Whether another try makes sense: not of what was refused, nor of what may have arrived and would twice."""
    if outcome.kind == "refused" or message.attempts >= TRIES:
        return False
    return outcome.kind == "later" or message.urgent or portal.notifier.repeatable(message.channel)


def _later(portal: Portal, message: Outgoing, outcome: Outcome, reach: Reach, now: datetime) -> list[Op]:
    zone, quiet = planning.zone_of(portal, message), quiet_hours(portal, message.community_id, now)
    due = rules.when(message, reach, quiet, zone, now + rules.wait_after(message.attempts))
    return _moved(message, message.changed(state="waiting", lease=None, due=due, reason=outcome.reason))


def _never(message: Outgoing, outcome: Outcome, reach: Reach | None, now: datetime) -> list[Op]:
    """Another channel, if there is one that reaches the person; else the desk."""
    reason = "unsure" if outcome.kind == "unsure" else outcome.reason
    after = message.changed(state="failed", lease=None, reason=reason)
    ops: list[Op] = [store.change(message, after), store.out_of_queue(message)]
    follows = _instead(message, reach, now) if reason != "unsure" else None
    if follows is not None:
        return [*ops, *store.add(follows)]
    return ops if reach is None else [*ops, store.fail(after)]


def _instead(message: Outgoing, reach: Reach | None, now: datetime) -> Outgoing | None:
    reaching = [one for one in message.otherwise if reach is not None and reach.addresses(one)]
    if not reaching:
        return None
    rest = tuple(reaching[1:])
    return replace(
        message, channel=reaching[0], otherwise=rest, state="waiting", attempts=0, lease=None, reason=None,
        credit=False, due=now, rev=1,
    )  # fmt: skip


def move(portal: Portal, before: Outgoing, after: Outgoing) -> None:
    """Put a message off. Raises Moved when somebody else took it."""
    portal.db.write(*_moved(before, after))


def _moved(before: Outgoing, after: Outgoing) -> list[Op]:
    ops: list[Op] = [store.change(before, after)]
    if store.queue_key(before) != store.queue_key(after):
        ops += [store.out_of_queue(before), store.enqueue(after)]
    return ops
