"""What labour and materials come to, and when somebody's minutes are taken. No I/O, no clock."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from chalicelib.dispatch.cost_models import AddLabour, AddMaterial, Cost
from chalicelib.dispatch.policy import ENTER_WITHIN, MAX_WORK
from chalicelib.errors import N_, Conflict, Invalid
from chalicelib.issues.models import Status

#: States in which somebody may have worked on it.
WORKED: frozenset[Status] = frozenset({"assigned", "in_progress", "paused", "resolved", "reopened", "closed"})
_ORDER = N_("The end comes before the start.")
_LONG = N_("This is longer than 16 hours. Enter it in parts.")
_FUTURE = N_("This time is not over yet.")
_OLD = N_("Work can be entered for 31 days.")
#: From … to … in minutes of a day, and which row it belongs to.
Stretch = tuple[int, int, str]


class MinutesTaken(Conflict):
    """409: the person worked on another job in these minutes."""

    code = "minutes_taken"
    detail = N_("These minutes are entered for another job already. Correct one of the two.")


def check_labour(body: AddLabour, now: datetime) -> tuple[datetime, datetime]:
    """The stretch in whole minutes; raises Invalid."""
    start, end = _minute(body.start), _minute(body.end)
    if end <= start:
        raise Invalid.field("end", "before_start", _ORDER)
    if end - start > MAX_WORK:
        raise Invalid.field("end", "too_long", _LONG)
    if end > now:
        raise Invalid.field("end", "future", _FUTURE)
    if start < now - ENTER_WITHIN:
        raise Invalid.field("start", "too_old", _OLD)
    return start, end


def _minute(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


def labour_fen(minutes: int, rate_fen: int) -> int:
    """What work costs, in whole fen, half a fen up."""
    return (minutes * rate_fen * 2 + 60) // 120


def milli(body: AddMaterial) -> int:
    """A quantity in thousandths."""
    return int(body.quantity * 1000)


def material_fen(quantity_milli: int, unit_fen: int) -> int:
    """What material costs, in whole fen, half a fen up."""
    return (quantity_milli * unit_fen * 2 + 1000) // 2000


def quantity(quantity_milli: int) -> str:
    """A quantity as people write it: "2", "0.5"."""
    return (
        f"{Decimal(quantity_milli) / 1000:f}".rstrip("0").rstrip(".")
        if quantity_milli % 1000
        else str(quantity_milli // 1000)
    )


def days(start: datetime, end: datetime, cost_id: str) -> dict[str, Stretch]:
    """A stretch by the days (UTC) that it lies in, in minutes of each: two at most, as a stretch is under a day."""
    found: dict[str, Stretch] = {}
    while start < end:
        midnight = datetime.combine(start.date(), time(0), UTC)
        stop = min(end, midnight + timedelta(days=1))
        found[start.date().isoformat()] = (
            int((start - midnight).total_seconds()) // 60,
            int((stop - midnight).total_seconds()) // 60,
            cost_id,
        )
        start = stop
    return found


def with_stretch(taken: Sequence[Stretch], new: Stretch) -> list[Stretch]:
    """A day with one stretch more; raises MinutesTaken where it overlaps another."""
    if any(start < new[1] and new[0] < end for start, end, _ in taken):
        raise MinutesTaken
    return sorted([*taken, new])


def without(taken: Sequence[Stretch], cost_id: str) -> list[Stretch]:
    """A day without the stretch of a row."""
    return [one for one in taken if one[2] != cost_id]


def reversal(cost: Cost, by: str, now: datetime) -> Cost:
    """The row that takes another back; its id makes sure that there is one."""
    return cost.model_copy(
        update={
            "id": f"{cost.id}-",
            "at": now,
            "by": by,
            "reverses": cost.id,
            "cost_fen": -cost.cost_fen,
            "minutes": -cost.minutes,
            "quantity_milli": -cost.quantity_milli,
        }
    )


def totals(costs: Sequence[Cost]) -> dict[str, int]:
    """What all rows come to, reversals taken off."""
    labour = sum(one.cost_fen for one in costs if one.kind == "labour")
    material = sum(one.cost_fen for one in costs if one.kind == "material")
    return {
        "minutes": sum(one.minutes for one in costs),
        "labour_fen": labour,
        "material_fen": material,
        "total_fen": labour + material,
    }
