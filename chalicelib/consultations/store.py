"""Consultations in the table: designers' plans and days, bookings, lines of those who wait. Keys: `docs/keys.md`."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from chalicelib.conditions import Attr, Condition, Key
from chalicelib.consultations.models import Booking, Day, Hold, Plan, Service
from chalicelib.crypto import Keyring
from chalicelib.db import Check, Db, Delete, Item, K, Op, Page, Put, Update
from chalicelib.errors import ChangedMeanwhile, VersionConflict
from chalicelib.kept import made
from chalicelib.times import moment, rfc3339

Diaries = dict[str, tuple[Plan | None, dict[date, Day]]]
#: DynamoDB reads so many keys at once; a month of three designers.
_WAITING_AT_ONCE = 100


def plan_key(consultant_id: str) -> K:
    """When a designer works, and what they offer."""
    return K(f"DESIGNER#{consultant_id}", "PLAN")


def day_key(consultant_id: str, day: date) -> K:
    """What is taken of a designer's day."""
    return K(f"DESIGNER#{consultant_id}", f"DAY#{day}")


def booking_key(booking_id: str) -> K:
    """A booking."""
    return K(f"BOOKING#{booking_id}", "META")


def own_key(booking: Booking) -> K:
    """A booking in its owner's list, by when it takes place."""
    return K(f"ACCOUNT#{booking.owner_id}", f"BOOKING#{rfc3339(booking.starts_at)}#{booking.id}")


def asked_key(booking: Booking) -> K:
    """A booking that waits for its designer's word."""
    return K(f"DESIGNER#{booking.consultant_id}", f"ASKED#{rfc3339(booking.starts_at)}#{booking.id}")


# Plans


def put_plan(before: Plan | None, after: Plan) -> Op:
    """The write of a plan, unless somebody changed it since it was read; fails with VersionConflict."""
    key = plan_key(after.consultant_id)
    seen = Attr("version").eq(before.version) if before else Attr("PK").not_exists()
    fields = after.model_dump(mode="json", exclude={"consultant_id"})
    return Put({"PK": key.pk, "SK": key.sk, **fields}, condition=seen, error=VersionConflict())


def plan_stands(plan: Plan) -> Op:
    """Refuses a transaction when the plan has changed since it was read."""
    return Check(plan_key(plan.consultant_id), Attr("version").eq(plan.version), ChangedMeanwhile())


def plan_from(item: Item) -> Plan:
    """A plan from the table."""
    return Plan.model_validate({**item, "consultant_id": item["PK"].removeprefix("DESIGNER#")})


# Days


def put_day(consultant_id: str, before: Day, holds: Sequence[Hold]) -> Op:
    """The write of a day, unless it has changed since it was read; fails with ChangedMeanwhile."""
    key = day_key(consultant_id, before.day)
    seen = Attr("rev").eq(before.rev) if before.rev else Attr("PK").not_exists()
    kept = {hold.id: _hold_item(hold) for hold in holds}
    item = {"PK": key.pk, "SK": key.sk, "rev": before.rev + 1, "holds": kept}
    return Put(item, condition=seen, error=ChangedMeanwhile())


def _hold_item(hold: Hold) -> Item:
    return {
        "account_id": hold.account_id,
        "service_id": hold.service_id,
        "starts_at": rfc3339(hold.starts_at),
        "first": rfc3339(hold.first),
        "last": rfc3339(hold.last),
        "where": hold.where,
        "until": rfc3339(hold.until) if hold.until else None,
    }


def _hold(hold_id: str, item: Item) -> Hold:
    times = ("starts_at", "first", "last", "until")
    moments: Item = {name: moment(item[name]) for name in times if name in item}
    fields: Item = {**item, **moments}
    return made(Hold, id=hold_id, **fields)


def _day(item: Item) -> Day:
    day = date.fromisoformat(item["SK"].removeprefix("DAY#"))
    return made(Day, day=day, rev=item["rev"], holds=tuple(_hold(k, v) for k, v in item["holds"].items()))


def diaries(db: Db, consultant_ids: Sequence[str], days: Sequence[date]) -> Diaries:
    """The plans of some designers and what is taken of some days: one round trip for up to 100 of both."""
    keys = [plan_key(one) for one in consultant_ids] + [
        day_key(one, day) for one in consultant_ids for day in days
    ]
    items = dict(zip(keys, db.batch_get(keys), strict=True))
    found: Diaries = {}
    for one in consultant_ids:
        plan = items[plan_key(one)]
        read = {day: items[day_key(one, day)] for day in days}
        taken = {day: _day(item) if item else Day(day=day) for day, item in read.items()}
        found[one] = (plan_from(plan) if plan else None, taken)
    return found


def plans(db: Db, consultant_ids: Sequence[str]) -> list[Plan]:
    """The plans of those who have one."""
    found = db.batch_get([plan_key(one) for one in consultant_ids]) if consultant_ids else []
    return [plan_from(item) for item in found if item]


# Bookings


def booking_item(booking: Booking, keys: Keyring) -> Item:
    """A booking as kept, names sealed."""
    key = booking_key(booking.id)
    fields = booking.model_dump(mode="json", exclude={"offered", "photo_ids"})
    times = {
        name: rfc3339(getattr(booking, name)) for name in ("starts_at", "ends_at", "created_at", "changed_at")
    }
    names = {
        name: keys.seal(getattr(booking, name), f"{key.pk}|name")
        for name in ("owner_name", "consultant_name")
    }
    more = {"offered": [rfc3339(one) for one in booking.offered], "photo_ids": list(booking.photo_ids)}
    return {"PK": key.pk, "SK": key.sk, **fields, **times, **names, **more}


def booking_from(item: Item, keys: Keyring) -> Booking:
    """A booking from the table."""
    names = {name: keys.open(item[name], f"{item['PK']}|name") for name in ("owner_name", "consultant_name")}
    times = {name: moment(item[name]) for name in ("starts_at", "ends_at", "created_at", "changed_at")}
    more: dict[str, Any] = {
        "service": made(Service, **item["service"]),
        "offered": tuple(moment(one) for one in item["offered"]),
        "photo_ids": tuple(item["photo_ids"]),
    }
    return made(Booking, **{**item, **names, **times, **more})


def put_booking(before: Booking | None, after: Booking, keys: Keyring) -> list[Op]:
    """The writes of a booking with its places in lists, unless it has changed since it was read."""
    seen: Condition | None = Attr("version").eq(before.version) if before else None
    ops: list[Op] = [Put(booking_item(after, keys), condition=seen, error=VersionConflict())]
    if before is None or own_key(before) != own_key(after):
        ops += [Delete(own_key(before))] if before else []
        key = own_key(after)
        ops.append(Put({"PK": key.pk, "SK": key.sk, "booking_id": after.id}, replace=True))
    asked = asked_key(before) if before and before.status == "requested" else None
    asks = asked_key(after) if after.status == "requested" else None
    if asked != asks:
        ops += [Delete(asked)] if asked else []
        ops += [Put({"PK": asks.pk, "SK": asks.sk, "booking_id": after.id}, replace=True)] if asks else []
    return ops


def nothing_offered(booking_id: str) -> Op:
    """The write by which nothing is offered any more for one that was called off: a new time was taken."""
    return Update(booking_key(booking_id), sets={"offered": []}, condition=Attr("PK").exists())


def get(db: Db, keys: Keyring, booking_id: str) -> Booking | None:
    """One booking."""
    item = db.get(booking_key(booking_id))
    return booking_from(item, keys) if item else None


def bookings(db: Db, keys: Keyring, ids: Iterable[str]) -> list[Booking]:
    """Several bookings, in the order asked for."""
    wanted = [booking_key(one) for one in ids]
    return [booking_from(item, keys) for item in (db.batch_get(wanted) if wanted else []) if item]


def own(
    db: Db, account_id: str, limit: int, *, after: str | None = None, since: datetime | None = None
) -> Page:
    """Pointers to somebody's own bookings: the latest first, or from a moment on the soonest first."""
    pk = f"ACCOUNT#{account_id}"
    low = f"BOOKING#{rfc3339(since)}" if since else "BOOKING#"
    condition = Key("PK").eq(pk) & Key("SK").between(low, "BOOKING#~")
    start = {"PK": pk, "SK": f"BOOKING#{after}"} if after else None
    return db.query(condition, limit=limit, start=start, newest_first=since is None)


def asked(db: Db, consultant_id: str) -> list[str]:
    """The ids of the bookings that wait for a designer's word, the soonest first; a hundred at most."""
    rows = Key("PK").eq(f"DESIGNER#{consultant_id}") & Key("SK").begins_with("ASKED#")
    return [row["booking_id"] for row in db.query(rows, limit=100).items]
