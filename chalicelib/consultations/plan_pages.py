"""A designer's hours and services, as a form: weekly hours, days that differ, kinds of appointments."""

from dataclasses import replace
from typing import Any

from chalice.app import Response

from chalicelib.answers import flash_words, page
from chalicelib.consultations import hours, plans, store
from chalicelib.consultations.api import CALENDAR
from chalicelib.consultations.input_models import SavePlan
from chalicelib.consultations.models import Plan, Service
from chalicelib.consultations.page_routes import routes
from chalicelib.consultations.page_views import MODES
from chalicelib.consultations.policy import HORIZON, MOST_SERVICES, NOTICE_HOURS
from chalicelib.errors import N_, Invalid, NotFound, PortalError
from chalicelib.ids import new_id
from chalicelib.inputs import from_form
from chalicelib.page_words import DEFAULT_ZONE, Speech, gettext, speak
from chalicelib.pages import Fields, go, said, stay, typed, values, whole_number
from chalicelib.photos.picked import picked
from chalicelib.web import Call, url

SAVED = flash_words("plan_saved", "success", N_("Saved. It holds from now on; what is booked already stays."))
_DAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip
_PARTS = ("name", "minutes", "before", "after", "mode", "seats", "approval")


def _designer(call: Call) -> str:
    """Whose hours: those asked for, else one's own; raises NotFound."""
    wanted = call.query.get("designer") if call.route.method == "GET" else call.field("designer")
    if not wanted and "designer" not in call.person.roles:
        raise NotFound
    return wanted or call.person.id


@routes.page("/desk/calendar/hours", CALENDAR, "A designer's hours and services")
def show(call: Call) -> Response:
    """The form, filled with what holds, or with what was typed before a picture was sent."""
    return _show(call, _designer(call), typed(call, url("/desk/calendar/hours")))


def _show(call: Call, designer: str, fields: Fields | None, error: PortalError | None = None) -> Response:
    _, member = plans.managed(call.portal, call.person, designer)
    plan = next(iter(store.plans(call.portal.db, [designer])), None)
    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    given = fields or _fields_of(plan)
    one = values(given)
    count = max([n + 1 for n in range(MOST_SERVICES) if f"s{n}_name" in given], default=0)
    rows = [
        {part: one[f"s{n}_{part}"] for part in (*_PARTS, "id")} | {"n": n}
        for n in range(min(count + 1, MOST_SERVICES))
    ]
    pictures = picked(call, given.get("photo_ids", [])[-1:])
    context = {
        "designer": {"id": designer, "name": member.name},
        "version": one["version"] or str(plan.version if plan else 0),
        "zone": plan.zone_name if plan else "",
        "week": [(n, gettext(_DAYS[n])) for n in range(7)],
        "services": rows,
        "modes": [(mode, gettext(words)) for mode, words in MODES.items()],
        "values": one,
        "photos": pictures,
        "picture_kept": "" if pictures else one["photo_ids"],
        "errors": said(error) if error else [],
    }
    return page(call, "desk/hours.html", context, error.status if error else 200)


def _fields_of(plan: Plan | None) -> Fields:
    """What holds, as the form's fields."""
    plan = plan or Plan(consultant_id="", zone_name="")
    fields = {f"day{n}": [hours.write_hours(day)] for n, day in enumerate(plan.week)}
    for n, one in enumerate(plan.services):
        fields |= {f"s{n}_{part}": [_shown(getattr(one, part))] for part in (*_PARTS, "id")}
    fields |= {"photo_ids": [plan.photo_id]} if plan.photo_id else {}
    fields |= {"words": [plan.words], "exceptions": [hours.write_days(plan.exceptions)]}
    fields |= {"travel": [str(plan.travel)], "daily_limit": [str(plan.daily_limit or "")]}
    fields |= {"notice": [str(plan.notice)], "horizon": [str(plan.horizon)]}
    return fields | ({"holidays": ["1"]} if plan.holidays else {})


def _shown(value: Any) -> str:
    return ("1" if value else "") if isinstance(value, bool) else str(value)


@routes.form(
    "/desk/calendar/hours", CALENDAR, "Save a designer's hours and services", on="/desk/calendar/hours"
)
def save(call: Call) -> Response:
    """Save, unless somebody else did since the form was opened."""
    designer = _designer(call)

    def work() -> Response:
        body = _read(
            call,
            week=[hours.read_hours(call.field(f"day{n}"), f"day{n}") for n in range(7)],
            exceptions=hours.read_days(call.field("exceptions"), "exceptions"),
            holidays=bool(call.field("holidays")),
            travel=whole_number(call.field("travel") or "0", "travel"),
            daily_limit=whole_number(call.field("daily_limit") or "0", "daily_limit"),
            notice=whole_number(call.field("notice") or str(NOTICE_HOURS), "notice"),
            horizon=whole_number(call.field("horizon") or str(HORIZON.days), "horizon"),
        )
        try:
            plans.save(call.portal, call.person, designer, body, call.now)
        except Invalid as error:
            raise _beside(error, []) from error
        return go(url("/desk/calendar", designer=designer), SAVED)

    return stay(lambda error: _show(call, designer, call.form, error), work)


def _read(call: Call, **fields: Any) -> SavePlan:
    """The plan that the form says; what is wrong with a service stands beside its own field."""
    services = _services(call)
    rows = [str(row.pop("row")) for row in services]
    version = whole_number(call.field("version"), "version")
    try:
        return from_form(
            SavePlan,
            version=version,
            words=call.field("words"),
            photo_id=_picture(call),
            services=services,
            **fields,
        )
    except Invalid as error:
        raise _beside(error, rows) from error


def _picture(call: Call) -> str | None:
    """The last one chosen."""
    return next(reversed(call.form.get("photo_ids", [])), None)


def _beside(error: Invalid, rows: list[str]) -> Invalid:
    """The error with the form's names of its fields."""
    return Invalid(errors=tuple(replace(one, field=_spot(one.field, rows)) for one in error.errors))


def _spot(field: str, rows: list[str]) -> str:
    """The form's name of a field such as `services.0.minutes`."""
    if field == "services":  # of several of them: it is said on top
        return ""
    parts = field.split(".")
    return f"s{rows[int(parts[1])]}_{parts[2]}" if parts[0] == "services" and len(parts) == 3 else field


def _services(call: Call) -> list[dict[str, Any]]:
    """The services of the form; a row without a name is none."""
    found = []
    for n in range(MOST_SERVICES):
        if not call.field(f"s{n}_name"):
            continue
        row: dict[str, Any] = {part: call.field(f"s{n}_{part}") for part in ("name", "mode")}
        row |= {
            part: whole_number(
                call.field(f"s{n}_{part}") or str(Service.model_fields[part].get_default() or 0),
                f"s{n}_{part}",
            )
            for part in ("before", "after", "seats")
        }
        row["minutes"] = whole_number(call.field(f"s{n}_minutes") or "60", f"s{n}_minutes")
        row["id"] = call.field(f"s{n}_id") or new_id(call.now).lower()
        row["row"] = n
        row["approval"] = bool(call.field(f"s{n}_approval"))
        found.append(row)
    if not found:
        raise Invalid.field("s0_name", "missing", N_("Offer at least one service."))
    return found
