"""Versions in the table: a record each, numbered, with their community; only ever added. Keys: `docs/keys.md`."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.conditions import Condition, Key
from chalicelib.db import Db, Item, K, Op, Put
from chalicelib.errors import VersionConflict
from chalicelib.managing.models import Body, Version
from chalicelib.times import moment, rfc3339

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_PAGE = 10


def version_key(community_id: str, what: str, number: int) -> K:
    """One version of what a community's managers keep."""
    return K(f"COMMUNITY#{community_id}", f"{what}#{number:06d}")


def add(community_id: str, what: str, version: Version[Any]) -> Op:
    """The write of a new version; it fails with VersionConflict when somebody else has made that one."""
    key = version_key(community_id, what, version.number)
    return Put(
        {
            "PK": key.pk,
            "SK": key.sk,
            "valid_from": rfc3339(version.valid_from),
            "made_at": rfc3339(version.made_at),
            "made_by": version.made_by,
            "body": _adapter(type(version.body)).dump_python(version.body, mode="json", exclude_none=True),
        },
        error=VersionConflict(),
    )


def from_item(item: Item, kind: type[Body]) -> Version[Body]:
    """A version from the table."""
    return Version(
        int(item["SK"].rsplit("#", 1)[1]),
        moment(item["valid_from"]),
        moment(item["made_at"]),
        item["made_by"],
        _adapter(kind).validate_python(item["body"]),
    )


def newest(db: Db, community_id: str, what: str, kind: type[Body], limit: int) -> list[Version[Body]]:
    """The newest versions, newest first: one round trip."""
    found = db.query(_all(community_id, what), limit=limit, newest_first=True).items
    return [from_item(item, kind) for item in found]


def holding(db: Db, community_id: str, what: str, kind: type[Body], at: datetime) -> Version[Body] | None:
    """The version that holds at a moment (`rules.in_force`), found from the newest on: usually one round trip."""
    for item in _newest_first(db, _all(community_id, what)):
        if moment(item["valid_from"]) <= at:
            return from_item(item, kind)
    return None


def _newest_first(db: Db, condition: Condition) -> Iterator[Item]:
    start: Item | None = None
    while True:
        page = db.query(condition, limit=_PAGE, start=start, newest_first=True)
        yield from page.items
        start = page.next
        if start is None:
            return


def _all(community_id: str, what: str) -> Condition:
    return Key("PK").eq(f"COMMUNITY#{community_id}") & Key("SK").begins_with(f"{what}#")


def _adapter(kind: Any) -> "TypeAdapter[Any]":
    return _made(kind)


@cache
def _made(kind: Any) -> "TypeAdapter[Any]":
    """Made when there is a version: most requests need none."""
    from pydantic import TypeAdapter

    return TypeAdapter(kind)
