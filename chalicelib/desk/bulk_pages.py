"""Several rows of the queue in one go, and the filters that a person keeps."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from chalice.app import Response

from chalicelib.answers import flash_words
from chalicelib.desk import bulk, own, queue_view
from chalicelib.desk.models import Bulk, Done, Refused
from chalicelib.desk.own_models import SaveFilter
from chalicelib.desk.page_routes import routes
from chalicelib.desk.queue_pages import queue_page
from chalicelib.dispatch import auto
from chalicelib.dispatch.models import AutoAssign
from chalicelib.errors import N_, Forbidden
from chalicelib.inputs import from_form
from chalicelib.issues import store
from chalicelib.issues.page_views import category_view
from chalicelib.issues.rules import ASSIGNEE_ROLES
from chalicelib.pages import go, safe_path, stay, whole_number
from chalicelib.web import DESK, Call, url

NOTHING = flash_words("desk_nothing_chosen", "wait", N_("Tick the issues first, then choose the step."))
FILTER_KEPT = flash_words("desk_filter_kept", "success", N_("Kept. You find it above the queue."))
FILTER_GONE = flash_words("desk_filter_gone", "success", N_("The filter is deleted."))


def _queue_of(path: str) -> dict[str, str]:
    """What a path of the queue asks for; nothing for any other."""
    parts = urlsplit(safe_path(path, "/desk"))
    return dict(parse_qsl(parts.query)) if parts.path == "/desk" else {}


@routes.form("/desk/bulk", DESK, "Several steps in one go", on="/desk")
def take_several(call: Call) -> Response:
    """Take the chosen step for each chosen issue; the queue tells what was done, and why what was not.

    Sent again, by a double tap or by reloading the page, it tells the same and does nothing more.
    """
    if not call.person.roles & ASSIGNEE_ROLES:
        raise Forbidden
    asked = _queue_of(call.field("back"))
    to, _, assignee_id = call.field("step").partition(":")
    chosen = [_step(call, text, to, assignee_id) for text in dict.fromkeys(call.form.get("pick", []))]
    if not chosen or not to:
        return go(url("/desk") + f"?{urlencode(asked)}", NOTHING)
    if to == "auto":
        return queue_page(call, asked, result=_told(call, _proposed(call, chosen)))
    steps = from_form(Bulk, steps=chosen).steps
    found = bulk.run(call.portal, call.person, Bulk(steps=steps), bulk.form_key(steps), call.locale, call.now)
    return queue_page(call, asked, result=_told(call, found))


def _step(call: Call, text: str, to: str, assignee_id: str) -> dict[str, Any]:
    issue_id, _, version = text.partition(".")
    hands = call.person.id if to == "claim" else assignee_id
    step = {"assignee_id": hands} if to in ("claim", "assign") else {"to": to}
    return {"issue_id": issue_id, "version": whole_number(version, "pick"), **step}


def _proposed(call: Call, chosen: list[dict[str, Any]]) -> list[Done | Refused]:
    """Each to the person proposed for it."""
    steps = from_form(AutoAssign, steps=chosen).steps
    return auto.several(call.portal, call.person, steps, auto.form_key(steps), call.locale, call.now)


def _told(call: Call, found: list[Done | Refused]) -> list[dict[str, Any]]:
    """Each outcome with what the issue is called, for those that are this person's to see."""
    ids = [one.issue_id for one in found]
    issues = {issue.id: issue for issue in store.get_many(call.portal.db, call.portal.keys, ids)}
    rows = []
    for one in found:
        issue = issues.get(one.issue_id)
        seen = issue if issue and issue.community_id in call.person.communities() else None
        name = category_view(seen.category_id, call.locale).name if seen else ""
        rows.append(
            {
                **one.model_dump(),
                "done": isinstance(one, Done),
                "name": name,
                "number": seen.number if seen else "",
                "stands": seen.status if seen else "",
            }
        )
    return rows


@routes.form("/desk/filters", DESK, "Keep a filter of the queue", on="/desk")
def keep_filter(call: Call) -> Response:
    """Keep the present choice under a name, or delete one that is kept."""
    if gone := call.field("delete"):
        own.delete_filter(call.portal, call.person, gone)
        return go(url("/desk", community_id=call.field("community_id")), FILTER_GONE)
    own.shelf_key(call.person, None)
    asked = queue_view.choices(dict(parse_qsl(call.field("choice"))))
    queue_view.to_query(
        call, asked, queue_view.community_of(call, asked)
    )  # a choice that is none is an error page

    def work() -> Response:
        body = from_form(SaveFilter, id=call.field("key"), name=call.field("name"))
        query = urlencode(asked)
        own.save_filter(call.portal, call.person, body, query, start=bool(call.field("start")))
        return go(url("/desk") + f"?{query}", FILTER_KEPT)

    return stay(lambda error: queue_page(call, asked, error=error), work)
