"""The desk's queue and board as pages, with live numbers."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from chalice.app import Response

from chalicelib.answers import json_answer, page, redirect
from chalicelib.communities import store as communities
from chalicelib.desk import own_store, page_views, queue, queue_view, undo_note
from chalicelib.desk.models import CountsQuery, Queue
from chalicelib.desk.own_models import Shelf
from chalicelib.desk.page_routes import routes
from chalicelib.errors import PortalError
from chalicelib.issues import store
from chalicelib.page_words import Speech, speak
from chalicelib.pages import said, values
from chalicelib.web import DESK, Call, url

_BOARD = ("submitted", "acknowledged", "assigned", "in_progress", "paused", "resolved", "reopened")
_BOARD_ROWS = 20


@routes.page("/desk", DESK, "The queue")
def show_queue(call: Call) -> Response:
    """A page of the queue, with its filters and live numbers."""
    if number := call.query.get("number", "").strip():
        found = store.id_of_number(call.portal.db, number)
        issue = store.get(call.portal.db, call.portal.keys, found) if found else None
        if issue and issue.community_id in call.person.communities():
            return redirect(url(f"/desk/issues/{issue.id}"))
    return queue_page(call, call.query, starts=not [name for name in call.query if name != "lang"])


def queue_page(
    call: Call,
    asked: queue_view.Asked,
    *,
    starts: bool = False,
    result: list[dict[str, Any]] | None = None,
    error: PortalError | None = None,
) -> Response:
    """The queue, narrowed to what is asked for; `starts` leads to the person's own choice, if they have one,
    `result` tells what several steps have come to, and `error` why a filter was not kept."""
    community_id = queue_view.community_of(call, asked)
    counts, kept = queue.counts_and(
        call.portal, call.person, community_id, own_store.own_key(call.person.id), call.now
    )
    shelf = own_store.from_item(kept)
    first = next((one for one in shelf.filters if one.id == shelf.start), None)
    if starts and first and _opens(call, first.query):
        return redirect(url("/desk") + f"?{first.query}", *call.new_cookies)
    shown = queue_view.rows(call, asked)
    if asked.get("number"):
        shown |= {"items": [], "next_url": None}
    context = {
        **shown,
        **queue_view.filters(call, asked),
        "counts": queue_view.shown_counts(counts.model_dump()),
        "selected": None,
        "undo": undo_note.offered(call),
        "result": result,
        "errors": said(error) if error else [],
        "values": values(call.form if error else {}),
        **_kept(call, shelf, asked),
    }
    return page(
        call,
        "desk/queue.html",
        context,
        error.status if error else 200,
        zone=queue_view.zone_of(call, community_id),
    )


def _opens(call: Call, query: str) -> bool:
    """Whether the queue can open with a kept choice: it may say nothing, which would lead here again for ever, or
    name a community that is the person's no longer."""
    chosen = dict(parse_qsl(query))
    return bool(chosen) and chosen.get("community_id", "") in ("", *call.person.communities())


def _kept(call: Call, shelf: Shelf, asked: queue_view.Asked) -> dict[str, Any]:
    """The person's own filters, and what of the present choice can be kept as one."""
    chosen = queue_view.choices(asked)
    return {
        "kept_filters": [
            {"id": one.id, "name": one.name, "href": url("/desk") + f"?{one.query}",
             "here": one.query == urlencode(chosen), "start": one.id == shelf.start}
            for one in shelf.filters
        ],
        "choice": urlencode(chosen),
        "live_url": url("/desk/live", **chosen, cursor=asked.get("cursor")),
    }  # fmt: skip


@routes.page("/desk/counts", DESK, "Live numbers for the queue's tabs")
def live_counts(call: Call) -> Response:
    """The numbers as JSON."""
    wanted = call.read_query(CountsQuery).community_id
    found = queue.counts(call.portal, call.person, wanted, call.now)
    return json_answer(queue_view.shown_counts(found.model_dump()))


@routes.page("/desk/board", DESK, "All states side by side")
def board(call: Call) -> Response:
    """The first issues of each state, and how many there are."""
    community_id = queue_view.community_of(call, call.query)
    zone = queue_view.zone_of(call, community_id)
    speak(Speech(call.now, zone, call.locale))
    numbers = queue.counts(call.portal, call.person, community_id, call.now).model_dump()
    columns = []
    for status in _BOARD:
        query = Queue(community_id=community_id, status=status, limit=_BOARD_ROWS)
        issues, _ = queue.read(call.portal, call.person, query, None, call.now)
        rows = [page_views.row(issue, call.person, call.locale, call.now) for issue in issues]
        columns.append({"status": status, "count": max(numbers[status], len(rows)), "items": rows})
    here = communities.get(call.portal.db, community_id) if community_id else None
    return page(call, "desk/board.html", {"columns": columns, "community": here}, zone=zone)
