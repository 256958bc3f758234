"""The pages of those who send complaints, suggestions and praise."""

from collections.abc import Callable
from typing import Any

from chalice.app import Response

from chalicelib.answers import flash_words, page, redirect
from chalicelib.communities import store as communities
from chalicelib.complaints import access, letters, listing, page_views, policy, service
from chalicelib.complaints.api import reader
from chalicelib.complaints.bodies import FileComplaint, ListComplaints, OwnerMove, Words
from chalicelib.complaints.page_routes import routes
from chalicelib.cursors import give, take
from chalicelib.errors import N_, PortalError, VersionConflict
from chalicelib.ids import is_id
from chalicelib.inputs import from_form
from chalicelib.issues import access as issues
from chalicelib.issues.issue_pages import ready_photos
from chalicelib.once import once, sent_once
from chalicelib.page_words import DEFAULT_ZONE, Speech, gettext, speak
from chalicelib.pages import Fields, go, next_url, said, stay, typed, values, whole_number
from chalicelib.web import SIGNED_IN, Call, url

SENT = flash_words(
    "complaint_sent",
    "success",
    N_("We have it. Here you see every step, and by when the next one is promised."),
)
MORE = flash_words("complaint_more", "success", N_("Sent. Whoever has it reads it."))
WITHDRAWN = flash_words("complaint_withdrawn", "success", N_("Withdrawn. We have stopped working on it."))
ACCEPTED = flash_words(
    "complaint_accepted", "success", N_("Thank you. It is closed; what was said stays here.")
)
DISSENT = flash_words(
    "complaint_dissent",
    "success",
    N_("We have read that you don't agree. The manager is told; we contact you to find a solution together."),
)
_FLASHES = {"withdraw": WITHDRAWN, "accept": ACCEPTED, "dissent": DISSENT}
_KINDS = {
    "complaint": ("warn", N_("Something is wrong with how we work. We look into it and reply in writing.")),
    "suggestion": ("edit", N_("An idea for something we could do better.")),
    "praise": ("star", N_("Someone did well? We'll pass it on.")),
}


@routes.page("/feedback", SIGNED_IN, "One's complaints, suggestions and praise")
def own(call: Call) -> Response:
    """A page of what one has sent."""
    query = call.read_query(ListComplaints)
    after = take(call.portal.keys, call.person, "complaints", query.cursor)
    found, place = listing.own(call.portal, call.person, query.limit, after)
    zone = communities.get(call.portal.db, found[0].community_id).zone if found else DEFAULT_ZONE
    speak(Speech(call.now, zone, call.locale))
    cursor = give(call.portal.keys, call.person, "complaints", place)
    context = {
        "items": [page_views.card(one, call.now) for one in found],
        "next_url": next_url("/feedback", cursor),
    }
    return page(call, "feedback/list.html", context, zone=zone)


@routes.page("/feedback/new", SIGNED_IN, "Send one: the kind first, then the words")
def new(call: Call) -> Response:
    """Without a kind the choice of one, else the form."""
    fields = typed(call, url("/feedback/new"))
    return _new(call, fields)


def _new(call: Call, fields: Fields, error: PortalError | None = None) -> Response:
    given = values(fields)
    kind = given["kind"] or call.query.get("kind", "")
    homes, places = _homes(call), _places(call)
    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    offered = tuple(_KINDS) if homes else ("suggestion",) if places else ()
    issue_id = given["issue_id"] or call.query.get("issue", "")
    if kind not in offered:
        kinds = [_kind(one, issue_id) for one in offered]
        return page(call, "feedback/kinds.html", {"kinds": kinds})
    context = {
        "kind": kind,
        "title": gettext(policy.KINDS[kind]),
        "hint": gettext(_KINDS[kind][1]),
        "categories": [
            (one.id, gettext(one.words) + gettext(": ") + gettext(one.hint))
            for one in policy.CATEGORIES.values()
        ],
        "homes": homes,
        "communities": [] if homes else places,
        "issue": _issue(call, issue_id),
        "values": given,
        "photos_ready": ready_photos(call, fields.get("photo_ids", [])),
        "max_photos": policy.MAX_PHOTOS,
        "errors": said(error) if error else [],
    }
    return page(call, "feedback/new.html", context, error.status if error else 200)


def _kind(kind: str, issue_id: str) -> dict[str, str]:
    sign, hint = _KINDS[kind]
    return {
        "href": url("/feedback/new", kind=kind, issue=issue_id),
        "icon": sign,
        "words": gettext(policy.KINDS[kind]),
        "hint": gettext(hint),
    }


def _homes(call: Call) -> list[tuple[str, str]]:
    db = call.portal.db
    return [
        (unit.id, f"{communities.get(db, unit.community_id).name} · {unit.label}")
        for unit in call.person.units
    ]


def _places(call: Call) -> list[tuple[str, str]]:
    """Communities in which somebody works, in whatever role: staff have suggestions, too."""
    names = sorted({grant.community_id for grant in call.person.grants})
    return [(name, communities.get(call.portal.db, name).name) for name in names]


def _issue(call: Call, issue_id: str) -> dict[str, str] | None:
    """The report that it is about, when it is one of theirs; else it is left out."""
    if not is_id(issue_id):
        return None
    try:
        file, _ = issues.for_owner(call.portal, call.person, issue_id)
    except PortalError:
        return None
    return {"id": file.issue.id, "number": file.issue.number}


@routes.form("/feedback/new", SIGNED_IN, "Send a complaint, a suggestion or praise", on="/feedback/new")
def create(call: Call) -> Response:
    """Send it. Tapping twice makes one."""

    def work() -> Response:
        body = from_form(
            FileComplaint,
            kind=call.field("kind"),
            category=call.field("category") or None,
            content=call.field("content"),
            unit_id=call.field("unit_id") or None,
            community_id=call.field("community_id") or None,
            issue_id=call.field("issue_id") or None,
            photo_ids=call.form.get("photo_ids", []),
        )
        key = sent_once(call, "complaints", body)
        file, _ = service.file_complaint(call.portal, call.person, body, key, call.now)
        return go(url(f"/feedback/{file.complaint.id}"), SENT)

    return stay(lambda error: _new(call, call.form, error), work)


@routes.page("/feedback/{complaint_id}", SIGNED_IN, "One that one has sent")
def show(call: Call, complaint_id: str) -> Response:
    """Where it stands, the reply, and what one may do."""
    return _show(call, complaint_id, typed(call, url(f"/feedback/{complaint_id}")))


def _show(
    call: Call, complaint_id: str, fields: Fields, opened: str = "", error: PortalError | None = None
) -> Response:
    file = access.for_person(call.portal, call.person, complaint_id)
    zone = communities.get(call.portal.db, file.complaint.community_id).zone
    speak(Speech(call.now, zone, call.locale))
    view = reader(call).own_view(file)
    moved = isinstance(error, VersionConflict)
    context = {
        "complaint": page_views.shown(file, view, call.person, call.now),
        "values": values(fields),
        "open_form": opened,
        "errors": said(error) if error and not moved else [],
        "conflict": moved,
    }
    return page(call, "feedback/show.html", context, error.status if error else 200, zone)


@routes.page("/feedback/{complaint_id}/letter", SIGNED_IN, "The written reply as a letter")
def letter(call: Call, complaint_id: str) -> Response:
    """On to the letter, by a link that is good for half an hour."""
    file = access.for_person(call.portal, call.person, complaint_id)
    return redirect(letters.url(call.portal.storage, file.complaint, call.storage_origin, call.now))


def _form(call: Call, complaint_id: str, opened: str, work: Callable[[], Response]) -> Response:
    return stay(lambda error: _show(call, complaint_id, call.form, opened, error), work)


@routes.form("/feedback/{complaint_id}/message", SIGNED_IN, "Add words", on="/feedback/{complaint_id}")
def message(call: Call, complaint_id: str) -> Response:
    """Say more."""

    def work() -> Response:
        body = from_form(Words, text=call.field("text"))
        what = f"complaints/{complaint_id}/messages"
        key = sent_once(call, what, body)
        service.message(call.portal, call.person, complaint_id, body, key, call.now)
        return go(url(f"/feedback/{complaint_id}"), MORE)

    return _form(call, complaint_id, "message", work)


def _move(call: Call, complaint_id: str, action: str) -> Response:
    def work() -> Response:
        fields: dict[str, Any] = {"version": whole_number(call.field("version"), "version")}
        body = from_form(OwnerMove, **fields, reason=call.field("reason")[:2000] or None)
        # A double tap sends the same version twice: the second one gets the first one's answer.
        name = f"page-{action}-{body.version}-{complaint_id}"
        key = once(call.person.id, name, f"complaints/{complaint_id}/{action}", body)
        service.move(call.portal, call.person, complaint_id, action, body, key, call.now)
        return go(url(f"/feedback/{complaint_id}"), _FLASHES[action])

    return _form(call, complaint_id, action, work)


@routes.form("/feedback/{complaint_id}/withdraw", SIGNED_IN, "Withdraw it", on="/feedback/{complaint_id}")
def withdraw(call: Call, complaint_id: str) -> Response:
    """Withdraw."""
    return _move(call, complaint_id, "withdraw")


@routes.form(
    "/feedback/{complaint_id}/accept", SIGNED_IN, "Agree with the reply", on="/feedback/{complaint_id}"
)
def accept(call: Call, complaint_id: str) -> Response:
    """Agree."""
    return _move(call, complaint_id, "accept")


@routes.form("/feedback/{complaint_id}/dissent", SIGNED_IN, "Not agree", on="/feedback/{complaint_id}")
def dissent(call: Call, complaint_id: str) -> Response:
    """Not agree, with a reason."""
    return _move(call, complaint_id, "dissent")
