"""Months of the programme, and when points end. No I/O, no clock."""

from datetime import UTC, datetime

from chalicelib.points.models import Month
from chalicelib.points.policy import LIFE_MONTHS, ZONE


def month_of(moment: datetime) -> Month:
    """The month that a moment lies in."""
    return f"{moment.astimezone(ZONE):%Y-%m}"


def later(month: Month, count: int) -> Month:
    """So many months later; earlier with a negative count."""
    months = int(month[:4]) * 12 + int(month[5:]) - 1 + count
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


def start_of(month: Month) -> datetime:
    """Its first instant."""
    return datetime(int(month[:4]), int(month[5:]), 1, tzinfo=ZONE).astimezone(UTC)


def end_of(month: Month) -> datetime:
    """The first instant behind it: when its lots have expired."""
    return start_of(later(month, 1))


def last_month(earned: datetime) -> Month:
    """The month with whose end points expire that are earned at a moment: at least twelve months later."""
    return later(month_of(earned), LIFE_MONTHS)
