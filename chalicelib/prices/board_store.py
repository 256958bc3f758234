"""Price boards in the table: a partition for each community, items beside their prices. Keys: `docs/keys.md`."""

from typing import Any

from chalicelib.conditions import Attr
from chalicelib.db import Db, K, Op, Put, Update
from chalicelib.db import Item as Row
from chalicelib.errors import ChangedMeanwhile, VersionConflict
from chalicelib.kept import made
from chalicelib.prices.models import Item, Price
from chalicelib.times import moment, rfc3339


def board_pk(community_id: str) -> str:
    """The partition of a community's board."""
    return f"PRICES#{community_id}"


def item_key(community_id: str, item_id: str) -> K:
    """An item; its prices sort behind it."""
    return K(board_pk(community_id), f"ITEM#{item_id}")


def price_key(community_id: str, item_id: str, price: Price) -> K:
    """A price, by the day since when it holds: one for each day."""
    return K(board_pk(community_id), f"PRICE#{item_id}#{price.since}")


def board(db: Db, community_id: str) -> list[Item]:
    """All items with all their prices, in the order in which they were added: one round trip."""
    prices: dict[str, list[Price]] = {}
    items: list[Row] = []
    for row in db.query_all(board_pk(community_id)):
        kind, item_id, *_ = row["SK"].split("#")
        if kind == "ITEM":
            items.append(row)
        else:
            prices.setdefault(item_id, []).append(_price(row))
    return [_item(row, prices.get(row["id"], [])) for row in items]


def _item(row: Row, prices: list[Price]) -> Item:
    return made(Item, **{**row, "prices": tuple(prices)})


def _price(row: Row) -> Price:
    return Price.model_validate({**row, "at": moment(row["at"])})


def add_item(community_id: str, item: Item) -> Op:
    """The write of a new item."""
    return Put(_row(community_id, item))


def change_item(community_id: str, before: Item, after: Item) -> Op:
    """The write of an item's words and place; it fails with VersionConflict."""
    seen = Attr("version").eq(before.version)
    sets = {"words": after.words, "retired": after.retired, "version": after.version}
    return Update(item_key(community_id, before.id), sets=sets, condition=seen, error=VersionConflict())


def _row(community_id: str, item: Item) -> Row:
    key = item_key(community_id, item.id)
    fields: dict[str, Any] = item.model_dump(exclude={"prices"})
    return {"PK": key.pk, "SK": key.sk, **fields, "last": str(item.prices[-1].since)}


def next_price(community_id: str, item: Item, price: Price) -> list[Op]:
    """The writes of a price behind all that are known; they fail with ChangedMeanwhile when one came between."""
    same = Attr("last").eq(str(item.prices[-1].since))
    last = {"last": str(price.since)}
    moved = Update(item_key(community_id, item.id), sets=last, condition=same, error=ChangedMeanwhile())
    return [moved, add_price(community_id, item.id, price)]


def add_price(community_id: str, item_id: str, price: Price) -> Op:
    """The write of a price, which is never changed."""
    key = price_key(community_id, item_id, price)
    fields = price.model_dump(mode="json", exclude={"at"})
    return Put({"PK": key.pk, "SK": key.sk, **fields, "at": rfc3339(price.at)}, error=ChangedMeanwhile())
