"""What an event is worth, which level somebody has, and what is to be done next. No I/O, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.points.models import EarningEvent, EarningRule, Month, Purse, Tier
from chalicelib.points.months import end_of, later, start_of
from chalicelib.points.policy import LIFE_MONTHS, TIERS, ZONE

Span = str
_ORDER: tuple[Tier, ...] = tuple(TIERS)


@dataclass(frozen=True, slots=True)
class Award:
    """What an event is worth: points, real from `due` on; `why` says why there are none."""

    points: int
    due: datetime | None = None
    why: str = ""


def spans(at: datetime) -> dict[str, Span]:
    """The day, month and year that an event counts for, by the name of the rule's cap."""
    local = at.astimezone(ZONE)
    return {"cap_day": f"{local:%Y-%m-%d}", "cap_month": f"{local:%Y-%m}", "cap_year": f"{local:%Y}"}


def award(rule: EarningRule, event: EarningEvent, tier: Tier, used: Mapping[Span, int]) -> Award:
    """What an event earns by the rule of its moment, at a level, when so much was earned already in its day, month and
    year. What goes beyond a cap is not earned."""
    if rule.valid_until is not None and event.at >= rule.valid_until:
        return Award(0, why="over")
    times = event.amount_fen // rule.per_fen if rule.per_fen else 1
    worth = rule.points * times * rule.factors.get(tier, 100) // 100
    points = max(0, min([worth, *_room(rule, event, used)]))
    if not points:
        return Award(0, why="capped" if worth else "worth_nothing")
    due = event.at + timedelta(days=rule.pending_days) if rule.pending_days else None
    return Award(points, due)


def _room(rule: EarningRule, event: EarningEvent, used: Mapping[Span, int]) -> list[int]:
    """What each cap still leaves."""
    caps = {name: getattr(rule, name) for name in spans(event.at)}
    return [
        caps[name] - used.get(span, 0) for name, span in spans(event.at).items() if caps[name] is not None
    ]


def earned_by(earned: Mapping[Month, int], month: Month) -> int:
    """What counts for the level in a month: all that was earned in it and the twelve before, which is what has not
    expired by its age."""
    return sum(points for one, points in earned.items() if later(month, -LIFE_MONTHS) <= one <= month)


def tier_for(points: int) -> Tier:
    """The level of so many points."""
    return max((tier for tier in _ORDER if TIERS[tier] <= points), key=_ORDER.index)


def higher(one: Tier, other: Tier) -> Tier:
    """The higher of two levels."""
    return max(one, other, key=_ORDER.index)


def next_tier(tier: Tier) -> Tier | None:
    """The level above; None above the last."""
    place = _ORDER.index(tier) + 1
    return _ORDER[place] if place < len(_ORDER) else None


@dataclass(frozen=True, slots=True)
class TierCheck:
    """What a month's beginning does to a level: the one that holds, and the month from which on it will be lower
    unless more is earned (empty when it stays)."""

    tier: Tier
    warned: Month


def check_tier(purse: Purse, month: Month) -> TierCheck:
    """Look at somebody's level as a month begins. It goes down only in the month that was announced, a month before."""
    holds = tier_for(earned_by(purse.earned, month))
    tier = purse.tier
    announced = purse.warned != "" and purse.warned <= month
    if announced or higher(holds, tier) == holds:
        tier = holds
    coming = later(month, 1)
    stays = tier_for(earned_by(purse.earned, coming))
    return TierCheck(tier, coming if higher(stays, tier) != stays else "")


def next_moment(purse: Purse) -> datetime | None:
    """When something is to be done about a purse next: pending points become real, lots expire or are about to, a level
    is looked at. None when nothing is to come."""
    moments = [one.due for one in purse.pending]
    if purse.expiring:
        first = min(purse.expiring)
        moments.append(start_of(first) if first > purse.told else end_of(first))
    if purse.tier != "standard":
        moments.append(end_of(purse.checked))
    return min(moments, default=None)


@dataclass(frozen=True, slots=True)
class Ahead:
    """The next level, and how many points it is away."""

    tier: Tier
    missing: int


def ahead(purse: Purse, month: Month) -> Ahead | None:
    """What is missing to the next level; None at the highest."""
    above = next_tier(purse.tier)
    if above is None:
        return None
    return Ahead(above, max(0, TIERS[above] - earned_by(purse.earned, month)))
