"""A roster as the desk's form has it, and back. Pure."""

from collections.abc import Mapping
from datetime import date, time

from chalicelib.duty.models import Change, Duty, Roster
from chalicelib.errors import N_, Invalid

Form = Mapping[str, str]
_DAY = N_("Give a day, such as 2026-12-31.")
_DAYS = N_("Tick the days of the week on which it begins.")
_TIMES = N_("Give both times, such as 22:00 and 07:00.")


def fields(roster: Roster, today: date) -> dict[str, str]:
    """The form's fields for a roster; changes of days that are over are left out."""
    found: dict[str, str] = {}
    for n, duty in enumerate(roster.weekly):
        found |= {
            f"w{n}_who": duty.account_id,
            f"w{n}_start": _clock(duty.start),
            f"w{n}_end": _clock(duty.end),
        }
        found |= {f"w{n}_{day}": "1" for day in duty.days}
    for n, one in enumerate(coming(roster, today)):
        found |= {f"c{n}_day": one.day.isoformat(), f"c{n}_who": one.account_id}
        if one.start is not None and one.end is not None:
            found |= {f"c{n}_start": _clock(one.start), f"c{n}_end": _clock(one.end)}
    return found


def coming(roster: Roster, today: date) -> list[Change]:
    """The changes that are not over, in order; one of yesterday may still be going on past midnight."""
    last = sorted(roster.changes, key=lambda one: (one.day, one.account_id, one.start or 0))
    return [one for one in last if (today - one.day).days <= 1]


def rows(form: Form, letter: str) -> int:
    """How many rows of a kind a form has; empty ones between count."""
    given = [
        name[1:].split("_")[0] for name, value in form.items() if name[:1] == letter and "_" in name and value
    ]
    return max((int(n) + 1 for n in given if n.isascii() and n.isdigit() and len(n) < 4), default=0)


def read(form: Form, zone_name: str) -> Roster:
    """The roster that was typed; rows without a name are left out. Raises Invalid for a field."""
    weekly = [_duty(form, n) for n in range(rows(form, "w")) if form.get(f"w{n}_who")]
    changes = [_change(form, n) for n in range(rows(form, "c")) if form.get(f"c{n}_who")]
    return Roster(zone_name, tuple(weekly), tuple(changes))


def _duty(form: Form, n: int) -> Duty:
    days = tuple(day for day in range(7) if form.get(f"w{n}_{day}"))
    if not days:
        raise Invalid.field(f"w{n}_days", "missing", _DAYS)
    start, end = _minutes(form, f"w{n}_start"), _minutes(form, f"w{n}_end")
    if start is None or end is None:
        raise Invalid.field(f"w{n}_start", "missing", _TIMES)
    return Duty(form[f"w{n}_who"], days, start, end)


def _change(form: Form, n: int) -> Change:
    try:
        day = date.fromisoformat(form.get(f"c{n}_day", ""))
    except ValueError as error:
        raise Invalid.field(f"c{n}_day", "not_a_day", _DAY) from error
    start, end = _minutes(form, f"c{n}_start"), _minutes(form, f"c{n}_end")
    if (start is None) != (end is None):
        raise Invalid.field(f"c{n}_start", "missing", _TIMES)
    return Change(day, form[f"c{n}_who"], start, end)


def _minutes(form: Form, name: str) -> int | None:
    text = form.get(name, "")
    if not text:
        return None
    try:
        clock = time.fromisoformat(text)
    except ValueError as error:
        raise Invalid.field(name, "not_a_time", _TIMES) from error
    return clock.hour * 60 + clock.minute


def _clock(minutes: int) -> str:
    """24:00, which clocks do not show, as the 0:00 that it is."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"
