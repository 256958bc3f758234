"""The decoration of one's homes: how far it is, the monthly reports, and what one thinks of them."""

from chalice.app import Response

from chalicelib.answers import flash_words, page
from chalicelib.errors import N_, NotFound, PortalError
from chalicelib.inputs import from_form
from chalicelib.once import sent_once
from chalicelib.page_words import DEFAULT_ZONE, Speech, speak
from chalicelib.pages import Fields, go, said, stay, values
from chalicelib.projects import page_views, service, store, views
from chalicelib.projects.models import Say
from chalicelib.projects.page_routes import routes
from chalicelib.web import SIGNED_IN, Call, url

SAID = flash_words("project_said", "success", N_("Sent. The designer has been told."))


@routes.page("/projects", SIGNED_IN, "Decoration of one's own homes")
def own(call: Call) -> Response:
    """How far each is; where there is one only, it is opened."""
    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    found = store.several(call.portal.db, call.portal.keys, [unit.id for unit in call.person.units])
    if len(found) == 1:
        return go(url(f"/projects/{found[0].unit_id}"))
    shown = [views.own(one, service.today_in(call.portal, one.community_id, call.now)) for one in found]
    return page(call, "projects/list.html", {"items": [page_views.summary(one) for one in shown]})


@routes.page("/projects/{unit_id}", SIGNED_IN, "The decoration of a home")
def show(call: Call, unit_id: str) -> Response:
    """Stages with planned and real dates, and the reports."""
    return _show(call, unit_id, {})


def _show(call: Call, unit_id: str, fields: Fields, error: PortalError | None = None) -> Response:
    project, _ = page_views.whole(call, unit_id, "owner")
    context = {
        "project": project,
        "values": values(fields),
        "errors": said(error) if error else [],
    }
    return page(call, "projects/show.html", context, error.status if error else 200, project["zone"])


@routes.form(
    "/projects/{unit_id}/reports/{month}",
    SIGNED_IN,
    "Comment on a month's report",
    on="/projects/{unit_id}",
)
def comment(call: Call, unit_id: str, month: str) -> Response:
    """Say it, and come back to that report."""

    def work() -> Response:
        body = from_form(Say, text=call.field("text"))
        project = service.file_of(call.portal, call.person, unit_id, "owner").project
        key = sent_once(call, f"projects/{unit_id}/{month}", body)
        service.comment(call.portal, call.person, project, "owner", month, body, key, call.now)
        return go(url(f"/projects/{unit_id}") + f"#r-{month}", SAID)

    if month not in {
        one.month for one in service.file_of(call.portal, call.person, unit_id, "owner").reports
    }:
        raise NotFound
    return stay(lambda error: _show(call, unit_id, {**call.form, "month": [month]}, error), work)
