"""Moments as text. Everything kept or sent is UTC."""

from datetime import UTC, datetime


def rfc3339(moment: datetime) -> str:
    """A moment as the API says it: UTC, milliseconds, Z. Such texts sort by time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def moment(text: str) -> datetime:
    """The moment that `rfc3339` wrote."""
    return datetime.fromisoformat(text)
