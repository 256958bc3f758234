"""Rewards and one's own vouchers over the JSON API."""

from chalicelib.cursors import give, take
from chalicelib.once import asked_once
from chalicelib.rewards import service, store, views
from chalicelib.rewards.models import (
    ListRewards,
    ListVouchers,
    Redeem,
    RewardList,
    VoucherList,
    VoucherView,
)
from chalicelib.routes import Routes
from chalicelib.web import SIGNED_IN, Call

routes = Routes(__name__, "rewards")


@routes.api(
    "GET",
    "/api/v1/rewards",
    SIGNED_IN,
    "What points can be spent on where one lives",
    query=ListRewards,
    answer=RewardList,
)
def list_rewards(call: Call) -> RewardList:
    """A page of them, what needs fewest points first."""
    query = call.read_query(ListRewards)
    after = take(call.portal.keys, call.person, "rewards", query.cursor)
    found = views.on_offer(call.portal, call.person, call.now)
    behind = [one for one in found if after is None or f"{one.points:09d}#{one.id}" > after]
    shown = behind[: query.limit]
    place = f"{shown[-1].points:09d}#{shown[-1].id}" if len(behind) > len(shown) else None
    pictures = views.Pictures(call.portal, shown, call.storage_origin, call.now)
    cursor = give(call.portal.keys, call.person, "rewards", place)
    return RewardList(items=[views.reward_view(one, pictures) for one in shown], next_cursor=cursor)


@routes.api(
    "POST",
    "/api/v1/rewards/{reward_id}/redemptions",
    SIGNED_IN,
    "Have a reward for one's points: makes a voucher",
    body=Redeem,
    answer=VoucherView,
    status=201,
    once=True,
)
def redeem(call: Call, reward_id: str) -> VoucherView:
    """Spend points."""
    body = call.read(Redeem)
    key = asked_once(call, f"rewards/{reward_id}/redemptions", body)
    voucher, status = service.redeem(call.portal, call.person, reward_id, key, call.now)
    return views.voucher_view(voucher, call.now, status)


@routes.api(
    "GET",
    "/api/v1/vouchers",
    SIGNED_IN,
    "One's own vouchers, newest first",
    query=ListVouchers,
    answer=VoucherList,
)
def list_vouchers(call: Call) -> VoucherList:
    """A page of them."""
    query = call.read_query(ListVouchers)
    after = take(call.portal.keys, call.person, "vouchers", query.cursor)
    page = store.vouchers(call.portal.db, call.person.id, query.limit, after)
    found = [store.voucher_from(one, call.portal.keys) for one in page.items]
    cursor = give(call.portal.keys, call.person, "vouchers", found[-1].id if page.next and found else None)
    return VoucherList(items=[views.voucher_view(one, call.now) for one in found], next_cursor=cursor)


@routes.api(
    "GET", "/api/v1/vouchers/{voucher_id}", SIGNED_IN, "One of one's own vouchers", answer=VoucherView
)
def show_voucher(call: Call, voucher_id: str) -> VoucherView:
    """One voucher."""
    return views.voucher_view(service.own(call.portal, call.person, voucher_id), call.now)


@routes.api(
    "POST",
    "/api/v1/vouchers/{voucher_id}/cancel",
    SIGNED_IN,
    "Give a voucher back that was not used; its points come back",
    body=Redeem,
    answer=VoucherView,
)
def cancel(call: Call, voucher_id: str) -> VoucherView:
    """Cancel one; again it changes nothing."""
    call.read(Redeem)
    return views.voucher_view(service.cancel(call.portal, call.person, voucher_id, call.now), call.now)
