"""The price board: what is on it, and how managers and designers keep it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from chalicelib.accounts.models import Person
from chalicelib.audit import store as audit
from chalicelib.communities import store as communities
from chalicelib.db import Op
from chalicelib.errors import N_, Forbidden, Invalid, NotFound, VersionConflict
from chalicelib.ids import new_id
from chalicelib.once import Once, settled
from chalicelib.portal import Portal
from chalicelib.prices import board_store, rules
from chalicelib.prices.models import AddItem, ChangeItem, Item, Price, SetPrice
from chalicelib.prices.policy import MOST_ITEMS

_MANAGERS = N_("Prices are set by managers.")
_FULL = N_("The board is full. Take items off that are not offered any more.")


def today_in(portal: Portal, community_id: str, now: datetime) -> date:
    """The day on a community's clock."""
    return now.astimezone(communities.get(portal.db, community_id).zone).date()


def read(portal: Portal, person: Person, community_id: str) -> list[Item]:
    """A community's board, for those who live or work there; raises NotFound. One round trip."""
    if community_id not in {u.community_id for u in person.units} | {g.community_id for g in person.grants}:
        raise NotFound
    return board_store.board(portal.db, community_id)


def _managed(portal: Portal, person: Person, community_id: str) -> list[Item]:
    found = read(portal, person, community_id)
    if "manager" not in person.roles_in(community_id):
        raise Forbidden(_MANAGERS)
    return found


def one_of(items: list[Item], item_id: str) -> Item:
    """An item of a board; raises NotFound."""
    found = next((one for one in items if one.id == item_id), None)
    if found is None:
        raise NotFound
    return found


def add(portal: Portal, person: Person, body: AddItem, once: Once | None, now: datetime) -> Item:
    """Put something on the board. Raises NotFound, Forbidden, Invalid."""

    def work() -> Item:
        there = _managed(portal, person, body.community_id)
        if sum(not one.retired for one in there) >= MOST_ITEMS:
            raise Invalid.field("name", "too_many", _FULL)
        rules.check_since(None, body.since, today_in(portal, body.community_id, now))
        price = Price(since=body.since, fen=body.fen, at=now, by=person.id)
        fields = body.model_dump(include={"kind", "name", "measure", "words"})
        item = Item(id=new_id(now), prices=(price,), **fields)
        ops = [
            board_store.add_item(body.community_id, item),
            board_store.add_price(body.community_id, item.id, price),
        ]
        _write(portal, person, body.community_id, item, "added", once, ops, now)
        return item

    return _settled(portal, body.community_id, once, work, now)


def set_price(
    portal: Portal, person: Person, item_id: str, body: SetPrice, once: Once | None, now: datetime
) -> Item:
    """Let something cost another price from a day on; those before stay. Raises NotFound, Forbidden, Invalid."""

    def work() -> Item:
        item = one_of(_managed(portal, person, body.community_id), item_id)
        rules.check_since(item, body.since, today_in(portal, body.community_id, now))
        price = Price(since=body.since, fen=body.fen, at=now, by=person.id, reason=body.reason)
        after = item.model_copy(update={"prices": (*item.prices, price)})
        ops = board_store.next_price(body.community_id, item, price)
        _write(portal, person, body.community_id, after, "price", once, ops, now)
        return after

    return _settled(portal, body.community_id, once, work, now)


def change(
    portal: Portal, person: Person, item_id: str, body: ChangeItem, once: Once | None, now: datetime
) -> Item:
    """Change an item's words, take it off the board or put it back. Raises NotFound, Forbidden, VersionConflict."""

    def work() -> Item:
        item = one_of(_managed(portal, person, body.community_id), item_id)
        if item.version != body.version:
            raise VersionConflict
        changes = {"words": body.words, "retired": body.retired, "version": item.version + 1}
        after = item.model_copy(update=changes)
        ops = [board_store.change_item(body.community_id, item, after)]
        _write(portal, person, body.community_id, after, "changed", once, ops, now)
        return after

    return _settled(portal, body.community_id, once, work, now)


def _write(
    portal: Portal, person: Person, community_id: str, item: Item, what: str, once: Once | None, ops: list[Op],
    now: datetime,
) -> None:  # fmt: skip
    then = {**item.model_dump(include={"words", "retired", "version"}), "prices": len(item.prices)}
    first: list[Op] = [once.put({"item_id": item.id, **then}, now)] if once else []
    portal.db.write(*first, *ops, audit.add(audit.Act(community_id, person.id, "price", item.id, what), now))


def _settled(
    portal: Portal, community_id: str, once: Once | None, work: Callable[[], Item], now: datetime
) -> Item:
    def again(kept: dict[str, Any]) -> tuple[Item, datetime]:
        found = one_of(board_store.board(portal.db, community_id), kept["item_id"])
        if "version" not in kept:
            return found, now
        # As it stood then: prices are only ever added behind those that there were.
        then = {name: kept[name] for name in ("words", "retired", "version")}
        return found.model_copy(update={**then, "prices": found.prices[: kept["prices"]]}), now

    return settled(portal.db, once, work, again, now)[0]
