"""Canned replies: the page on which one's own and, for managers, a community's are kept."""

from typing import Any

from chalice.app import Response

from chalicelib.answers import flash_words, page
from chalicelib.communities import store as communities
from chalicelib.desk import own, own_store
from chalicelib.desk.own_models import SaveReply, Shelf
from chalicelib.desk.page_routes import routes
from chalicelib.desk.policy import MAX_REPLIES, MAX_REPLY_TEXT, MAX_REPLY_TITLE
from chalicelib.desk.replies import company_replies
from chalicelib.desk.reply_rules import shown
from chalicelib.errors import N_, PortalError
from chalicelib.inputs import from_form
from chalicelib.issues.rules import ASSIGNEE_ROLES
from chalicelib.pages import go, said, stay, values, whole_number
from chalicelib.web import DESK, Call, url

KEPT = flash_words("desk_reply_kept", "success", N_("Kept. You find it in the message form of every issue."))
GONE = flash_words("desk_reply_gone", "success", N_("The reply is deleted."))


@routes.page("/desk/replies", DESK, "Canned replies")
def show(call: Call) -> Response:
    """One's own replies, the communities', and the company's."""
    return _show(call)


def _show(call: Call, error: PortalError | None = None) -> Response:
    person = call.person
    names = person.communities(ASSIGNEE_ROLES)
    keys = [own_store.own_key(person.id), *(own_store.shared_key(name) for name in names)]
    mine, *shared = (own_store.from_item(item) for item in call.portal.db.batch_get(keys))
    shelves = [_shelf("", "", mine, may_edit=bool(person.roles & ASSIGNEE_ROLES))]
    for name, shelf in zip(names, shared, strict=True):
        may_edit = "manager" in person.roles_in(name)
        shelves.append(_shelf(name, communities.get(call.portal.db, name).name, shelf, may_edit=may_edit))
    context = {
        "shelves": shelves,
        "company_replies": [
            {"title": one.title.in_(call.locale), "text": one.text.in_(call.locale)}
            for one in company_replies()
        ],
        "placeholders": shown(call.locale),
        "values": values(call.form if error else {}),
        "errors": said(error) if error else [],
        "max_title": MAX_REPLY_TITLE,
        "max_text": MAX_REPLY_TEXT,
    }
    return page(call, "desk/replies.html", context, error.status if error else 200)


def _shelf(community_id: str, name: str, shelf: Shelf, *, may_edit: bool) -> dict[str, Any]:
    full = len(shelf.replies) >= MAX_REPLIES
    return {"of": community_id, "name": name, "replies": shelf.replies, "may_edit": may_edit, "full": full}


@routes.form("/desk/replies", DESK, "Keep, change or delete a reply", on="/desk/replies")
def keep(call: Call) -> Response:
    """Add or change a reply, or delete one."""
    of = call.field("of") or None
    own.shelf_key(call.person, of)
    if gone := call.field("delete"):
        own.delete_reply(call.portal, call.person, of, gone)
        return go(url("/desk/replies"), GONE)

    def work() -> Response:
        body = from_form(
            SaveReply,
            id=call.field("key"),
            title=call.field("title"),
            text=call.field("text"),
            version=whole_number(call.field("version", "0"), "version"),
        )
        own.save_reply(call.portal, call.person, of, body)
        return go(url("/desk/replies"), KEPT)

    return stay(lambda error: _show(call, error), work)
