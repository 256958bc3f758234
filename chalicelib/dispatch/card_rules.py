"""A worker's card as people write it: hours of a day as text, certificates by their last day. No I/O."""

import re
from datetime import date

from chalicelib.dispatch.models import Certificate, Shift
from chalicelib.dispatch.policy import CertificateKind
from chalicelib.errors import N_, Invalid

_FRAME = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~～至到]+\s*(\d{1,2})[:：](\d{2})")
_HOURS = N_("Write hours like 08:00-12:00, 13:30-18:00, or nothing for a day off.")
_DATE = N_("Please give a date.")
_MONEY = N_("Please give an amount in yuan, such as 45 or 45.50.")


def read_hours(day: int, text: str) -> list[Shift]:
    """One day's hours, 0 for Monday: "8:00-12:00, 13:30-18:00". Raises Invalid for what can't be read."""
    rest = _FRAME.sub("", text)
    frames = _FRAME.findall(text)
    if re.sub(r"[\s,，;；、和]", "", rest) or any(
        int(h) > 23 or int(m) > 59 for f in frames for h, m in (f[:2], f[2:])
    ):
        raise Invalid.field(f"day_{day}", "not_hours", _HOURS)
    return [Shift(day=day, start=f"{int(a):02}:{b}", end=f"{int(c):02}:{d}") for a, b, c, d in frames]


def write_hours(shifts: list[Shift], day: int) -> str:
    """One day's hours as people write them."""
    return ", ".join(f"{one.start}-{one.end}" for one in shifts if one.day == day)


def read_certificate(kind: CertificateKind, text: str) -> Certificate | None:
    """A certificate by its last day; None where the field is empty. Raises Invalid."""
    if not text:
        return None
    try:
        return Certificate(kind=kind, valid_until=date.fromisoformat(text))
    except ValueError as error:
        raise Invalid.field(f"until_{kind}", "not_a_date", _DATE) from error


def read_yuan(text: str, field: str) -> int | None:
    """An amount in yuan as fen; None for nothing. Raises Invalid."""
    if not text:
        return None
    if not re.fullmatch(r"\d{1,7}(\.\d{1,2})?", text, re.ASCII):
        raise Invalid.field(field, "not_money", _MONEY)
    yuan, _, rest = text.partition(".")
    return int(yuan) * 100 + int(rest.ljust(2, "0") or 0)


def write_yuan(fen: int | None, group: str = "") -> str:
    """Fen as yuan, "45" or "45.50"; with "," as `group` to be read, "1,045.50", without it to be typed."""
    if fen is None:
        return ""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100:{group}}" + (f".{fen % 100:02}" if fen % 100 else "")
