"""Lines of those who wait for a designer's day, in the table: in order, and one place for each person."""

from datetime import date

from chalicelib.conditions import Attr, Key
from chalicelib.consultations.models import Waiting
from chalicelib.consultations.policy import MOST_WAITING
from chalicelib.crypto import Keyring
from chalicelib.db import Db, Delete, Item, K, Op, Put
from chalicelib.errors import N_, ChangedMeanwhile, Conflict
from chalicelib.kept import made
from chalicelib.times import moment, rfc3339


class InLine(Conflict):
    """409: this person waits for that day already."""

    code = "in_line"
    title = N_("You are in line already")
    detail = N_("You wait for this day already. As soon as a time gets free, you get a message.")


def line_key(consultant_id: str, day: date, waiting_id: str) -> K:
    """A place in a day's line."""
    return K(f"DESIGNER#{consultant_id}", f"LINE#{day}#{waiting_id}")


def place_key(one: Waiting) -> K:
    """The same place among what a person waits for."""
    return K(f"ACCOUNT#{one.account_id}", f"LINE#{one.day}#{one.consultant_id}")


def _item(one: Waiting, keys: Keyring) -> Item:
    key = line_key(one.consultant_id, one.day, one.id)
    kept = one.model_dump(include={"id", "account_id", "community_id", "service_id", "service_name"})
    return {
        "PK": key.pk,
        "SK": key.sk,
        **kept,
        "consultant_name": keys.seal(one.consultant_name, f"{key.pk}|name"),
        "offer": rfc3339(one.offer) if one.offer else None,
        "until": rfc3339(one.until) if one.until else None,
    }


def _waiting(item: Item, keys: Keyring) -> Waiting:
    name = keys.open(item["consultant_name"], f"{item['PK']}|name")
    moments: Item = {one: moment(item[one]) for one in ("offer", "until") if one in item}
    day = date.fromisoformat(item["SK"].split("#")[1])
    consultant_id = item["PK"].removeprefix("DESIGNER#")
    fields: Item = {**item, **moments, "consultant_name": name, "consultant_id": consultant_id, "day": day}
    return made(Waiting, **fields)


def join(one: Waiting, keys: Keyring) -> list[Op]:
    """The writes of a new place at the end of a line; they fail with InLine for somebody who has one."""
    key = place_key(one)
    pointer = {"PK": key.pk, "SK": key.sk, "waiting_id": one.id}
    return [Put(pointer, error=InLine()), Put(_item(one, keys))]


def offered(before: Waiting, after: Waiting, keys: Keyring) -> Op:
    """The write of an offer to somebody in line, unless they have left it or have one meanwhile."""
    same = Attr("offer").eq(rfc3339(before.offer)) if before.offer else Attr("offer").not_exists()
    return Put(_item(after, keys), condition=Attr("PK").exists() & same, error=ChangedMeanwhile())


def leave(one: Waiting) -> list[Op]:
    """The writes that give a place up; they fail when it is gone already."""
    key = line_key(one.consultant_id, one.day, one.id)
    return [Delete(key, condition=Attr("PK").exists(), error=ChangedMeanwhile()), Delete(place_key(one))]


def in_line(db: Db, keys: Keyring, consultant_id: str, day: date) -> list[Waiting]:
    """Who waits for a day, the first in line first."""
    rows = Key("PK").eq(f"DESIGNER#{consultant_id}") & Key("SK").begins_with(f"LINE#{day}#")
    return [_waiting(item, keys) for item in db.query(rows, limit=MOST_WAITING).items]


def get(db: Db, keys: Keyring, consultant_id: str, day: date, waiting_id: str) -> Waiting | None:
    """One place in a line."""
    item = db.get(line_key(consultant_id, day, waiting_id))
    return _waiting(item, keys) if item else None


def own(db: Db, keys: Keyring, account_id: str, today: date) -> list[Waiting]:
    """What somebody waits for from a day on: two round trips, one when it is nothing."""
    rows = Key("PK").eq(f"ACCOUNT#{account_id}") & Key("SK").between(f"LINE#{today}", "LINE#~")
    places = [(row["SK"].split("#"), row["waiting_id"]) for row in db.query(rows, limit=MOST_WAITING).items]
    wanted = [line_key(parts[2], date.fromisoformat(parts[1]), one) for parts, one in places]
    return [_waiting(item, keys) for item in (db.batch_get(wanted) if wanted else []) if item]
