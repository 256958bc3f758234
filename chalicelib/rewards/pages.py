"""Rewards and one's own vouchers as pages."""

from datetime import timedelta
from typing import Any

from chalice.app import Response

from chalicelib.answers import flash_words, page
from chalicelib.cursors import give, take
from chalicelib.errors import N_, NotFound, PortalError
from chalicelib.ids import is_id
from chalicelib.inputs import checked_key
from chalicelib.once import once
from chalicelib.page_words import DEFAULT_ZONE, Speech, gettext, speak
from chalicelib.pages import go, next_url, said, stay
from chalicelib.places.posters import qr_code
from chalicelib.points import store as points
from chalicelib.rewards import rules, service, store, views
from chalicelib.rewards.models import ListVouchers, Redeem, Reward, Voucher
from chalicelib.rewards.page_routes import routes
from chalicelib.web import SIGNED_IN, Call, url

REDEEMED = flash_words("redeemed", "success", N_("It is yours. Show this voucher at our office."))
CANCELLED = flash_words("voucher_cancelled", "success", N_("Given back. Your points are yours again."))


@routes.page("/rewards", SIGNED_IN, "What points can be spent on")
def list_rewards(call: Call) -> Response:
    """All that is on offer where one lives."""
    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    found = views.on_offer(call.portal, call.person, call.now)
    pictures = views.Pictures(call.portal, found, call.storage_origin, call.now)
    balance = points.purse(call.portal.db, call.person.id).balance
    cards = [
        {**views.reward_view(one, pictures).__dict__, "missing": max(0, one.points - balance)}
        for one in found
    ]
    return page(call, "rewards/list.html", {"items": cards, "balance": balance})


@routes.page("/rewards/{reward_id}", SIGNED_IN, "One reward")
def show_reward(call: Call, reward_id: str) -> Response:
    """What it is, and what one would have left."""
    return _show_reward(call, reward_id)


def _show_reward(call: Call, reward_id: str, error: PortalError | None = None) -> Response:
    homes = service.homes_of(call.person)
    reward = store.find(call.portal.db, homes, reward_id) if homes and is_id(reward_id) else None
    if reward is None or not reward.on_offer(call.now):
        raise NotFound
    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    balance = points.purse(call.portal.db, call.person.id).balance
    context = {
        "reward": _reward(call, reward),
        "balance": balance,
        "enough": balance >= reward.points,
        "errors": said(error) if error else [],
    }
    return page(call, "rewards/show.html", context, error.status if error else 200)


def _reward(call: Call, reward: Reward) -> dict[str, Any]:
    pictures = views.Pictures(call.portal, [reward], call.storage_origin, call.now)
    until = reward.valid_until - timedelta(seconds=1) if reward.valid_until else None
    more = {"until": until, "voucher_days": reward.voucher_days}
    return {**views.reward_view(reward, pictures).__dict__, **more}


@routes.form("/rewards/{reward_id}", SIGNED_IN, "Have a reward for one's points", on="/rewards/{reward_id}")
def redeem(call: Call, reward_id: str) -> Response:
    """Spend points: on to the voucher."""

    def work() -> Response:
        key = checked_key(call.field("key") or None)
        asked = once(call.person.id, key, f"rewards/{reward_id}/redemptions", Redeem())
        voucher, _ = service.redeem(call.portal, call.person, reward_id, asked, call.now)
        return go(url(f"/vouchers/{voucher.id}"), REDEEMED)

    return stay(lambda error: _show_reward(call, reward_id, error), work)


@routes.page("/vouchers", SIGNED_IN, "One's own vouchers")
def list_vouchers(call: Call) -> Response:
    """A page of them, newest first."""
    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    query = call.read_query(ListVouchers)
    after = take(call.portal.keys, call.person, "vouchers", query.cursor)
    found = store.vouchers(call.portal.db, call.person.id, query.limit, after)
    vouchers = [store.voucher_from(one, call.portal.keys) for one in found.items]
    place = vouchers[-1].id if found.next and vouchers else None
    context = {
        "items": [_voucher(call, one) for one in vouchers],
        "next_url": next_url("/vouchers", give(call.portal.keys, call.person, "vouchers", place)),
    }
    return page(call, "rewards/vouchers.html", context)


def _voucher(call: Call, voucher: Voucher) -> dict[str, Any]:
    return {
        "id": voucher.id,
        "name": voucher.name,
        "status": voucher.state(call.now),
        "points": voucher.points,
        "at": voucher.at,
        "last": voucher.expires_at - timedelta(seconds=1),
        "ended": voucher.ended_at or voucher.expires_at,
    }


@routes.page("/vouchers/{voucher_id}", SIGNED_IN, "One of one's own vouchers, with its code")
def show_voucher(call: Call, voucher_id: str) -> Response:
    """What is shown at the office."""
    return _show_voucher(call, voucher_id)


def _show_voucher(call: Call, voucher_id: str, error: PortalError | None = None) -> Response:
    voucher = service.own(call.portal, call.person, voucher_id)
    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    address = f"{call.origin}{url('/desk/vouchers/' + voucher.code)}"
    usable = voucher.state(call.now) == "issued"
    context = {
        "voucher": _voucher(call, voucher),
        "code": rules.spoken(voucher.code),
        "qr": qr_code(address, gettext("QR code of the voucher")) if usable else "",
        "errors": said(error) if error else [],
    }
    return page(call, "rewards/voucher.html", context, error.status if error else 200)


@routes.form(
    "/vouchers/{voucher_id}/cancel",
    SIGNED_IN,
    "Give a voucher back that was not used",
    on="/vouchers/{voucher_id}",
)
def cancel(call: Call, voucher_id: str) -> Response:
    """Points come back."""

    def work() -> Response:
        service.cancel(call.portal, call.person, voucher_id, call.now)
        return go(url(f"/vouchers/{voucher_id}"), CANCELLED)

    return stay(lambda error: _show_voucher(call, voucher_id, error), work)
