"""How designers are rated, in the table: counted with each booking that is rated. Keys: `docs/keys.md`."""

from collections.abc import Sequence

from chalicelib.consultations import store
from chalicelib.consultations.models import Plan
from chalicelib.db import Db, Item, K, Op, Update


def marks_key(consultant_id: str) -> K:
    """How often a designer was rated, and all marks together."""
    return K(f"DESIGNER#{consultant_id}", "MARKS")


def count(consultant_id: str, marks: int) -> Op:
    """The write that counts an owner's marks; it goes with the booking's own, which is rated once."""
    return Update(marks_key(consultant_id), adds={"times": 1, "total": marks})


def offers(db: Db, consultant_ids: Sequence[str]) -> list[tuple[Plan, int, int]]:
    """The plans of those who have one, each with how often they were rated and the sum: one round trip."""
    keys = [key(one) for one in consultant_ids for key in (store.plan_key, marks_key)]
    found = db.batch_get(keys) if keys else []
    pairs = zip(found[::2], found[1::2], strict=True)
    return [(store.plan_from(plan), *_marks(marks)) for plan, marks in pairs if plan]


def _marks(item: Item | None) -> tuple[int, int]:
    return (int(item["times"]), int(item["total"])) if item else (0, 0)
