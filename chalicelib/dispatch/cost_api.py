"""Labour and materials over the JSON API."""

from chalicelib.dispatch import costs
from chalicelib.dispatch.api import routes
from chalicelib.dispatch.cost_models import AddLabour, AddMaterial, CostList, CostView, Reverse
from chalicelib.issues import access
from chalicelib.once import asked_once
from chalicelib.web import DESK, HANDLERS, Call


@routes.api(
    "GET",
    "/api/v1/desk/issues/{issue_id}/costs",
    DESK,
    "Labour and materials of an issue, and what they come to",
    answer=CostList,
)
def show(call: Call, issue_id: str) -> CostList:
    """All rows."""
    file, _ = access.for_staff(call.portal, call.person, issue_id)
    return costs.listed(file)


@routes.api(
    "POST",
    "/api/v1/desk/issues/{issue_id}/labour",
    HANDLERS,
    "Enter work from … to …; nobody works on two jobs in one minute",
    body=AddLabour,
    answer=CostView,
    status=201,
    once=True,
)
def labour(call: Call, issue_id: str) -> CostView:
    """Work."""
    body = call.read(AddLabour)
    key = asked_once(call, f"desk/{issue_id}/labour", body)
    return costs.view(costs.add_labour(call.portal, call.person, issue_id, body, key, call.now))


@routes.api(
    "POST",
    "/api/v1/desk/issues/{issue_id}/materials",
    HANDLERS,
    "Enter what was used, with its price in fen",
    body=AddMaterial,
    answer=CostView,
    status=201,
    once=True,
)
def materials(call: Call, issue_id: str) -> CostView:
    """Material."""
    body = call.read(AddMaterial)
    key = asked_once(call, f"desk/{issue_id}/materials", body)
    return costs.view(costs.add_material(call.portal, call.person, issue_id, body, key, call.now))


@routes.api(
    "POST",
    "/api/v1/desk/issues/{issue_id}/costs/{cost_id}/reverse",
    HANDLERS,
    "Take a row back by one that reverses it",
    body=Reverse,
    answer=CostView,
    status=201,
    once=True,
)
def reverse(call: Call, issue_id: str, cost_id: str) -> CostView:
    """A reversal."""
    key = asked_once(call, f"desk/{issue_id}/costs/{cost_id}/reverse", call.read(Reverse))
    return costs.view(costs.reverse(call.portal, call.person, issue_id, cost_id, key, call.now))
