"""Service levels at the desk: what is promised, and when work is done."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from chalice.app import Response

from chalicelib.due.page_views import delay_words
from chalicelib.errors import N_
from chalicelib.issues.policy import CATEGORIES
from chalicelib.managing import calendar_form, levels, policy_form, preview
from chalicelib.managing.calendar_rules import check_calendar
from chalicelib.managing.level_rules import check_policy
from chalicelib.managing.page_flow import Edit, Place, flow, history, place, shown, staff_of
from chalicelib.managing.page_routes import routes
from chalicelib.managing.policy import MAX_RUNGS
from chalicelib.managing.spans import UNITS
from chalicelib.page_words import gettext
from chalicelib.service_levels.calendar_models import Calendar
from chalicelib.service_levels.calendars import YEARS, unknown_year
from chalicelib.service_levels.models import Levels, Policy
from chalicelib.service_levels.policy import CALENDAR_AHEAD
from chalicelib.web import MANAGERS, Call

Body = TypeVar("Body", Policy, Calendar)
POLICY, CALENDAR = "/desk/rules/policy", "/desk/rules/calendar"
GOALS = {
    "acknowledge": N_("First answer"),
    "on_site": N_("On site"),
    "next_update": N_("Next word to the owner"),
    "resolve": N_("The repair"),
}
CLASSES = {
    "L1": N_("L1, urgent: water, electricity, gas, lift"),
    "L2": N_("L2, quality"),
    "L3": N_("L3, complex: contract, dispute"),
}
TOLD = {
    "assignee": N_("Whoever has it"),
    "front_line": N_("Front desk"),
    "senior": N_("Senior staff"),
    "manager": N_("Manager"),
    "expert": N_("Expert"),
}
COMPLAINT_GOALS = {
    "start": N_("Investigation started"),
    "investigate": N_("Facts established"),
    "opinion": N_("It is decided"),
    "reply": N_("Written reply after the decision"),
    "reply_latest": N_("Written reply at the very latest"),
    "answer": N_("Answer to a suggestion"),
}
WEEKDAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip


@routes.page(POLICY, MANAGERS, "What a community promises")
def show_policy(call: Call) -> Response:
    """The policy's form and its history."""
    here = place(call, POLICY, call.query.get("community_id"))
    found = levels.kept(call.portal, here.community.id)
    return _policy(here, found, Edit(policy_form.fields(found.policy)))


@routes.form(POLICY, MANAGERS, "Preview or save what is promised", on=POLICY)
def change_policy(call: Call) -> Response:
    """Preview, then save."""
    here = place(call, POLICY, call.field("community_id"))
    found = levels.kept(call.portal, here.community.id)

    def read(form: dict[str, str]) -> Policy:
        policy = policy_form.read(form, found.policy)
        check_policy(policy)
        return policy

    return _levels_flow(
        here, found, read, found.with_policy, levels.save_policy, lambda edit: _policy(here, found, edit)
    )


def _levels_flow(
    here: Place,
    found: levels.Kept,
    read: Callable[[dict[str, str]], Body],
    changed: Callable[[Body, datetime, datetime], Levels],
    save: Callable[..., Any],
    show: Callable[[Edit], Response],
) -> Response:
    """A policy's or a calendar's way: read, previewed on the open issues, saved."""
    portal, community_id, now = here.call.portal, here.community.id, here.call.now
    return flow(
        here,
        read,
        lambda: found.book.version,
        lambda body, start: preview.of_levels(
            portal, community_id, found.levels, changed(body, start, now), start
        ),
        lambda body, seen, wanted: save(portal, here.call.person, community_id, body, seen, wanted, now),
        show,
    )


def _policy(here: Place, found: levels.Kept, edit: Edit) -> Response:
    categories = [
        {
            "id": name,
            "name": category.name(here.call.locale),
            "own": any(edit.fields.get(f"{name}_{goal}_u") for goal in policy_form.GOALS),
        }
        for name, category in CATEGORIES.items()
    ]
    context = {
        "goals": _words(GOALS),
        "classes": _words(CLASSES),
        "told": _words(TOLD),
        "rungs": range(1, MAX_RUNGS + 1),
        "categories": categories,
        "pauses": policy_form.PAUSES,
        "delays": [(name, delay_words(name)) for _, name in found.policy.delays],
        "complaint_goals": _words(COMPLAINT_GOALS),
        "units": units(),
        "history": history(found.book.policies, staff_of(here), here.call.now),
    }
    return shown(here, "desk/rules_policy.html", edit, found.book.version, context)


def _words(words: dict[str, str]) -> list[tuple[str, str]]:
    return [(name, gettext(text)) for name, text in words.items()]


def units() -> list[tuple[str, str]]:
    """The menu of units."""
    return [(code, gettext(words)) for code, (_, _, words) in UNITS.items()]


@routes.page(CALENDAR, MANAGERS, "When a community works")
def show_calendar(call: Call) -> Response:
    """The calendar's form, the holidays that are known, and its history."""
    here = place(call, CALENDAR, call.query.get("community_id"))
    found = levels.kept(call.portal, here.community.id)
    return _calendar(here, found, Edit(calendar_form.fields(found.calendar)))


@routes.form(CALENDAR, MANAGERS, "Preview or save when work is done", on=CALENDAR)
def change_calendar(call: Call) -> Response:
    """Preview, then save."""
    here = place(call, CALENDAR, call.field("community_id"))
    found = levels.kept(call.portal, here.community.id)

    def read(form: dict[str, str]) -> Calendar:
        calendar = calendar_form.read(form, found.zone_name)
        check_calendar(calendar)
        return calendar

    return _levels_flow(
        here,
        found,
        read,
        found.with_calendar,
        levels.save_calendar,
        lambda edit: _calendar(here, found, edit),
    )


def _calendar(here: Place, found: levels.Kept, edit: Edit) -> Response:
    today = here.call.now.astimezone(here.community.zone).date()
    context = {
        "goals": _words(GOALS),
        "weekdays": [(n, gettext(words)) for n, words in enumerate(WEEKDAYS)],
        "holidays": [_year(year) for year in (today.year, today.year + 1) if year in YEARS],
        "unknown": unknown_year(found.calendar, here.call.now, CALENDAR_AHEAD),
        "history": history(found.book.calendars, staff_of(here), here.call.now),
    }
    return shown(here, "desk/rules_calendar.html", edit, found.book.version, context)


def _year(year: int) -> dict[str, Any]:
    """China's days of a year in runs: from when until when off, and the weekends that are worked."""
    known = YEARS[year]
    return {"year": year, "off": _runs(year, known.off), "worked": _days(year, known.worked)}


def _days(year: int, texts: frozenset[str]) -> list[date]:
    return sorted(date(year, int(text[:2]), int(text[2:])) for text in texts)


def _runs(year: int, texts: frozenset[str]) -> list[tuple[date, date]]:
    """Days off as stretches; weekends between two of them belong to the same one."""
    runs: list[tuple[date, date]] = []
    for day in _days(year, texts):
        if runs and all(
            (runs[-1][1] + timedelta(days=n)).weekday() > 4 for n in range(1, (day - runs[-1][1]).days)
        ):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs
