"""Rewards and vouchers in the table. Keys: `docs/keys.md`."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.conditions import Attr, Key
from chalicelib.crypto import Keyring
from chalicelib.db import Db, Item, K, Op, Page, Put, Update
from chalicelib.errors import VersionConflict
from chalicelib.points.items import item, parts_from, points_pk
from chalicelib.rewards.errors import RewardMoved
from chalicelib.rewards.models import Reward, Voucher
from chalicelib.times import moment, rfc3339

_REWARD = (
    "id", "community_id", "name", "points", "stock", "per_person", "terms", "photo_id", "voucher_days", "retired",
    "version",
)  # fmt: skip
_VOUCHER = ("id", "community_id", "reward_id", "name", "points", "kept_state", "ended_by")


def reward_key(community_id: str, reward_id: str) -> K:
    """A reward of a community."""
    return K(f"COMMUNITY#{community_id}", f"REWARD#{reward_id}")


def taken_key(account_id: str, reward_id: str) -> K:
    """How many of a reward somebody has had."""
    return K(points_pk(account_id), f"TAKEN#{reward_id}")


def voucher_key(account_id: str, voucher_id: str) -> K:
    """A voucher among its owner's points."""
    return K(points_pk(account_id), f"VOUCHER#{voucher_id}")


def code_key(keys: Keyring, code: str) -> K:
    """Whose voucher a code is."""
    return K(f"VOUCHER#{keys.hash('voucher', code)}", "CODE")


def reward_item(reward: Reward) -> Item:
    """A reward as kept."""
    return item(
        reward_key(reward.community_id, reward.id),
        **{name: getattr(reward, name) for name in _REWARD},
        valid_from=rfc3339(reward.valid_from),
        valid_until=rfc3339(reward.valid_until) if reward.valid_until else None,
    )


def reward_from(kept: Item) -> Reward:
    """A reward from the table."""
    until = kept.get("valid_until")
    return Reward(
        **{name: kept[name] for name in _REWARD},
        valid_from=moment(kept["valid_from"]),
        valid_until=moment(until) if until else None,
    )


def rewards(db: Db, community_id: str) -> list[Reward]:
    """All rewards of a community: one round trip."""
    found = db.query_all(Key("PK").eq(f"COMMUNITY#{community_id}") & Key("SK").begins_with("REWARD#"))
    return [reward_from(one) for one in found]


def find(db: Db, community_ids: Iterable[str], reward_id: str) -> Reward | None:
    """A reward of one of these communities: one round trip."""
    found = db.batch_get([reward_key(one, reward_id) for one in community_ids])
    return next((reward_from(one) for one in found if one), None)


def add(reward: Reward) -> Op:
    """The write of a new reward."""
    return Put(reward_item(reward), error=VersionConflict())


def change(before: Reward, after: Reward, stock_by: int) -> Op:
    """The write of a manager's change, unless another one came in between. The stock changes by so many, whatever was
    taken meanwhile; it fails with VersionConflict when there are not so many left."""
    kept = reward_item(replace(after, version=before.version + 1))
    sets = {name: value for name, value in kept.items() if name not in ("PK", "SK", "stock")}
    same = Attr("version").eq(before.version) & Attr("stock").gt(-stock_by - 1)
    key = reward_key(before.community_id, before.id)
    return Update(key, sets=sets, adds={"stock": stock_by}, condition=same, error=VersionConflict())


def take_one(reward: Reward) -> Op:
    """The write that takes one from the stock; it fails with RewardMoved when none is left or it was changed."""
    there = Attr("version").eq(reward.version) & Attr("stock").gt(0)
    key = reward_key(reward.community_id, reward.id)
    return Update(key, adds={"stock": -1}, condition=there, error=RewardMoved())


def put_back(voucher: Voucher) -> Op:
    """The write that puts one back into the stock."""
    return Update(reward_key(voucher.community_id, voucher.reward_id), adds={"stock": 1})


def count_taken(account_id: str, reward_id: str, seen: int) -> Op:
    """The write that somebody has had one more than was read; it fails with RewardMoved when they had another."""
    same = Attr("taken").eq(seen) if seen else Attr("taken").not_exists() | Attr("taken").eq(0)
    return Update(taken_key(account_id, reward_id), adds={"taken": 1}, condition=same, error=RewardMoved())


def count_back(account_id: str, reward_id: str) -> Op:
    """The write that somebody has had one less."""
    return Update(taken_key(account_id, reward_id), adds={"taken": -1})


def add_voucher(voucher: Voucher, keys: Keyring) -> list[Op]:
    """The writes of a new voucher and of what its code leads to."""
    key = voucher_key(voucher.account_id, voucher.id)
    kept = item(
        key,
        **{name: getattr(voucher, name) or None for name in _VOUCHER},
        code=keys.seal(voucher.code, f"{key.pk}|voucher"),
        at=rfc3339(voucher.at),
        ends_at=rfc3339(voucher.expires_at),
        parts=[[part.sheet, part.lot, part.points] for part in voucher.parts],
    )
    lead = item(code_key(keys, voucher.code), account_id=voucher.account_id, voucher_id=voucher.id)
    return [Put(kept), Put(lead)]


def voucher_from(kept: Item, keys: Keyring) -> Voucher:
    """A voucher from the table."""
    return Voucher(
        account_id=kept["PK"].removeprefix("POINTS#"),
        code=keys.open(kept["code"], f"{kept['PK']}|voucher"),
        at=moment(kept["at"]),
        expires_at=moment(kept["ends_at"]),
        parts=parts_from(kept["parts"]),
        ended_at=moment(kept["ended_at"]) if "ended_at" in kept else None,
        **{name: kept.get(name, "") for name in _VOUCHER},
    )


def voucher(db: Db, keys: Keyring, account_id: str, voucher_id: str) -> Voucher | None:
    """One of somebody's vouchers."""
    kept = db.get(voucher_key(account_id, voucher_id))
    return voucher_from(kept, keys) if kept else None


def by_code(db: Db, keys: Keyring, code: str) -> Voucher | None:
    """The voucher that a code belongs to: two round trips."""
    lead = db.get(code_key(keys, code))
    return voucher(db, keys, lead["account_id"], lead["voucher_id"]) if lead else None


def vouchers(db: Db, account_id: str, limit: int, after: str | None) -> Page:
    """A page of somebody's vouchers, newest first: one round trip."""
    start = None
    if after:
        key = voucher_key(account_id, after)
        start = {"PK": key.pk, "SK": key.sk}
    condition = Key("PK").eq(points_pk(account_id)) & Key("SK").begins_with("VOUCHER#")
    return db.query(condition, limit=limit, start=start, newest_first=True)


def end(before: Voucher, state: str, by: str, now: datetime) -> Op:
    """The write that ends a voucher, once; it fails with RewardMoved when somebody else has ended it."""
    sets = {"kept_state": state, "ended_at": rfc3339(now), "ended_by": by or None}
    key = voucher_key(before.account_id, before.id)
    return Update(key, sets=sets, condition=Attr("kept_state").eq("issued"), error=RewardMoved())


def pictures(db: Db, photo_ids: Sequence[str]) -> set[str]:
    """Which of these pictures are ready to be shown: one round trip, none without any."""
    wanted = [K(f"PHOTO#{one}", "META") for one in photo_ids if one]
    found = db.batch_get(wanted) if wanted else []
    return {str(one["id"]) for one in found if one and one["status"] == "ready"}
