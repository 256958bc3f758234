"""Spans of time in a form: a number and its unit, which says the clock too. Pure."""

from dataclasses import dataclass
from datetime import timedelta

from chalicelib.errors import N_, Invalid
from chalicelib.service_levels.models import Clock, Span

#: In the order of the menu: code → the clock, which part of a span, and its words.
UNITS: dict[str, tuple[Clock, str, str]] = {
    "m": ("always", "minutes", N_("minutes")),
    "h": ("always", "hours", N_("hours")),
    "d": ("always", "days", N_("days")),
    "wm": ("working", "minutes", N_("working minutes")),
    "wh": ("working", "hours", N_("working hours")),
    "wd": ("working", "days", N_("working days")),
}
_PARTS = ("days", "hours", "minutes")
_NUMBER = N_("Give a whole number here, such as 2.")
_UNIT = N_("Choose a unit.")
_MOST = 9_999


@dataclass(frozen=True, slots=True)
class Typed:
    """A span as a form has it. Of a span that no single number says (1 day 4 hours) the unit is all of it."""

    amount: str = ""
    unit: str = ""


def typed(span: Span | None, none: str = "") -> Typed:
    """A span for a form; `none` is the unit's code for nothing."""
    if span is None:
        return Typed("", none)
    given = [part for part in _PARTS if getattr(span, part)]
    if len(given) > 1:
        return Typed("", f"{span.clock}-{span.days}-{span.hours}-{span.minutes}")
    part = given[0] if given else "minutes"
    code = next(code for code, (clock, name, _) in UNITS.items() if (clock, name) == (span.clock, part))
    return Typed(str(getattr(span, part)), code)


def read(name: str, amount: str, unit: str) -> Span | None:
    """The span that was typed, None for no number; raises Invalid for the field `name`."""
    if whole := _whole(unit):
        return whole
    if not amount.strip():
        return None
    if unit not in UNITS:
        raise Invalid.field(name, "missing", _UNIT)
    clock, part, _ = UNITS[unit]
    return Span(clock, **{part: number(name, amount)})


def number(name: str, text: str) -> int:
    """A whole number that was typed; raises Invalid for the field `name`."""
    text = text.strip()
    if not text.isascii() or not text.isdigit() or int(text[:9]) > _MOST:
        raise Invalid.field(name, "not_a_number", _NUMBER)
    return int(text)


def typed_length(length: timedelta) -> Typed:
    """A length of time for a form, in the largest unit that says it exactly."""
    units = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("m", timedelta(minutes=1)))
    unit, one = next((pair for pair in units if not length % pair[1]), units[-1])
    return Typed(str(length // one), unit)


def read_length(name: str, amount: str, unit: str) -> timedelta:
    """The length of time that was typed; raises Invalid for the field `name`."""
    span = read(name, amount, unit)
    if span is None:
        raise Invalid.field(name, "missing", _NUMBER)
    return span.wall


def _whole(unit: str) -> Span | None:
    clock, *parts = unit.split("-")
    if clock not in ("always", "working") or len(parts) != len(_PARTS):
        return None
    if not all(part.isascii() and part.isdigit() and len(part) < 5 for part in parts):
        return None
    days, hours, minutes = map(int, parts)
    return Span("always" if clock == "always" else "working", days, hours, minutes)
