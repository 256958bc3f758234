"""Vouchers that are about to end: a row among what is due, from a voucher's own transaction on, of which the clock
makes one message."""

from collections import Counter
from datetime import datetime, timedelta

from chalicelib.conditions import Attr
from chalicelib.db import Check, Delete, Item, K, Op, Put
from chalicelib.due import rows
from chalicelib.points import store as points
from chalicelib.points import telling
from chalicelib.portal import Portal
from chalicelib.rewards import store
from chalicelib.rewards.errors import RemindedAlready, RewardMoved
from chalicelib.rewards.models import Voucher
from chalicelib.rewards.policy import REMIND_BEFORE


def last_moment(voucher: Voucher) -> datetime:
    """What people are told: the evening of its last day, not the midnight behind it."""
    return voucher.expires_at - timedelta(seconds=1)


def _key(voucher: Voucher) -> K | None:
    at = voucher.expires_at - REMIND_BEFORE
    return rows.key_at(f"VOUCHER#{voucher.id}", at) if at - voucher.at >= REMIND_BEFORE else None


def ask(voucher: Voucher) -> list[Op]:
    """The write that has its owner reminded; none for one that ends so soon that its first message says enough."""
    key = _key(voucher)
    more = {"voucher_id": voucher.id, "account_id": voucher.account_id}
    return [Put({"PK": key.pk, "SK": key.sk, **more})] if key else []


def forget(voucher: Voucher) -> list[Op]:
    """The write that has nobody reminded of a voucher that ends before its time; gone already is as good."""
    key = _key(voucher)
    return [Delete(key)] if key else []


def handle(portal: Portal, row: Item, now: datetime) -> Counter[str]:
    """Remind somebody once, if their voucher still holds; the row goes in the same transaction. Raises Unavailable."""
    return points.settled(portal.db, lambda: _handle(portal, row, now))


def _handle(portal: Portal, row: Item, now: datetime) -> Counter[str]:
    key = K(row["PK"], row["SK"])
    voucher = store.voucher(portal.db, portal.keys, row["account_id"], row["voucher_id"])
    if voucher is None or voucher.state(now) != "issued":
        portal.db.write(Delete(key))
        return Counter()
    told = telling.tell(
        "voucher_ending",
        voucher.account_id,
        voucher.community_id,
        voucher.name,
        voucher.points,
        now,
        due_at=last_moment(voucher),
    )
    gone = Delete(key, condition=Attr("PK").exists(), error=RemindedAlready())
    where = store.voucher_key(voucher.account_id, voucher.id)
    try:
        portal.db.write(gone, Check(where, Attr("kept_state").eq("issued"), RewardMoved()), told)
    except RemindedAlready:
        return Counter()  # another run was quicker
    return Counter({"voucher": 1})
