"""The forms that link and split an issue on its page at the desk."""

from chalice.app import Response

from chalicelib.answers import flash_words
from chalicelib.desk.issue_page import issue_page
from chalicelib.dispatch import links
from chalicelib.dispatch.link_models import AddLink, Split
from chalicelib.dispatch.page_routes import routes
from chalicelib.errors import N_
from chalicelib.inputs import from_form
from chalicelib.once import once
from chalicelib.pages import go, stay, whole_number
from chalicelib.web import OFFICE, Call, url

LINKED = flash_words("issue_linked", "success", N_("Linked: each now names the other."))
SPLIT = flash_words("issue_split", "success", N_("This is the second job. The owner sees both, and why."))


@routes.form("/desk/issues/{issue_id}/links", OFFICE, "Link an issue", on="/desk/issues/{issue_id}")
def link(call: Call, issue_id: str) -> Response:
    """Link it with another, by number."""

    def work() -> Response:
        body = from_form(AddLink, to=call.field("link_to") or "-")
        links.link(call.portal, call.person, issue_id, body, None, call.now)
        return go(url(f"/desk/issues/{issue_id}"), LINKED)

    return stay(lambda error: issue_page(call, issue_id, call.form, error=error), work)


@routes.form("/desk/issues/{issue_id}/split", OFFICE, "Split an issue", on="/desk/issues/{issue_id}")
def split(call: Call, issue_id: str) -> Response:
    """Make a second job of it; leads to that one."""

    def work() -> Response:
        version = whole_number(call.field("version"), "version")
        body = from_form(
            Split,
            version=version,
            category_id=call.field("split_category") or "-",
            description=call.field("description"),
            why=call.field("why"),
        )
        key = once(call.person.id, f"split-{version}-{issue_id}", f"desk/{issue_id}/split", body)
        file, _ = links.split(call.portal, call.person, issue_id, body, key, call.now)
        return go(url(f"/desk/issues/{file.issue.id}"), SPLIT)

    return stay(lambda error: issue_page(call, issue_id, call.form, error=error), work)
