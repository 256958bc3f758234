"""Months that are over: whether their report is there, and who hears of it when it is not."""

from datetime import datetime

from chalicelib.communities import store as communities
from chalicelib.conditions import Attr
from chalicelib.db import Delete, Item, K, Op
from chalicelib.errors import Conflict
from chalicelib.inbox import outbox
from chalicelib.portal import Portal
from chalicelib.projects import notices, rules, store
from chalicelib.projects.models import Project
from chalicelib.projects.policy import AGAIN_AFTER
from chalicelib.times import moment

#: Kinds of rows among what is due: looked at for the first time, and again while the report is missing.
FIRST, AGAIN = KINDS = ("report", "report_again")


class _Handled(Conflict):
    """Another run of the clock was quicker."""


def look(portal: Portal, row: Item, now: datetime) -> bool:
    """Warn the designer of a report that is missing (with the manager, the second time), and see to the next month's.

    The row goes in the same transaction, so nobody is told twice. Gives back whether anybody was told.
    """
    project = store.get(portal.db, portal.keys, row["unit_id"])
    missing = project is not None and _missing(portal, project, row["month"])
    gone = Delete(K(row["PK"], row["SK"]), condition=Attr("PK").exists(), error=_Handled())
    ops: list[Op] = [gone]
    if project and missing:
        ops += _warn(project, row, now)
    if project and row["kind"] == FIRST:
        ops += _next(portal, project, row["month"])
    try:
        portal.db.write(*ops)
    except _Handled:
        return False
    return missing


def _missing(portal: Portal, project: Project, month: str) -> bool:
    if not rules.wanted(project, month):
        return False
    return portal.db.get(store.report_key(project.unit_id, month)) is None


def _warn(project: Project, row: Item, now: datetime) -> list[Op]:
    if row["kind"] == AGAIN:
        told = notices.to_designer(project, "report_missing", row["month"], managers=True)
        return [outbox.add(told, now)]
    told = notices.to_designer(project, "report_late", row["month"])
    later = store.due(project.unit_id, row["month"], moment(row["at"]) + AGAIN_AFTER, AGAIN)
    return [outbox.add(told, now), later]


def _next(portal: Portal, project: Project, month: str) -> list[Op]:
    """The next month's row, for as long as the work goes on."""
    after = rules.next_month(month)
    if not rules.wanted(project, after):
        return []
    zone = communities.get(portal.db, project.community_id).zone
    return [store.due(project.unit_id, after, rules.due_at(after, zone))]
