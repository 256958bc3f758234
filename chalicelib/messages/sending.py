"""Sending what is due: claimed before it is handed to a provider, and recorded after.

So two workers never send one message. A worker that dies in between leaves it claimed: when the lease is over it is
sent again where that can't double it (the provider knows its token) or where losing it is worse (an urgent one); else
it waits at the desk, since nobody can know whether it went out.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.communities import store as communities
from chalicelib.db import Op
from chalicelib.errors import Conflict, Unavailable
from chalicelib.logs import log, log_failure
from chalicelib.messages import reaching, rules, settling, store, words
from chalicelib.messages.circuit import Circuit
from chalicelib.messages.hours import quiet_hours
from chalicelib.messages.models import Outgoing, Reach
from chalicelib.messages.notifier import Gone, Refused, Unsure
from chalicelib.messages.policy import LEASE, UNHEARD
from chalicelib.messages.settling import Outcome
from chalicelib.portal import Portal


class _TooSoon(Conflict):
    """This member of staff was told something a moment ago."""


class _NoCredit(Conflict):
    """The person's last agreed WeChat message was sent meanwhile."""


@dataclass(frozen=True)
class Turn:
    """One run of a worker: what is not done when its seconds are over is left for the next."""

    portal: Portal
    now: datetime
    clock: Callable[[], float] = lambda: 0.0
    ends: float = 1.0

    def enough(self) -> bool:
        """Whether to stop."""
        return self.clock() >= self.ends

    def share(self, among: int) -> "Turn":
        """A part of the time that is left, so that a slow provider takes none of the others'."""
        start = self.clock()
        return replace(self, ends=start + max(0.0, self.ends - start) / among)


def send_one(turn: Turn, circuit: Circuit, message: Outgoing) -> bool:
    """Send one message, unless another worker has it; whatever fails is for this one alone. True when it went out."""
    try:
        return _sent(turn, circuit, message)
    except store.Moved:
        return False
    except Exception:
        log_failure("message_failed", source=message.source, channel=message.channel)
        return False


def _sent(turn: Turn, circuit: Circuit, message: Outgoing) -> bool:
    portal, now = turn.portal, turn.now
    reach = reaching.reach(portal.db, portal.keys, message.account_id)
    if reach is None:
        settling.settle(portal, message, message, Outcome("refused", reason="no_account"), None, now)
        return False
    if message.state == "sending":
        if message.lease and message.lease > now:
            return False
        if not message.urgent and not portal.notifier.repeatable(message.channel):
            settling.settle(portal, message, message, Outcome("refused", reason="unsure"), reach, now)
            return False
    zone = communities.get(portal.db, message.community_id).zone
    at = rules.when(message, reach, quiet_hours(portal, message.community_id, now), zone, now)
    if at > now:
        settling.move(portal, message, message.changed(due=at))
        return False
    try:
        claimed = _claim(turn, message)
    except _TooSoon:
        return False  # the next sweep sees by how much
    except _NoCredit:
        settling.settle(portal, message, message, Outcome("refused", reason="no_credit"), reach, now)
        return False
    outcome = _hand_over(turn, claimed, reach)
    _note(circuit, outcome, now)
    settling.settle(portal, message, claimed, outcome, reach, now)
    log("message_sent" if outcome.kind == "sent" else "message_not_sent", channel=message.channel,
        template=message.event, reason=outcome.reason)  # fmt: skip
    return outcome.kind == "sent"


def _claim(turn: Turn, message: Outgoing) -> Outgoing:
    """Take a message; raises Moved when another worker did, _TooSoon for a digest, _NoCredit for WeChat."""
    now, account = turn.now, message.account_id
    wants_credit = message.channel == "wechat" and not message.credit
    claimed = message.changed(
        state="sending",
        lease=now + LEASE,
        attempts=message.attempts + 1,
        credit=message.credit or wants_credit,
    )
    ops: list[Op] = [store.change(message, claimed)]
    if message.digest:
        since = now - quiet_hours(turn.portal, message.community_id, now).digest
        ops.append(reaching.note_told(account, now, since, _TooSoon()))
    if wants_credit:
        ops.append(reaching.take_credit(account, message.kind, _NoCredit()))
    turn.portal.db.write(*ops)
    return claimed


def _note(circuit: Circuit, outcome: Outcome, now: datetime) -> None:
    if outcome.kind in ("later", "unsure"):
        circuit.failed(now)
    elif outcome.answered:
        circuit.worked()


def _hand_over(turn: Turn, message: Outgoing, reach: Reach) -> Outcome:
    """Hand a message to its provider, for each address (a person's browsers): sent when one of them took it."""
    zone = communities.get(turn.portal.db, message.community_id).zone
    outcome = Outcome("refused", reason="no_address")
    gone: list[str] = []
    for name, address in reach.addresses(message.channel).items():
        try:
            ready = words.ready(message, address, reach.locale, zone, turn.now)
            outcome = Outcome("sent", provider_id=turn.portal.notifier.send(ready), answered=True)
        except Gone as error:
            gone.append(name)
            outcome = outcome if outcome.answered else Outcome("refused", reason=error.reason, answered=True)
        except Refused as error:
            outcome = outcome.unless_sent(Outcome("refused", reason=error.reason, answered=True))
        except Unsure:
            outcome = outcome.unless_sent(Outcome("unsure", reason=UNHEARD))
        except Unavailable:
            outcome = outcome.unless_sent(Outcome("later", reason="provider_down"))
        except Exception:
            log_failure("message_broken", template=message.event, channel=message.channel)
            outcome = outcome.unless_sent(Outcome("later", reason="our_fault"))
    return outcome.forgetting(gone)
