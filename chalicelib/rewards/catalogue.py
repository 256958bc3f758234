"""Managers keep the rewards of their community."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.accounts.managing import managed
from chalicelib.accounts.models import Person
from chalicelib.audit import store as audit
from chalicelib.conditions import Attr
from chalicelib.db import Op, Update
from chalicelib.errors import N_, Invalid, NotFound, VersionConflict
from chalicelib.ids import is_id, new_id
from chalicelib.once import Once, settled
from chalicelib.photos import service as photos
from chalicelib.photos import store as photo_store
from chalicelib.photos.models import Photo
from chalicelib.portal import Portal
from chalicelib.rewards import store
from chalicelib.rewards.models import Reward, SaveReward
from chalicelib.rewards.policy import KEEP_PICTURE, MOST_REWARDS
from chalicelib.times import kept

MANAGER = frozenset({"manager"})
_MANY = N_("There are as many rewards as fit on one page. Take one off the list first.")
_STOCK_SEEN = N_("Say how many were left when you read it: then it changes by the difference.")
_ENDS = N_("This time lies before the one from which on it is on offer.")


def find(portal: Portal, person: Person, reward_id: str) -> Reward:
    """A reward of a community that somebody manages; raises NotFound."""
    found = store.find(portal.db, person.communities(MANAGER), reward_id) if is_id(reward_id) else None
    if found is None:
        raise NotFound
    return found


def add(portal: Portal, person: Person, body: SaveReward, once: Once | None, now: datetime) -> Reward:
    """Put a reward on the list. Raises NotFound for a community of others, Invalid."""
    community_id = managed(person, body.community_id)

    def work() -> Reward:
        if sum(not one.retired for one in store.rewards(portal.db, community_id)) >= MOST_REWARDS:
            raise Invalid.field("name", "too_many", _MANY)
        reward = replace(_wanted(body, new_id(now), now), community_id=community_id)
        act = audit.Act(community_id, person.id, "reward_changed", reward.id, "added")
        ops: list[Op] = [once.put({"reward": store.reward_item(reward)}, now)] if once else []
        picture = _picture(portal, person, reward, "")
        portal.db.write(*ops, store.add(reward), *picture, audit.add(act, now))
        return reward

    def replay(kept: dict[str, Any]) -> tuple[Reward, datetime]:
        return store.reward_from(kept["reward"]), now  # as it was put there, whatever became of it

    return settled(portal.db, once, work, replay, now)[0]


def _wanted(body: SaveReward, reward_id: str, now: datetime) -> Reward:
    since = body.valid_from or kept(now)
    if body.valid_until is not None and body.valid_until <= since:
        raise Invalid.field("valid_until", "before_start", _ENDS)
    return Reward(
        id=reward_id,
        community_id=body.community_id,
        name=body.name,
        points=body.points,
        stock=body.stock,
        per_person=body.per_person,
        terms=body.terms,
        valid_from=since,
        valid_until=body.valid_until,
        photo_id=body.photo_id or "",
        voucher_days=body.voucher_days,
        retired=body.retired,
    )


def save(portal: Portal, person: Person, reward_id: str, body: SaveReward, now: datetime) -> Reward:
    """Change a reward, unless somebody else did since it was read. The stock changes by the difference to what was
    read then, so what is taken meanwhile stays taken. Raises NotFound, Invalid or VersionConflict."""
    before = find(portal, person, reward_id)
    if body.stock_seen is None:
        raise Invalid.field("stock_seen", "missing", _STOCK_SEEN)
    wanted = _wanted(body, before.id, now)
    since = body.valid_from or before.valid_from
    after = replace(wanted, community_id=before.community_id, version=before.version, valid_from=since)
    if body.stock == body.stock_seen and replace(after, stock=before.stock) == before:
        return before  # sent twice
    if body.version != before.version:
        raise VersionConflict
    act = audit.Act(
        before.community_id, person.id, "reward_changed", before.id, f"{before.points}>{after.points}"
    )
    portal.db.write(
        store.change(before, after, body.stock - body.stock_seen),
        *_picture(portal, person, after, before.photo_id),
        *_let_go(before.photo_id, after.photo_id, now),
        audit.add(act, now),
    )
    return find(portal, person, reward_id)


def _picture(portal: Portal, person: Person, reward: Reward, before: str) -> list[Op]:
    """The write that keeps a new picture for as long as there are rewards."""
    if not reward.photo_id or reward.photo_id == before:
        return []
    return [_keep(one) for one in photos.free_photos(portal, person, [reward.photo_id])]


def _let_go(before: str, after: str, now: datetime) -> list[Op]:
    """The write by which a picture that was replaced goes by itself, like one that was never sent."""
    if not before or before == after:
        return []
    goes = int((now + KEEP_PICTURE).timestamp())
    key = photo_store.photo_key(before)
    return [Update(key, sets={"expires_at": goes}, condition=Attr("PK").exists(), error=VersionConflict())]


def _keep(photo: Photo) -> Op:
    free = Attr("issue_id").not_exists() & Attr("complaint_id").not_exists() & Attr("of").not_exists()
    seen = Attr("version").eq(photo.version) & free
    key = photo_store.photo_key(photo.id)
    return Update(
        key, removes=["expires_at"], adds={"version": 1}, condition=seen, error=photo_store.PhotoChanged()
    )
