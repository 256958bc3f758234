"""Decoration projects at the desk: the list, beginning one, its dates, its reports."""

from datetime import date
from typing import Any

from chalice.app import Response

from chalicelib.answers import flash_words, page
from chalicelib.communities import store as communities
from chalicelib.consultations import plans
from chalicelib.consultations.api import CALENDAR
from chalicelib.errors import N_, NotFound, PortalError
from chalicelib.inputs import from_form
from chalicelib.once import once, sent_once
from chalicelib.page_words import Speech, speak
from chalicelib.pages import Fields, go, said, stay, typed, values, whole_number
from chalicelib.photos.picked import picked
from chalicelib.projects import page_views, rules, service
from chalicelib.projects.api import looked_after
from chalicelib.projects.models import SaveStages, Say, StartProject, WriteReport
from chalicelib.projects.page_routes import routes
from chalicelib.projects.policy import MOST_PHOTOS, MOST_STAGES
from chalicelib.projects.views import ProjectView
from chalicelib.web import Call, url

BEGUN = flash_words(
    "project_begun", "success", N_("Begun. The home has been told. Now enter the planned dates.")
)
SAVED = flash_words("project_saved", "success", N_("Saved. The home has been told."))
REPORTED = flash_words("project_reported", "success", N_("Sent. The home reads it now."))
ANSWERED = flash_words("project_answered", "success", N_("Sent. The home has been told."))
_DATES = ("planned_from", "planned_until", "began", "done")


@routes.page("/desk/projects", CALENDAR, "Decoration projects")
def listed(call: Call) -> Response:
    """A community's, running ones first."""
    return _listed(call, {})


def _community(call: Call) -> tuple[str, list[tuple[str, str]]]:
    ids = call.person.communities(plans.CALENDAR_ROLES)
    wanted = (
        call.query.get("community_id") if call.route.method == "GET" else call.field("community_id")
    ) or ids[0]
    if wanted not in ids:
        raise NotFound
    return wanted, [(one, communities.get(call.portal.db, one).name) for one in ids]


def _listed(call: Call, fields: Fields, error: PortalError | None = None) -> Response:
    chosen, names = _community(call)
    speak(Speech(call.now, communities.get(call.portal.db, chosen).zone, call.locale))
    rows = looked_after(call, chosen)
    who = {one.id: one.name for one in plans.designers(call.portal, chosen)}
    items = [_line(row, who) for row in rows]
    context = {
        "communities": names,
        "community_id": chosen,
        "items": sorted(items, key=lambda row: (row["ended"] is not None, str(row["unit_id"]))),
        "designers": list(who.items()) if "manager" in call.person.roles_in(chosen) else [],
        "values": values(fields),
        "errors": said(error) if error else [],
    }
    return page(call, "desk/projects.html", context, error.status if error else 200)


def _line(row: dict[str, Any], who: dict[str, str]) -> dict[str, Any]:
    ended = date.fromisoformat(row["ended"]) if row.get("ended") else None
    return {**row, "designer": who.get(row["designer_id"], ""), "ended": ended}


@routes.form("/desk/projects", CALENDAR, "Begin a home's project", on="/desk/projects")
def start(call: Call) -> Response:
    """Begin it with the usual stages."""

    def work() -> Response:
        body = from_form(
            StartProject,
            unit_id=call.field("unit_id").strip(),
            community_id=call.field("community_id"),
            designer_id=call.field("designer_id") or None,
        )
        key = sent_once(call, "desk/projects", body)
        project = service.start(call.portal, call.person, body, key, call.now)
        return go(url(f"/desk/projects/{project.unit_id}"), BEGUN)

    return stay(lambda error: _listed(call, call.form, error), work)


@routes.page("/desk/projects/{unit_id}", CALENDAR, "A decoration project at the desk")
def show(call: Call, unit_id: str) -> Response:
    """Its dates, what is owed, its reports."""
    return _show(call, unit_id, typed(call, url(f"/desk/projects/{unit_id}")))


def _show(
    call: Call, unit_id: str, fields: Fields, opened: str = "", error: PortalError | None = None
) -> Response:
    project, view = page_views.whole(call, unit_id, "staff")
    this = rules.month_of(call.now.astimezone(project["zone"]).date())
    written = {one.month for one in view.reports}
    months = [*view.owed, *([this] if this not in written and not view.ended else [])]
    context = {
        "project": project,
        "rows": _rows(view, values(fields), typed_in=opened == "stages"),
        "ended": values(fields)["ended"] if opened == "stages" else str(view.ended or ""),
        "months": [(one, page_views.month_words(one, call.locale)) for one in months],
        "photos": picked(call, fields.get("photo_ids", [])),
        "max_photos": MOST_PHOTOS,
        "values": values(fields),
        "open_form": opened,
        "errors": said_beside(error) if error else [],
    }
    return page(call, "desk/project.html", context, error.status if error else 200, project["zone"])


def said_beside(error: PortalError) -> list[dict[str, str]]:
    """An error's fields by the form's names: `stages.0.done` is `s0_done`."""
    rows = said(error)
    for row, one in zip(rows, error.errors, strict=False):
        parts = one.field.split(".")
        row["field"] = f"s{parts[1]}_{parts[2]}" if len(parts) == 3 else row["field"]
    return rows


def _rows(view: ProjectView, given: dict[str, str], *, typed_in: bool) -> list[dict[str, Any]]:
    """The form's stages, and an empty one."""
    if typed_in:
        count = max((n for n in range(MOST_STAGES) if given[f"s{n}_name"]), default=-1) + 1
        rows = [{name: given[f"s{n}_{name}"] for name in ("name", *_DATES)} for n in range(count)]
    else:
        rows = [
            {"name": one.name, **{name: str(getattr(one, name) or "") for name in _DATES}}
            for one in view.stages
        ]
    return [*rows, dict.fromkeys(("name", *_DATES), "")][:MOST_STAGES]


@routes.form(
    "/desk/projects/{unit_id}/stages", CALENDAR, "Save a project's dates", on="/desk/projects/{unit_id}"
)
def save(call: Call, unit_id: str) -> Response:
    """Save, unless somebody else did since the form was opened."""

    def work() -> Response:
        version = whole_number(call.field("version"), "version")
        named = [n for n in range(MOST_STAGES) if call.field(f"s{n}_name").strip()]
        stages = [
            {"name": call.field(f"s{n}_name"), **{one: call.field(f"s{n}_{one}") or None for one in _DATES}}
            for n in named
        ]
        body = from_form(SaveStages, version=version, stages=stages, ended=call.field("ended") or None)
        name = f"project-{version}-{unit_id}"[:64]
        key = once(call.person.id, name, f"desk/projects/{unit_id}", body)
        service.save(call.portal, call.person, unit_id, body, key, call.now)
        return go(url(f"/desk/projects/{unit_id}"), SAVED)

    return stay(lambda error: _show(call, unit_id, call.form, "stages", error), work)


@routes.form(
    "/desk/projects/{unit_id}/report", CALENDAR, "Write a month's report", on="/desk/projects/{unit_id}"
)
def report(call: Call, unit_id: str) -> Response:
    """Send it. Tapping twice makes one."""

    def work() -> Response:
        body = from_form(
            WriteReport,
            month=call.field("month"),
            text=call.field("text"),
            photo_ids=call.form.get("photo_ids", []),
        )
        key = sent_once(call, f"desk/projects/{unit_id}/report", body)
        service.report(call.portal, call.person, unit_id, body, key, call.now)
        return go(url(f"/desk/projects/{unit_id}") + f"#r-{body.month}", REPORTED)

    return stay(lambda error: _show(call, unit_id, call.form, "report", error), work)


@routes.form(
    "/desk/projects/{unit_id}/reports/{month}",
    CALENDAR,
    "Answer about a month's report",
    on="/desk/projects/{unit_id}",
)
def answer(call: Call, unit_id: str, month: str) -> Response:
    """Answer, and come back to that report."""
    file = service.file_of(call.portal, call.person, unit_id, "staff")
    if month not in {one.month for one in file.reports}:
        raise NotFound

    def work() -> Response:
        body = from_form(Say, text=call.field("text"))
        key = sent_once(call, f"projects/{unit_id}/{month}", body)
        service.comment(call.portal, call.person, file.project, "staff", month, body, key, call.now)
        return go(url(f"/desk/projects/{unit_id}") + f"#r-{month}", ANSWERED)

    return stay(lambda error: _show(call, unit_id, {**call.form, "month": [month]}, "", error), work)
