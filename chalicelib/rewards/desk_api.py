"""Rewards at the desk over the JSON API: the catalogue, and handing them out."""

from chalicelib.accounts.managing import managed
from chalicelib.errors import N_, Invalid
from chalicelib.inputs import Input
from chalicelib.once import asked_once
from chalicelib.rewards import catalogue, service, store, views
from chalicelib.rewards.models import (
    DeskRewardList,
    DeskRewardView,
    Reward,
    SaveReward,
    UsedVoucher,
    UseVoucher,
)
from chalicelib.routes import Routes
from chalicelib.web import MANAGERS, OFFICE, Call

routes = Routes(__name__, "rewards")


class WhichCommunity(Input):
    """Of which community; one's first without."""

    community_id: str | None = None


@routes.api(
    "GET",
    "/api/v1/desk/rewards",
    MANAGERS,
    "All rewards of a community",
    query=WhichCommunity,
    answer=DeskRewardList,
)
def list_all(call: Call) -> DeskRewardList:
    """The catalogue."""
    query = call.read_query(WhichCommunity)
    found = store.rewards(call.portal.db, managed(call.person, query.community_id))
    pictures = views.Pictures(call.portal, found, call.storage_origin, call.now)
    return DeskRewardList(items=[views.desk_view(one, pictures) for one in found])


def _view(call: Call, reward: Reward) -> DeskRewardView:
    return views.desk_view(reward, views.Pictures(call.portal, [reward], call.storage_origin, call.now))


@routes.api(
    "POST",
    "/api/v1/desk/rewards",
    MANAGERS,
    "Put a reward on the list",
    body=SaveReward,
    answer=DeskRewardView,
    status=201,
    once=True,
)
def add(call: Call) -> DeskRewardView:
    """Add one."""
    body = call.read(SaveReward)
    key = asked_once(call, "desk/rewards", body)
    return _view(call, catalogue.add(call.portal, call.person, body, key, call.now))


@routes.api(
    "PUT",
    "/api/v1/desk/rewards/{reward_id}",
    MANAGERS,
    "Change a reward, its stock by the difference to what was read",
    body=SaveReward,
    answer=DeskRewardView,
)
def save(call: Call, reward_id: str) -> DeskRewardView:
    """Change one."""
    return _view(call, catalogue.save(call.portal, call.person, reward_id, call.read(SaveReward), call.now))


@routes.api(
    "POST",
    "/api/v1/desk/vouchers/use",
    OFFICE,
    "Mark a voucher as used, by its code as scanned or typed",
    body=UseVoucher,
    answer=UsedVoucher,
    once=True,
)
def use(call: Call) -> UsedVoucher:
    """Hand a reward out."""
    body = call.read(UseVoucher)
    if not body.code:
        raise Invalid.field("code", "missing", N_("Please fill this in."))
    key = asked_once(call, "desk/vouchers/use", body)
    return views.used_view(service.use(call.portal, call.person, body.code, key, call.now), call.now)
