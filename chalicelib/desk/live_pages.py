"""The live part of every page of the desk, as its script asks for it."""

from typing import Any

from chalice.app import Response

from chalicelib import i18n
from chalicelib.answers import json_answer
from chalicelib.desk import live, page_views, queue, queue_view
from chalicelib.desk.page_routes import routes
from chalicelib.errors import PortalError
from chalicelib.issues import access
from chalicelib.issues.models import Issue
from chalicelib.issues.page_views import category_view, title
from chalicelib.page_words import Speech, environment, frame, speak
from chalicelib.web import DESK, Call, url


@routes.page("/desk/live", DESK, "What is new at the desk, for its scripts")
def news(call: Call) -> Response:
    """Nothing (304) when nothing was announced since; else alarms, the number of unread messages and, with
    `rows=1`, the rows and numbers of the queue that is asked for, and what others did to the issue that is `open`
    since the entry `seen`."""
    tag = f'"{live.mark(call.portal, call.person, call.now)}"'
    headers = {"ETag": tag}
    if call.header("if-none-match") == tag:
        return Response("", {**headers, "Content-Type": "application/json"}, 304)
    found: dict[str, Any] = {
        "alarms": [_alarm(call, one) for one in live.alarms(call.portal, call.person, call.now)],
        "unread": call.person.unread,
    }
    if call.query.get("rows"):
        found |= _rows(call)
    if call.query.get("open"):
        found["news"] = _since(call, call.query["open"], call.query.get("seen", ""))
    answer = json_answer(found)
    answer.headers.update(headers)
    return answer


def _alarm(call: Call, issue: Issue) -> dict[str, str]:
    return {
        "id": issue.id,
        "words": f"{category_view(issue.category_id, call.locale).name} · {issue.place}",
        "title": title(issue),
        "url": url(f"/desk/issues/{issue.id}"),
    }


def _rows(call: Call) -> dict[str, Any]:
    community_id = queue_view.community_of(call, call.query)
    counts = queue.counts(call.portal, call.person, community_id, call.now)
    shown = {**frame(call), **queue_view.rows(call, call.query), "path": "/desk"}
    html = environment().get_template("desk/rows.html").render(shown)
    return {"counts": queue_view.shown_counts(counts.model_dump()), "html": html}


def _since(call: Call, issue_id: str, seen: str) -> dict[str, str] | None:
    """Who did what last to an issue that somebody else has open, if that is news to them."""
    try:
        file, _ = access.for_staff(call.portal, call.person, issue_id)
    except PortalError:
        return None
    speak(Speech(call.now, queue_view.zone_of(call, file.issue.community_id), call.locale))
    fresh = [row for row in file.timeline if row.id > seen and row.actor.id != call.person.id]
    if not fresh:
        return None
    last = fresh[-1]
    name = last.actor.name if last.actor.role != "owner" else ""
    return {
        "by": name or i18n.role_words(last.actor.role, call.locale),
        "what": page_views.what(last, call.locale),
    }
