"""Rewards and vouchers as they go out."""

from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.kept import made
from chalicelib.photos import store as photos
from chalicelib.portal import Portal
from chalicelib.rewards import service, store
from chalicelib.rewards.models import (
    DeskRewardView,
    Reward,
    RewardView,
    UsedVoucher,
    Voucher,
    VoucherView,
)
from chalicelib.times import rfc3339


def on_offer(portal: Portal, person: Person, now: datetime) -> list[Reward]:
    """What is on offer where somebody lives, what needs fewest points first: one round trip for each community."""
    found = [one for home in service.homes_of(person) for one in store.rewards(portal.db, home)]
    return sorted((one for one in found if one.on_offer(now)), key=lambda one: (one.points, one.id))


class Pictures:
    """Links to the pictures of some rewards, for those that are ready: one round trip."""

    def __init__(self, portal: Portal, rewards: list[Reward], origin: str | None, now: datetime) -> None:
        self._ready = store.pictures(portal.db, [one.photo_id for one in rewards])
        self._portal, self._origin, self._now = portal, origin, now

    def url(self, reward: Reward) -> str | None:
        """Where a reward's picture can be looked at for a while."""
        if reward.photo_id not in self._ready:
            return None
        name = photos.thumb_object(reward.photo_id)
        return self._portal.storage.signed_url(name, now=self._now, origin=self._origin)


def reward_view(reward: Reward, pictures: Pictures) -> RewardView:
    """A reward, as its community's owners see it."""
    return made(RewardView, **_fields(reward, pictures))


def desk_view(reward: Reward, pictures: Pictures) -> DeskRewardView:
    """A reward, as managers see it."""
    return made(
        DeskRewardView,
        **_fields(reward, pictures),
        valid_from=rfc3339(reward.valid_from),
        voucher_days=reward.voucher_days,
        retired=reward.retired,
        version=reward.version,
    )


def _fields(reward: Reward, pictures: Pictures) -> dict[str, object]:
    plain = ("id", "name", "points", "stock", "per_person", "terms", "community_id")
    return {
        **{name: getattr(reward, name) for name in plain},
        "image_url": pictures.url(reward),
        "valid_until": rfc3339(reward.valid_until) if reward.valid_until else None,
    }


def voucher_view(voucher: Voucher, now: datetime, status: str = "") -> VoucherView:
    """A voucher, as its owner sees it: now, or as it was when it had a certain state."""
    return made(
        VoucherView,
        id=voucher.id,
        code=voucher.code,
        status=status or voucher.state(now),
        points=voucher.points,
        reward_id=voucher.reward_id,
        name=voucher.name,
        created_at=rfc3339(voucher.at),
        expires_at=rfc3339(voucher.expires_at),
        ended_at=rfc3339(voucher.ended_at) if voucher.ended_at and not status else None,
    )


def used_view(voucher: Voucher, now: datetime) -> UsedVoucher:
    """A voucher, as whoever hands the reward out sees it."""
    return made(
        UsedVoucher,
        id=voucher.id,
        status=voucher.state(now),
        name=voucher.name,
        expires_at=rfc3339(voucher.expires_at),
        ended_at=rfc3339(voucher.ended_at) if voucher.ended_at else None,
    )
