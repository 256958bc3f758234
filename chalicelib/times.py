"""Moments as text. Everything kept or sent is UTC."""

from datetime import UTC, datetime

#: Before anything that the portal keeps: since when its own rules hold.
BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)


def rfc3339(moment: datetime) -> str:
    """A moment as the API says it: UTC, milliseconds, Z. Such texts sort by time."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return (
        utc.isoformat(timespec="milliseconds")[:-6] + "Z"
    )  # without its "+00:00"; strftime takes three times as long


def kept(moment: datetime) -> datetime:
    """A moment as it is after it was kept: to the millisecond."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def this_moment() -> datetime:
    """What time it is, as it would be kept: what is answered at once must be what is read later, to the millisecond."""
    return kept(datetime.now(UTC))


def moment(text: str) -> datetime:
    """The moment that `rfc3339` wrote."""
    return datetime.fromisoformat(text)
