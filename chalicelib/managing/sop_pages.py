"""SOPs at the desk: those of a community, and the form of one."""

from chalice.app import Response

from chalicelib.answers import page
from chalicelib.errors import NotFound
from chalicelib.issues.page_views import category_view
from chalicelib.issues.policy import CATEGORIES
from chalicelib.managing.models import Version
from chalicelib.managing.page_flow import Edit, Place, flow, history, place, shown, staff_of, tabs
from chalicelib.managing.page_routes import routes
from chalicelib.managing.policy import HISTORY
from chalicelib.managing.policy_pages import units
from chalicelib.managing.rules import in_force
from chalicelib.sops import editing, form, store
from chalicelib.sops.models import Sop
from chalicelib.sops.policy import MAX_CRITERION, MAX_NAME, MAX_STEPS
from chalicelib.web import MANAGERS, Call

SOPS = "/desk/rules/sops"
_ONE = "/desk/rules/sops/{category_id}"


@routes.page(SOPS, MANAGERS, "The steps of each kind of repair")
def show_sops(call: Call) -> Response:
    """All categories with their SOPs."""
    here = place(call, SOPS, call.query.get("community_id"))
    book = store.read(call.portal.db, here.community.id)
    rows = []
    for name in CATEGORIES:
        versions = book.get(name, [])
        own = in_force(versions, call.now)
        planned = any(one.valid_from > call.now for one in versions[-1:])
        sop = (own or store.default(name)).body
        category = category_view(name, call.locale)
        rows.append(
            {"category": category, "steps": len(sop.steps), "own": own is not None, "planned": planned}
        )
    return page(call, "desk/rules_sops.html", {**tabs(here), "rows": rows}, zone=here.community.zone)


@routes.page(_ONE, MANAGERS, "The steps of one kind of repair")
def show_sop(call: Call, category_id: str) -> Response:
    """An SOP's form and its history."""
    here, versions = _here(call, category_id, call.query.get("community_id"))
    return _page(here, category_id, versions, Edit(form.fields(versions[0].body)))


def _here(call: Call, category_id: str, wanted: str | None) -> tuple[Place, list[Version[Sop]]]:
    if category_id not in CATEGORIES:
        raise NotFound
    here = place(call, f"{SOPS}/{category_id}", wanted)
    return here, store.newest(call.portal.db, here.community.id, category_id, HISTORY)


@routes.form(_ONE, MANAGERS, "Preview or save an SOP", on=_ONE)
def change_sop(call: Call, category_id: str) -> Response:
    """Preview, then save."""
    here, versions = _here(call, category_id, call.field("community_id"))
    name = here.community.id

    def read(fields: dict[str, str]) -> Sop:
        sop = form.read(fields)
        editing.check(category_id, sop)
        return sop

    return flow(
        here,
        read,
        lambda: versions[0].number,
        lambda sop, start: editing.preview(call.portal, name, category_id, versions[0].body, sop),
        lambda sop, seen, wanted: editing.save(
            call.portal, call.person, name, category_id, sop, seen, wanted, call.now
        ),
        lambda edit: _page(here, category_id, versions, edit),
    )


def _page(here: Place, category_id: str, versions: list[Version[Sop]], edit: Edit) -> Response:
    filled = [n for n in range(1, MAX_STEPS + 1) if edit.fields.get(f"zh_{n}") or edit.fields.get(f"en_{n}")]
    last = max(filled, default=0)
    context = {
        "category": category_view(category_id, here.call.locale),
        "steps": range(1, min(last + 1, MAX_STEPS) + 1),
        "filled": last,
        "units": units(),
        "max_name": MAX_NAME,
        "max_criterion": MAX_CRITERION,
        "history": history(versions, staff_of(here), here.call.now),
    }
    return shown(here, "desk/rules_sop.html", edit, versions[0].number, context)
