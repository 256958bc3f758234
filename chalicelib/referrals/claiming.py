"""Leaving one's number with somebody's code.

Whoever does so learns nothing: a known, an unknown, one's own, and a number that was left before take the same looks
at the table, a transaction of as many writes, and get the same answer. What we make of it, the clock decides a minute
later, so that nothing of that is in the answer's time either.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from chalicelib.accounts import store as accounts
from chalicelib.accounts.models import Account
from chalicelib.accounts.rules import parse_phone, remember_hit, wait_for
from chalicelib.conditions import Attr
from chalicelib.db import Item, K, Op, Put, Update
from chalicelib.errors import NotFound, TooMany, Unavailable
from chalicelib.ids import new_id
from chalicelib.portal import Portal
from chalicelib.referrals import codes, rules, store
from chalicelib.referrals.models import Inviter, Reason, Referral
from chalicelib.referrals.policy import CAP_WINDOW, CLAIM_FOR

#: Many people behind one address or code are counted one after another.
_TRIES = 12


@dataclass(frozen=True)
class Left:
    """What somebody leaves: the number, and what the browser sends along. `form` is the page's own key, so that a
    double tap is one; `device` is what this device was given when a number was last left from it."""

    phone: str
    address: str
    form: str | None = None
    device: str | None = None
    consent: str | None = None


@dataclass(frozen=True)
class Seen:
    """What the table says: the rows that a claim is judged by."""

    invite: Item
    cap: Item | None
    known: bool
    claim: Item | None
    before: Item | None
    inviter: Inviter
    account: Account


def inviter_of(portal: Portal, code: str) -> tuple[Item, Account]:
    """Whose code it is: two round trips. Raises NotFound for a code that is not, or no longer, or whose owner has no
    home any more."""
    invite = portal.db.get(store.invite_key(code)) if codes.is_code(code) else None
    account = accounts.get(portal.db, portal.keys, invite["account_id"]) if invite else None
    if invite is None or account is None or not account.units:
        raise NotFound
    return invite, account


def claim(portal: Portal, code: str, left: Left, now: datetime) -> str:
    """Keep a number with a code; gives back what the device keeps: the referral's id and the device's own.

    A number counts once for an inviter, and for the inviter with whom it was left first. Raises Invalid for no phone
    number, NotFound for no code, TooMany within the caps.
    """
    phone_hash = accounts.phone_hash(portal.keys, parse_phone(left.phone))
    own_device = left.device or secrets.token_urlsafe(16)
    for attempt in range(_TRIES):
        seen = _look(portal, code, phone_hash, left, now)
        _check_caps(portal, seen, now)
        made = _made(portal, seen, phone_hash, left, own_device, now)
        try:
            counted = _capped(portal, seen, code, left, now)
            portal.db.write(*counted, *_kept(portal, seen, made, left, own_device, now))
        except store.Moved:
            portal.db.pause(attempt)  # somebody else left a number meanwhile: judge again with it
            continue
        return f"{_told(portal, seen, made, left)}.{own_device}"
    raise Unavailable


def _look(portal: Portal, code: str, phone_hash: str, left: Left, now: datetime) -> Seen:
    invite = portal.db.get(store.invite_key(code)) if codes.is_code(code) else None
    if invite is None:
        raise NotFound
    inviter_id = invite["account_id"]
    keys = [
        store.cap_key(portal.keys.hash("address", left.address)), accounts.phone_key(phone_hash),
        accounts.claim_key(phone_hash), store.invited_key(inviter_id, phone_hash), store.inviter_key(inviter_id),
        accounts.profile_key(inviter_id),
    ]  # fmt: skip
    cap, pointer, first, before, row, profile = portal.db.batch_get(keys)
    account = accounts.from_item(profile, portal.keys) if profile else None
    if row is None or account is None or not account.units:
        raise NotFound
    inviter = store.inviter_from(inviter_id, row)
    first, before = _holds(first, now), _holds(before, now)
    return Seen(invite, cap, pointer is not None, first, before, inviter, account)


def _holds(item: Item | None, now: datetime) -> Item | None:
    """A row that is not over yet."""
    return item if item and item["expires_at"] > int(now.timestamp()) else None


def _caps(portal: Portal, seen: Seen) -> list[tuple[Item, int]]:
    config = portal.settings
    return [(seen.cap or {"hits": []}, config.claims_per_address), (seen.invite, config.claims_per_code)]


def _check_caps(portal: Portal, seen: Seen, now: datetime) -> None:
    window_s, now_s = int(CAP_WINDOW.total_seconds()), int(now.timestamp())
    waits = [wait_for(row["hits"], now_s, [(window_s, most)]) for row, most in _caps(portal, seen)]
    if max(waits):
        raise TooMany(retry_after_s=max(waits))


def _capped(portal: Portal, seen: Seen, code: str, left: Left, now: datetime) -> list[Op]:
    """The writes that count against the caps; that of the code fails when it was renewed meanwhile."""
    window_s, now_s = int(CAP_WINDOW.total_seconds()), int(now.timestamp())
    hits = [remember_hit(row["hits"], now_s, window_s) for row, _ in _caps(portal, seen)]
    key = store.cap_key(portal.keys.hash("address", left.address))
    unmoved = Attr("rev").eq(seen.invite["rev"])
    used = Update(
        store.invite_key(code), {"hits": hits[1]}, adds={"rev": 1}, condition=unmoved, error=store.Moved()
    )
    return [used, accounts.put_throttle(key, seen.cap, hits[0], now_s + window_s, store.Moved())]


def _made(
    portal: Portal, seen: Seen, phone_hash: str, left: Left, own_device: str, now: datetime
) -> Referral:
    """The referral that this number makes with this code, if it is none yet."""
    lost = seen.claim is not None
    same_network = seen.inviter.network == portal.keys.hash("network", left.address)
    return Referral(
        id=new_id(now),
        inviter_id=seen.account.id,
        community_id=seen.account.units[0].community_id,
        state="void" if lost else "registered",
        why="claimed_before" if lost else None,
        at=now,
        claim_until=now + CLAIM_FOR,
        phone_hash=phone_hash,
        consent=left.consent,
        reasons=_reasons(portal, seen, phone_hash, own_device, now),
        signals=["network"] if same_network else [],
    )


def _form(portal: Portal, left: Left) -> str | None:
    return portal.keys.hash("form", left.form)[:32] if left.form else None


def _reasons(portal: Portal, seen: Seen, phone_hash: str, own_device: str, now: datetime) -> list[Reason]:
    own = accounts.phone_hash(portal.keys, seen.account.phone) == phone_hash
    found: dict[Reason, bool] = {
        "own_phone": own,
        "known_phone": seen.known and not own,
        "velocity": rules.too_many(seen.inviter.hits, int(now.timestamp())),
        "device": seen.inviter.device == portal.keys.hash("device", own_device),
    }
    return [reason for reason, holds in found.items() if holds]


def _kept(portal: Portal, seen: Seen, made: Referral, left: Left, own_device: str, now: datetime) -> list[Op]:
    """The writes of a claim, as many whether it is new, was left before, or is another inviter's."""
    assert made.phone_hash
    over = int(made.claim_until.timestamp())
    mine = {"referral_id": made.id, "expires_at": over}
    free = store.unless_over(now)
    key, first = store.invited_key(made.inviter_id, made.phone_hash), accounts.claim_key(made.phone_hash)
    invited = {"PK": key.pk, "SK": key.sk, **mine, "form": _form(portal, left)}
    claimed = {"PK": first.pk, "SK": first.sk, **mine}
    due = store.due_key(made)
    assert due
    ops: list[tuple[K, Op]] = [
        (store.referral_key(made.id), Put(store.to_item(made))),
        (store.pointer_key(made.inviter_id, made.id), store.pointer(made)),
        (key, Put(invited, condition=free, error=store.Moved())),
        (first, Put(claimed, condition=free, error=store.Moved())),
        (due, store.put_due(made.id, due)),
        (store.inviter_key(made.inviter_id), _counted(portal, seen, left, own_device, now)),
    ]
    spared = [key for key, _ in ops] if seen.before else [first] if seen.claim else []
    return [store.whatever(key) if key in spared else op for key, op in ops]


def _counted(portal: Portal, seen: Seen, left: Left, own_device: str, now: datetime) -> Op:
    """The write of the inviter's numbers, and of what the next claim is compared with."""
    sets = {
        "hits": rules.remembered(seen.inviter.hits, int(now.timestamp())),
        "device": portal.keys.hash("device", own_device),
        "network": portal.keys.hash("network", left.address),
    }
    unmoved = Attr("rev").eq(seen.inviter.rev)
    adds = {"registered": 1, "rev": 1}
    return Update(store.inviter_key(seen.account.id), sets, adds=adds, condition=unmoved, error=store.Moved())


def _told(portal: Portal, seen: Seen, made: Referral, left: Left) -> str:
    """The id by which the number can be taken back: to whoever left a number that was left before, one that leads to
    nothing, or they could take back what somebody else has left. The same form sent again is the same person."""
    if seen.before is None:
        return made.id
    same = left.form is not None and seen.before.get("form") == _form(portal, left)
    return str(seen.before["referral_id"]) if same else made.id
