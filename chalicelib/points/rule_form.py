"""An earning rule as a form's fields, and back. No I/O, no clock."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.errors import N_, Invalid
from chalicelib.inputs import from_form
from chalicelib.points.models import EarningRule
from chalicelib.points.policy import TIERS

_NUMBER = N_("Please give a whole number here.")
_TIME = N_("Please give a date and time.")
_CAPS = ("cap_day", "cap_month", "cap_year")


def fields(rule: EarningRule, zone: ZoneInfo) -> dict[str, str]:
    """A rule as its form shows it."""
    until = rule.valid_until
    return {
        "points": str(rule.points),
        "per_yuan": str(rule.per_fen // 100),
        "pending_days": str(rule.pending_days),
        "valid_until": f"{until.astimezone(zone):%Y-%m-%dT%H:%M}" if until else "",
        **{name: "" if getattr(rule, name) is None else str(getattr(rule, name)) for name in _CAPS},
        **{f"factor_{tier}": str(rule.factors.get(tier, 100)) for tier in TIERS},
    }


def read(given: dict[str, str], zone: ZoneInfo) -> EarningRule:
    """A form as a rule; raises Invalid."""
    wanted: dict[str, Any] = {name: _number(given, name) for name in _CAPS if given[name]}
    return from_form(
        EarningRule,
        points=_number(given, "points"),
        per_fen=_number(given, "per_yuan") * 100 if given["per_yuan"] else 0,
        pending_days=_number(given, "pending_days"),
        factors={tier: _number(given, f"factor_{tier}") for tier in TIERS},
        valid_until=_until(given["valid_until"], zone),
        **wanted,
    )


def _number(given: dict[str, str], name: str) -> int:
    text = given[name].strip()
    if not text.isascii() or not text.isdigit() or len(text) > 8:
        raise Invalid.field(name, "not_a_number", _NUMBER)
    return int(text)


def _until(text: str, zone: ZoneInfo) -> str | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).isoformat()
    except ValueError as error:
        raise Invalid.field("valid_until", "not_a_time", _TIME) from error
