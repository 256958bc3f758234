"""What can become of a referral, and when somebody has to look: no I/O, no clock.

registered → qualified → rewarded; void from each of the first two; flagged in between, until a manager releases it to
where it was going, or voids it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chalicelib.accounts.models import Account
from chalicelib.errors import N_, IllegalTransition, VersionConflict
from chalicelib.referrals.models import Decision, Reason, Referral, Shown, Why
from chalicelib.referrals.policy import HOLD_FOR, VELOCITY

_DECIDED = N_("This invitation waits for nobody any more.")
#: From these no way leads on.
FINAL = frozenset({"rewarded", "void"})


def pending(referral: Referral) -> list[Reason]:
    """The reasons that nobody has looked at yet."""
    return [one for one in referral.reasons if one not in referral.cleared]


def next_moment(referral: Referral) -> datetime | None:
    """When the clock has to look at it next; None when never."""
    if referral.state == "registered" and pending(referral):
        return referral.at
    if referral.state == "qualified":
        return referral.hold_until
    return referral.claim_until if referral.phone_hash else None


def _moved(referral: Referral, **changes: Any) -> Referral:
    return referral.model_copy(update={**changes, "version": referral.version + 1})


def _ended(referral: Referral, why: Why, now: datetime) -> Referral:
    return _moved(referral, state="void", why=why, ended_at=now, phone_hash=None, hold_until=None)


def _flagged(referral: Referral, now: datetime, **changes: Any) -> Referral:
    return _moved(referral, state="flagged", flagged_at=now, hold_until=None, **changes)


def too_many(hits: Sequence[int], now_s: int) -> bool:
    """Whether one more claim after these (epoch seconds) is beyond what happens between friends."""
    return any(
        sum(hit > now_s - int(window.total_seconds()) for hit in hits) >= most for window, most in VELOCITY
    )


def remembered(hits: Sequence[int], now_s: int) -> list[int]:
    """The hits that can still count, with this one; never more than the widest window asks for."""
    oldest = now_s - int(max(window for window, _ in VELOCITY).total_seconds())
    return [*(hit for hit in hits if hit > oldest), now_s][-max(most for _, most in VELOCITY) :]


def looked_at(referral: Referral, facts: list[Reason], now: datetime) -> Referral | None:
    """What the clock makes of a referral whose moment has come; None when there is nothing to do. `facts` are the
    reasons that speak against the reward by now."""
    if referral.state == "registered" and pending(referral):
        return _flagged(referral, now)
    if referral.state == "qualified" and referral.hold_until and now >= referral.hold_until:
        reasons = [*referral.reasons, *(one for one in facts if one not in referral.reasons)]
        against = [one for one in facts if one not in referral.cleared]
        if against:
            return _flagged(referral, now, reasons=reasons)
        return _moved(referral, state="rewarded", rewarded_at=now)
    if referral.phone_hash and now >= referral.claim_until:
        if referral.state in FINAL or referral.joined_at:
            return _moved(referral, phone_hash=None)
        return _ended(referral, "expired", now)
    return None


def joined(
    referral: Referral, account_id: str, facts: list[Reason], now: datetime, *, contract: bool = False
) -> Referral | None:
    """Its person has signed in with a home of theirs, or signed a contract; None when that changes nothing. With a
    reason against it, it waits for a manager."""
    if referral.joined_at or referral.state not in ("registered", "flagged") or now >= referral.claim_until:
        return None
    reasons = [*referral.reasons, *(one for one in facts if one not in referral.reasons)]
    came: dict[str, Any] = {
        "invited_id": account_id, "joined_at": now, "contract": contract, "reasons": reasons,
    }  # fmt: skip
    if [one for one in reasons if one not in referral.cleared]:
        return _flagged(referral, referral.flagged_at or now, **came)
    return _moved(referral, state="qualified", qualified_at=now, hold_until=now + HOLD_FOR, **came)


def decided(referral: Referral, release: bool, by: str, reason: str, version: int, now: datetime) -> Referral:
    """What a manager's word makes of it. Raises VersionConflict, or IllegalTransition for one that nobody has to look
    at."""
    if referral.version != version:
        raise VersionConflict
    if referral.state != "flagged":
        raise IllegalTransition(_DECIDED)
    word = Decision(at=now, by=by, release=release, reason=reason)
    told = referral.model_copy(update={"decisions": [*referral.decisions, word]})
    if not release:
        return _ended(told, "refused", now)
    told = told.model_copy(update={"cleared": list(referral.reasons), "flagged_at": None})
    if told.joined_at is None:
        return _moved(told, state="registered")
    since = told.qualified_at or told.joined_at
    hold_until = max(since + HOLD_FOR, now)
    return _moved(told, state="qualified", qualified_at=since, hold_until=hold_until)


def withdrawn(referral: Referral, now: datetime) -> Referral | None:
    """Its person has taken their consent back; None when it is over and nothing of theirs is kept with it."""
    if referral.state not in FINAL:
        return _ended(referral, "withdrawn", now)
    return _moved(referral, phone_hash=None) if referral.phone_hash else None


def against(inviter: Account | None, invited: Account | None, *, contract: bool = False) -> list[Reason]:
    """What speaks against a reward for these two, by their homes. Who has signed a contract needs none."""
    if inviter is None or invited is None or not inviter.units or not (invited.units or contract):
        return ["moved_out"]
    if inviter.id == invited.id:
        return ["own_phone"]
    shared = {home.id for home in inviter.units} & {home.id for home in invited.units}
    return ["household"] if shared else []


def shown(referral: Referral, now: datetime) -> Shown:
    """What its inviter sees. Until somebody has come for sure nobody but time ends it: else an early end would tell
    them that we knew the number, or what else we found."""
    if referral.rewarded_at:
        return "rewarded"
    if referral.qualified_at:
        return "ended" if referral.state == "void" else "qualified"
    return "waiting" if now < referral.claim_until else "ended"
