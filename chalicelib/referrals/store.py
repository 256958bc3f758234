"""Referrals in the table: codes, claims, referrals and the queue of those that wait for a manager. Keys:
`docs/keys.md`."""

from datetime import datetime
from typing import Any

from chalicelib.accounts import store as accounts
from chalicelib.conditions import Attr, Condition, Key
from chalicelib.db import Check, Db, Delete, Item, K, Op, Page, Put, Update
from chalicelib.due import rows
from chalicelib.errors import ChangedMeanwhile
from chalicelib.kept import made
from chalicelib.referrals.models import Decision, Inviter, Referral
from chalicelib.referrals.policy import KEEP_VOID
from chalicelib.referrals.rules import next_moment
from chalicelib.times import moment, rfc3339

_TIMES = (
    "at", "claim_until", "flagged_at", "joined_at", "qualified_at", "hold_until", "rewarded_at", "ended_at",
)  # fmt: skip
_NAMES = tuple(name for name in Referral.model_fields if name not in (*_TIMES, "decisions"))


class Moved(ChangedMeanwhile):
    """Something was changed since it was read: read it again and judge anew."""


def invite_key(code: str) -> K:
    """Whose code it is, and how often it was used within the hour."""
    return K(f"INVITE#{code}", "ACCOUNT")


def inviter_key(account_id: str) -> K:
    """An owner's own row. It sorts behind `REFERRAL#…`, so that the newest end of one query has both."""
    return K(f"ACCOUNT#{account_id}", "REFERRALS")


def pointer_key(account_id: str, referral_id: str) -> K:
    """A referral in its inviter's list."""
    return K(f"ACCOUNT#{account_id}", f"REFERRAL#{referral_id}")


def invited_key(account_id: str, phone_hash: str) -> K:
    """That a number was left with an owner's code: once. With the number, so that all go when it is to be forgotten."""
    return K(f"PHONE#{phone_hash}", f"INVITED#{account_id}")


def cap_key(address_hash: str) -> K:
    """The moments at which numbers were left from a network address."""
    return K(f"ADDRESS#{address_hash}", "CLAIMS")


def referral_key(referral_id: str) -> K:
    """A referral's present state."""
    return K(f"REFERRAL#{referral_id}", "META")


def queue_pk(community_id: str) -> str:
    """What waits for a community's managers."""
    return f"REFERRALS#{community_id}"


def queue_key(referral: Referral) -> K:
    """A referral's place in the queue, by when it came there."""
    assert referral.flagged_at
    return K(queue_pk(referral.community_id), f"{rfc3339(referral.flagged_at)}#{referral.id}")


def due_key(referral: Referral) -> K | None:
    """Where its next moment stands."""
    at = next_moment(referral)
    return rows.key_at(f"REFERRAL#{referral.id}", at) if at else None


def put_due(referral_id: str, key: K, **more: Any) -> Op:
    """The write of a moment; twice is once."""
    return Put({"PK": key.pk, "SK": key.sk, "referral_id": referral_id, **more}, replace=True)


def unless_over(now: datetime) -> Condition:
    """There is none, or it is over and only the table has not dropped it yet."""
    return Attr("PK").not_exists() | Attr("expires_at").lte(int(now.timestamp()))


def whatever(key: K) -> Op:
    """A look that never refuses, in the place of a write that is not wanted: a transaction that is as long for a number
    that was left before as for a new one."""
    return Check(key, Attr("PK").exists() | Attr("PK").not_exists())


def to_item(referral: Referral) -> Item:
    """A referral as kept; one that came to nothing goes by itself in the end."""
    key = referral_key(referral.id)
    times = {name: _text(getattr(referral, name)) for name in _TIMES}
    words = [
        {"at": rfc3339(one.at), "by": one.by, "release": one.release, "reason": one.reason}
        for one in referral.decisions
    ]
    ended = referral.ended_at
    return {
        "PK": key.pk, "SK": key.sk, **{name: getattr(referral, name) for name in _NAMES}, **times, "decisions": words,
        "expires_at": int((ended + KEEP_VOID).timestamp()) if ended else None,
    }  # fmt: skip


def _text(at: datetime | None) -> str | None:
    return rfc3339(at) if at else None


def from_item(item: Item) -> Referral:
    """A referral from the table."""
    times = {name: moment(item[name]) for name in _TIMES if name in item}
    words = [made(Decision, **{**one, "at": moment(one["at"])}) for one in item.get("decisions", [])]
    fields = {name: item[name] for name in _NAMES if name in item}
    return made(Referral, **fields, **times, decisions=words)


def get(db: Db, referral_id: str) -> Referral | None:
    """One referral."""
    item = db.get(referral_key(referral_id))
    return from_item(item) if item else None


def get_many(db: Db, ids: list[str]) -> list[Referral]:
    """Several in the order asked for: one round trip per 100."""
    items = db.batch_get([referral_key(one) for one in ids]) if ids else []
    return [from_item(item) for item in items if item]


def pointer(referral: Referral) -> Op:
    """The write of its place in its inviter's list."""
    key = pointer_key(referral.inviter_id, referral.id)
    return Put({"PK": key.pk, "SK": key.sk, "at": rfc3339(referral.at)})


def change(before: Referral, after: Referral) -> list[Op]:
    """Writes of what differs: itself on condition of its version, its next moment, its place in the queue. They fail
    with Moved."""
    old, new = to_item(before), to_item(after)
    differs = [name for name in new if new[name] != old[name]]
    sets = {name: new[name] for name in differs if new[name] is not None}
    removes = sorted(name for name in differs if new[name] is None)
    seen = Attr("version").eq(before.version)
    update = Update(referral_key(before.id), sets=sets, removes=removes, condition=seen, error=Moved())
    return [update, *_next(before, after), *_queue(before, after), *_listed(before, after)]


def _listed(before: Referral, after: Referral) -> list[Op]:
    """What came to nothing goes from its inviter's list when it goes."""
    if after.ended_at is None or before.ended_at:
        return []
    until = int((after.ended_at + KEEP_VOID).timestamp())
    return [Update(pointer_key(after.inviter_id, after.id), sets={"expires_at": until})]


def _next(before: Referral, after: Referral) -> list[Op]:
    was, will = due_key(before), due_key(after)
    if was == will:
        return []
    gone: list[Op] = [Delete(was)] if was else []
    return [*gone, put_due(after.id, will)] if will else gone


def _queue(before: Referral, after: Referral) -> list[Op]:
    was = queue_key(before) if before.state == "flagged" else None
    will = queue_key(after) if after.state == "flagged" else None
    if was == will:
        return []
    gone: list[Op] = [Delete(was)] if was else []
    return [*gone, Put({"PK": will.pk, "SK": will.sk, "referral_id": after.id})] if will else gone


def count(before: Referral, after: Referral) -> list[Op]:
    """The writes of its inviter's numbers, where they rise."""
    adds = {
        name: 1
        for name, field in (("qualified", "qualified_at"), ("rewarded", "rewarded_at"))
        if getattr(after, field) and not getattr(before, field)
    }
    return [Update(inviter_key(after.inviter_id), adds=adds)] if adds else []


def forget_phone(db: Db, referral: Referral, phone_hash: str) -> list[Op]:
    """The writes that take away all that a number is found by with this referral: one round trip to see which rows
    are its own. Those of a claim that came later, or was first, stay. They fail with Moved."""
    keys = [invited_key(referral.inviter_id, phone_hash), accounts.claim_key(phone_hash)]
    mine = Attr("referral_id").eq(referral.id)
    found = zip(keys, db.batch_get(keys), strict=True)
    return [
        Delete(key, condition=mine, error=Moved())
        for key, item in found
        if item and item["referral_id"] == referral.id
    ]


def inviter_from(account_id: str, item: Item) -> Inviter:
    """An owner's own row."""
    names = ("code", "registered", "qualified", "rewarded", "hits", "device", "network", "rev")
    return made(Inviter, account_id=account_id, **{name: item[name] for name in names if name in item})


def own(db: Db, account_id: str, limit: int, after: str | None = None) -> Page:
    """An owner's row and the newest pointers, or those behind `after`: one round trip."""
    key = pointer_key(account_id, after) if after else None
    start = {"PK": key.pk, "SK": key.sk} if key else None
    condition = Key("PK").eq(f"ACCOUNT#{account_id}") & Key("SK").begins_with("REFERRAL")
    return db.query(condition, limit=limit, start=start, newest_first=True)


def left_with(db: Db, phone_hash: str) -> list[str]:
    """The ids of all referrals that keep a number."""
    condition = Key("PK").eq(f"PHONE#{phone_hash}") & Key("SK").begins_with("INVITED#")
    return [item["referral_id"] for item in db.query_all(condition)]


def waiting(db: Db, community_id: str, limit: int, after: str | None = None) -> Page:
    """What waits for managers, longest first."""
    start = {"PK": queue_pk(community_id), "SK": after} if after else None
    return db.query(queue_pk(community_id), limit=limit, start=start)


def profiles(referral: Referral) -> list[K]:
    """The keys of the two whom it is about."""
    ids = [referral.inviter_id, *([referral.invited_id] if referral.invited_id else [])]
    return [accounts.profile_key(one) for one in ids]
