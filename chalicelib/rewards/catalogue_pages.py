"""The rewards of a community, as pages on which managers keep them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalice.app import Response

from chalicelib.answers import flash_words, page
from chalicelib.errors import N_, Invalid, PortalError
from chalicelib.inputs import from_form
from chalicelib.issues.issue_pages import ready_photos
from chalicelib.managing.page_flow import Place, place, tabs
from chalicelib.once import sent_once
from chalicelib.page_words import gettext
from chalicelib.pages import Fields, go, said, stay, typed, values
from chalicelib.rewards import catalogue, store, views
from chalicelib.rewards.models import Reward, SaveReward
from chalicelib.rewards.page_routes import routes
from chalicelib.rewards.policy import VOUCHER_DAYS
from chalicelib.web import MANAGERS, Call, url

LIST = "/desk/points/rewards"
NEW = "/desk/points/rewards/new"
ONE = "/desk/points/rewards/{reward_id}"
SAVED = flash_words("reward_saved", "success", N_("Saved."))
_WHOLE = N_("Please give a whole number here.")
_TIME = N_("Please give a date and time.")


@routes.page(LIST, MANAGERS, "The rewards of a community")
def show_all(call: Call) -> Response:
    """All of them, those on offer first."""
    here = place(call, LIST, call.query.get("community_id"))
    found = store.rewards(call.portal.db, here.community.id)
    found.sort(key=lambda one: (not one.on_offer(call.now), one.points, one.id))
    items = [
        {"id": one.id, "name": one.name, "points": one.points, "stock": one.stock, "state": _state(call, one)}
        for one in found
    ]
    return page(call, "rewards/desk_list.html", {**tabs(here), "items": items}, zone=here.community.zone)


def _state(call: Call, reward: Reward) -> str:
    if reward.retired:
        return gettext("off the list")
    if reward.valid_from > call.now:
        return gettext("planned")
    return "" if reward.on_offer(call.now) else gettext("over")


@dataclass(frozen=True)
class _Form:
    here: Place
    action: str
    fields: Fields
    reward: Reward | None = None
    error: PortalError | None = field(default=None)


def _form(form: _Form) -> Response:
    call, reward = form.here.call, form.reward
    pictures = views.Pictures(call.portal, [reward], call.storage_origin, call.now) if reward else None
    ready = ready_photos(call, form.fields.get("photo_ids", []))
    context = {
        "community": form.here.community,
        "action": form.action,
        "back": form.action,
        "version": reward.version if reward else 0,
        "values": values(form.fields),
        "photos": ready,
        "image_url": pictures.url(reward) if pictures and reward else None,
        "errors": said(form.error) if form.error else [],
    }
    status = form.error.status if form.error else 200
    return page(call, "rewards/desk_form.html", context, status, form.here.community.zone)


@routes.page(NEW, MANAGERS, "A new reward")
def new(call: Call) -> Response:
    """An empty form."""
    here = place(call, NEW, call.query.get("community_id"))
    empty: Fields = {"voucher_days": [str(VOUCHER_DAYS)]}
    return _form(_Form(here, NEW, empty | typed(call, NEW)))


@routes.form(NEW, MANAGERS, "Put a reward on the list", on=NEW)
def add(call: Call) -> Response:
    """Add it."""
    here = place(call, NEW, call.field("community_id"))

    def work() -> Response:
        body = _read(here, 0)
        key = sent_once(call, "desk/rewards", body)
        catalogue.add(call.portal, call.person, body, key, call.now)
        return go(url(LIST, community_id=here.community.id), SAVED)

    return stay(lambda error: _form(_Form(here, NEW, call.form, None, error)), work)


@routes.page(ONE, MANAGERS, "One reward")
def show(call: Call, reward_id: str) -> Response:
    """Its form."""
    reward = catalogue.find(call.portal, call.person, reward_id)
    here = place(call, ONE, reward.community_id)
    path = ONE.format(reward_id=reward.id)
    return _form(_Form(here, path, _fields(here, reward) | typed(call, path), reward))


@routes.form(ONE, MANAGERS, "Change a reward", on=ONE)
def change(call: Call, reward_id: str) -> Response:
    """Change it, unless somebody else did since the form was opened."""
    reward = catalogue.find(call.portal, call.person, reward_id)
    here = place(call, ONE, reward.community_id)
    path = ONE.format(reward_id=reward.id)

    def work() -> Response:
        body = _read(here, _number(call, "version"))
        catalogue.save(call.portal, call.person, reward.id, body, call.now)
        return go(url(LIST, community_id=reward.community_id), SAVED)

    return stay(lambda error: _form(_Form(here, path, call.form, reward, error)), work)


def _fields(here: Place, reward: Reward) -> Fields:
    def local(moment: datetime | None) -> str:
        return f"{moment.astimezone(here.community.zone):%Y-%m-%dT%H:%M}" if moment else ""

    plain = ("name", "points", "stock", "voucher_days", "terms", "photo_id")
    return {
        **{name: [str(getattr(reward, name))] for name in plain},
        "stock_seen": [str(reward.stock)],
        "per_person": [str(reward.per_person or "")],
        "valid_from": [local(reward.valid_from)],
        "valid_until": [local(reward.valid_until)],
        "retired": ["1"] if reward.retired else [],
    }


def _read(here: Place, version: int) -> SaveReward:
    call = here.call
    photos = call.form.get("photo_ids", [])
    return from_form(
        SaveReward,
        community_id=here.community.id,
        name=call.field("name"),
        points=_number(call, "points"),
        stock=_number(call, "stock"),
        stock_seen=_number(call, "stock_seen") if call.field("stock_seen") else 0,
        per_person=_number(call, "per_person") if call.field("per_person") else 0,
        voucher_days=_number(call, "voucher_days"),
        terms=call.field("terms"),
        valid_from=_moment(here, "valid_from"),
        valid_until=_moment(here, "valid_until"),
        photo_id=(photos[-1] if photos else call.field("photo_id")) or None,
        retired=bool(call.field("retired")),
        version=version,
    )


def _number(call: Call, name: str) -> int:
    text = call.field(name)
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid.field(name, "not_a_number", _WHOLE)
    return int(text)


def _moment(here: Place, name: str) -> Any:
    text = here.call.field(name)
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=here.community.zone).isoformat()
    except ValueError as error:
        raise Invalid.field(name, "not_a_time", _TIME) from error
