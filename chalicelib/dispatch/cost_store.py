"""Labour and materials in the table: rows of their issue, and each person's days, so that no minute is worked twice.

Keys: `docs/keys.md`.
"""

from collections.abc import Sequence
from typing import Any

from chalicelib.conditions import Attr
from chalicelib.db import Db, Item, K, Op, Put
from chalicelib.dispatch.cost_models import Cost
from chalicelib.dispatch.cost_rules import Stretch
from chalicelib.errors import N_, ChangedMeanwhile, Conflict
from chalicelib.issues.items import issue_pk
from chalicelib.kept import made
from chalicelib.times import moment, rfc3339

_PLAIN = (
    "kind",
    "by",
    "cost_fen",
    "person_id",
    "minutes",
    "rate_fen",
    "name",
    "quantity_milli",
    "unit_fen",
    "reverses",
)
_TIMES = ("at", "start", "end")


class DayChanged(ChangedMeanwhile):
    """Somebody entered work of this person's day meanwhile: read it and judge anew."""


class ReversedAlready(Conflict):
    """409: this row is taken back already."""

    code = "reversed_already"
    detail = N_("This row is taken back already.")


def day_key(account_id: str, day: str) -> K:
    """Which minutes of a day (UTC) a person has worked."""
    return K(f"ACCOUNT#{account_id}", f"WORKDAY#{day}")


def add(issue_id: str, cost: Cost) -> Op:
    """The write of a row; of a reversal only the first one's succeeds, else it fails with ReversedAlready."""
    item: Item = {
        "PK": issue_pk(issue_id),
        "SK": f"W#{cost.id}",
        **{name: getattr(cost, name) for name in _PLAIN},
        **{name: rfc3339(value) for name in _TIMES if (value := getattr(cost, name))},
    }
    return Put(item, error=ReversedAlready() if cost.reverses else None)


def from_item(item: Item) -> Cost:
    """A row from the table."""
    fields: dict[str, Any] = {name: item[name] for name in _PLAIN if name in item}
    fields |= {name: moment(item[name]) for name in _TIMES if name in item}
    return made(Cost, id=item["SK"].removeprefix("W#"), **fields)


def days(db: Db, account_id: str, wanted: Sequence[str]) -> dict[str, tuple[int, list[Stretch]]]:
    """A person's days with their revision (0 for one that is not there): one round trip."""
    rows = db.batch_get([day_key(account_id, day) for day in wanted])
    return {
        day: (row["rev"], [(start, end, of) for start, end, of in row["taken"]]) if row else (0, [])
        for day, row in zip(wanted, rows, strict=True)
    }


def put_day(account_id: str, day: str, rev: int, taken: Sequence[Stretch]) -> Op:
    """The write of a person's day, unless it changed since it was read at revision `rev`: it is this condition that
    keeps two jobs out of one minute, whoever enters them when. Fails with DayChanged."""
    key = day_key(account_id, day)
    unchanged = Attr("rev").eq(rev) if rev else Attr("PK").not_exists()
    item = {"PK": key.pk, "SK": key.sk, "rev": rev + 1, "taken": [list(one) for one in taken]}
    return Put(item, condition=unchanged, error=DayChanged())
