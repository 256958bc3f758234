"""Points at the desk over the JSON API: rules, adjustments, what is outstanding."""

from chalicelib.accounts.managing import managed
from chalicelib.kept import made
from chalicelib.once import asked_once
from chalicelib.points import adjusting, report, rule_editing, rule_store
from chalicelib.points.desk_models import (
    Adjustment,
    AdjustmentList,
    AdjustmentView,
    AskAdjustment,
    JudgeAdjustment,
    OfCommunity,
    PointsReport,
    RuleList,
    RuleView,
    SaveRule,
)
from chalicelib.points.models import Kind
from chalicelib.points.policy import RULES
from chalicelib.routes import Routes
from chalicelib.times import rfc3339
from chalicelib.web import MANAGERS, Call

routes = Routes(__name__, "points")


def _asked(call: Call) -> str:
    return managed(call.person, call.read_query(OfCommunity).community_id)


@routes.api(
    "GET",
    "/api/v1/desk/points",
    MANAGERS,
    "Points outstanding by month of expiry, and what became of points by rule",
    query=OfCommunity,
    answer=PointsReport,
)
def show(call: Call) -> PointsReport:
    """The report."""
    return report.read(call.portal.db, _asked(call), call.now)


@routes.api(
    "GET", "/api/v1/desk/points/rules", MANAGERS, "What earns points", query=OfCommunity, answer=RuleList
)
def list_rules(call: Call) -> RuleList:
    """Each kind's newest version."""
    community_id = _asked(call)
    return RuleList(items=[_rule(call, community_id, kind) for kind in RULES])


def _rule(call: Call, community_id: str, kind: Kind) -> RuleView:
    latest = rule_store.newest(call.portal.db, community_id, kind, 1)[0]
    now = rule_store.holding(call.portal.db, community_id, kind, call.now)
    return made(
        RuleView,
        kind=kind,
        version=latest.number,
        valid_from=latest.valid_from,
        rule=latest.body,
        holds_now=now.body,
    )


@routes.api(
    "PUT",
    "/api/v1/desk/points/rules/{kind}",
    MANAGERS,
    "Make a version of a rule, for what happens from its time on",
    body=SaveRule,
    answer=RuleView,
)
def save_rule(call: Call, kind: str) -> RuleView:
    """A new version."""
    body = call.read(SaveRule)
    community_id, which = managed(call.person, body.community_id), rule_editing.known(kind)
    rule_editing.save(
        call.portal, call.person, community_id, which, body.rule, body.version, body.valid_from, call.now
    )
    return _rule(call, community_id, which)


def _view(one: Adjustment) -> AdjustmentView:
    return made(
        AdjustmentView,
        id=one.id,
        account_id=one.account_id,
        points=one.points,
        reason=one.reason,
        asked_by=one.asked_by,
        at=rfc3339(one.at),
        state=one.state,
        decided_by=one.decided_by or None,
        decided_at=rfc3339(one.decided_at) if one.decided_at else None,
    )


@routes.api(
    "GET",
    "/api/v1/desk/points/adjustments",
    MANAGERS,
    "Points given or taken by hand, the newest first",
    query=OfCommunity,
    answer=AdjustmentList,
)
def list_adjustments(call: Call) -> AdjustmentList:
    """The newest of them."""
    return AdjustmentList(items=[_view(one) for one in adjusting.newest(call.portal, _asked(call))])


@routes.api(
    "POST",
    "/api/v1/desk/points/adjustments",
    MANAGERS,
    "Give or take points, with a reason; above 500 a second person decides",
    body=AskAdjustment,
    answer=AdjustmentView,
    status=201,
    once=True,
)
def ask(call: Call) -> AdjustmentView:
    """Adjust somebody's points."""
    body = call.read(AskAdjustment)
    key = asked_once(call, "desk/points/adjustments", body)
    return _view(adjusting.ask(call.portal, call.person, body, key, call.now))


@routes.api(
    "POST",
    "/api/v1/desk/points/adjustments/{adjustment_id}",
    MANAGERS,
    "Decide about an adjustment as the second person",
    body=JudgeAdjustment,
    answer=AdjustmentView,
)
def judge(call: Call, adjustment_id: str) -> AdjustmentView:
    """Agree, or do not."""
    body = call.read(JudgeAdjustment)
    found = adjusting.judge(
        call.portal, call.person, body.community_id, adjustment_id, body.approve, call.now
    )
    return _view(found)
