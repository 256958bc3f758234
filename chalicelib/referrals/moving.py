"""Storing a change of a referral, and what the clock makes of one whose moment has come."""

from collections import Counter
from datetime import datetime

from chalicelib.accounts import store as accounts
from chalicelib.audit import store as audit
from chalicelib.db import Delete, Item, K, Op
from chalicelib.errors import ChangedMeanwhile, Unavailable
from chalicelib.inbox import outbox
from chalicelib.inbox.models import Notice
from chalicelib.logs import log
from chalicelib.once import Once
from chalicelib.portal import Portal
from chalicelib.referrals import notices, rewards, rules, store
from chalicelib.referrals.models import Reason, Referral

#: A look takes at most this many steps; each may have to be judged anew a few times.
_TRIES = 12


def commit(
    portal: Portal,
    before: Referral,
    after: Referral,
    now: datetime,
    *,
    act: audit.Act | None = None,
    once: Once | None = None,
    extra: tuple[Op, ...] = (),
) -> Referral:
    """Store a change with its moment, its place in the queue, its inviter's numbers, what it earns and tells, and the
    audit row, in one transaction. Raises store.Moved when it was changed since it was read."""
    ops: list[Op] = [once.put(after.model_dump(mode="json"), now)] if once else []
    ops += [*store.change(before, after), *store.count(before, after), *rewards.of(before, after), *extra]
    ops += [outbox.add(notice, now) for notice in notices.of(before, after) if _is_news(portal, notice)]
    ops += [audit.add(act, now)] if act else []
    portal.db.write(*ops)
    return after


def _is_news(portal: Portal, notice: Notice) -> bool:
    """Managers are told of the first that waits for them, not of each: however many somebody makes us look at."""
    if notice.event != "referral_flagged":
        return True
    return not store.waiting(portal.db, notice.community_id, 1).items


def handle(portal: Portal, row: Item, now: datetime) -> Counter[str]:
    """What the clock does with a row of what is due: look at its referral, take back what its person took back, let
    somebody in who has just come. The row goes when all is done: stopped anywhere and begun again, it comes to the
    same."""
    key, referral_id = K(row["PK"], row["SK"]), row["referral_id"]
    if row.get("forget"):
        for one in store.left_with(portal.db, row["forget"]):
            withdraw(portal, one, now)
    if row.get("withdrawn"):
        withdraw(portal, referral_id, now)
    if row.get("joined"):
        join(portal, referral_id, row["joined"], now, contract=bool(row.get("contract")))
    after, steps = look(portal, referral_id, now) if referral_id else (None, 0)
    if after is None or store.due_key(after) != key:
        portal.db.write(Delete(key))
    return Counter({"referral": steps})


def look(portal: Portal, referral_id: str, now: datetime) -> tuple[Referral | None, int]:
    """Take the steps that are due; gives back the referral as it is then, and how many there were. Raises Unavailable
    when others get in between all the time."""
    steps = 0
    for _ in range(_TRIES):
        referral = store.get(portal.db, referral_id)
        if referral is None:
            return None, steps
        try:
            after = _step(portal, referral, now)
        except ChangedMeanwhile:
            continue  # somebody decided, or another run was quicker
        if after is None:
            return referral, steps
        steps += 1
        log("referral_moved", referral_id=referral_id)
    raise Unavailable


def _step(portal: Portal, referral: Referral, now: datetime) -> Referral | None:
    held = referral.state == "qualified"
    facts = _facts(portal, referral) if held else []
    after = rules.looked_at(referral, facts, now)
    if after is None:
        return None
    return commit(portal, referral, after, now, extra=forgotten(portal, referral, after))


def _facts(portal: Portal, referral: Referral) -> list[Reason]:
    """What speaks against its reward by now: one round trip."""
    inviter, invited = [
        accounts.from_item(item, portal.keys) if item else None
        for item in portal.db.batch_get(store.profiles(referral))
    ]
    return rules.against(inviter, invited, contract=referral.contract)


def forgotten(portal: Portal, before: Referral, after: Referral) -> tuple[Op, ...]:
    """With a number that is kept no longer goes all that it was found by. (Of one whose person has come it stays its 30
    days, so that no other claim on it is the first; unless they take it back.)"""
    if before.phone_hash is None or after.phone_hash or (after.joined_at and after.why == "refused"):
        return ()
    return tuple(store.forget_phone(portal.db, before, before.phone_hash))


def withdraw(portal: Portal, referral_id: str, now: datetime) -> None:
    """Its person has taken their consent back: nothing of theirs stays, and nobody gets points for it."""
    for _ in range(_TRIES):
        referral = store.get(portal.db, referral_id)
        after = rules.withdrawn(referral, now) if referral else None
        if referral is None or after is None:
            return
        try:
            commit(portal, referral, after, now, extra=forgotten(portal, referral, after))
            return
        except ChangedMeanwhile:
            continue
    raise Unavailable


def join(portal: Portal, referral_id: str, account_id: str, now: datetime, *, contract: bool = False) -> None:
    """Its person has come. Does nothing when that is known, or too late."""
    for _ in range(_TRIES):
        referral = store.get(portal.db, referral_id)
        if referral is None:
            return
        came = referral.model_copy(update={"invited_id": account_id, "contract": contract})
        after = rules.joined(referral, account_id, _facts(portal, came), now, contract=contract)
        if after is None:
            return
        try:
            commit(portal, referral, after, now)
            return
        except ChangedMeanwhile:
            continue
    raise Unavailable
