"""What staff enter of a repair's labour and materials."""

from collections.abc import Callable
from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.audit import store as audit
from chalicelib.db import Op
from chalicelib.dispatch import cost_rules, cost_store, service, store
from chalicelib.dispatch.cost_models import AddLabour, AddMaterial, Cost, CostList, CostView
from chalicelib.dispatch.policy import HOUR_FEN
from chalicelib.errors import (
    ChangedMeanwhile,
    Forbidden,
    IllegalTransition,
    NotFound,
    PortalError,
    Unavailable,
)
from chalicelib.ids import new_id
from chalicelib.issues import access
from chalicelib.issues import store as issues
from chalicelib.issues.models import IssueFile
from chalicelib.issues.rules import ASSIGNEE_ROLES
from chalicelib.once import Once
from chalicelib.portal import Portal
from chalicelib.times import rfc3339

_TRIES = 5


def rows_of(file: IssueFile) -> list[Cost]:
    """An issue's rows, in the order in which they were entered."""
    return sorted((cost_store.from_item(row) for row in file.extras.get("W", [])), key=lambda one: one.at)


def add_labour(
    portal: Portal, person: Person, issue_id: str, body: AddLabour, once: Once | None, now: datetime
) -> Cost:
    """Enter work. Raises NotFound, Forbidden for somebody else's unless one is the office, Invalid, IllegalTransition,
    or MinutesTaken when the person worked on another job then."""
    start, end = cost_rules.check_labour(body, now)

    def work(file: IssueFile, roles: frozenset[str]) -> tuple[Cost, list[Op]]:
        who = body.person_id or person.id
        if who != person.id and not roles & service.OFFICE:
            raise Forbidden
        service.member(portal, file.issue.community_id, who)
        rate = store.worker(portal.db, file.issue.community_id, who).rate_fen
        cost = _labour(person, who, start, end, HOUR_FEN if rate is None else rate, now)
        wanted = cost_rules.days(start, end, cost.id)
        kept = cost_store.days(portal.db, who, list(wanted))
        changes = {day: cost_rules.with_stretch(kept[day][1], new) for day, new in wanted.items()}
        return cost, [cost_store.put_day(who, day, kept[day][0], taken) for day, taken in changes.items()]

    return _add(portal, person, issue_id, once, work, now)


def _labour(person: Person, who: str, start: datetime, end: datetime, rate: int, now: datetime) -> Cost:
    minutes = int((end - start).total_seconds()) // 60
    return Cost(
        id=new_id(now),
        kind="labour",
        at=now,
        by=person.id,
        cost_fen=cost_rules.labour_fen(minutes, rate),
        person_id=who,
        start=start,
        end=end,
        minutes=minutes,
        rate_fen=rate,
    )


def add_material(
    portal: Portal, person: Person, issue_id: str, body: AddMaterial, once: Once | None, now: datetime
) -> Cost:
    """Enter what was used. Raises NotFound, Forbidden or IllegalTransition."""
    milli = cost_rules.milli(body)

    def work(file: IssueFile, roles: frozenset[str]) -> tuple[Cost, list[Op]]:
        fen = cost_rules.material_fen(milli, body.unit_fen)
        cost = Cost(
            id=new_id(now),
            kind="material",
            at=now,
            by=person.id,
            cost_fen=fen,
            name=body.name,
            quantity_milli=milli,
            unit_fen=body.unit_fen,
        )
        return cost, []

    return _add(portal, person, issue_id, once, work, now)


def reverse(
    portal: Portal, person: Person, issue_id: str, cost_id: str, once: Once | None, now: datetime
) -> Cost:
    """Take a row back by one that reverses it, and free its minutes. Raises NotFound, Forbidden for somebody else's
    unless one is the office, ReversedAlready."""

    def work(file: IssueFile, roles: frozenset[str]) -> tuple[Cost, list[Op]]:
        cost = next((one for one in rows_of(file) if one.id == cost_id and not one.reverses), None)
        if cost is None:
            raise NotFound
        if person.id not in (cost.by, cost.person_id) and not roles & service.OFFICE:
            raise Forbidden
        return cost_rules.reversal(cost, person.id, now), _freed(portal, cost)

    return _add(portal, person, issue_id, once, work, now)


def _freed(portal: Portal, cost: Cost) -> list[Op]:
    """The writes that give a person's minutes back."""
    if cost.person_id is None or cost.start is None or cost.end is None:
        return []
    wanted = cost_rules.days(cost.start, cost.end, cost.id)
    kept = cost_store.days(portal.db, cost.person_id, list(wanted))
    return [
        cost_store.put_day(cost.person_id, day, rev, cost_rules.without(taken, cost.id))
        for day, (rev, taken) in kept.items()
    ]


_Work = Callable[[IssueFile, frozenset[str]], tuple[Cost, list[Op]]]


def _add(
    portal: Portal, person: Person, issue_id: str, once: Once | None, work: _Work, now: datetime
) -> Cost:
    """Store a row with all that goes along, judged anew when somebody else was quicker; a key that was used gives
    the row that it was used for."""
    try:
        return _settled(portal, person, issue_id, once, work, now)
    except PortalError:
        kept = once.find(portal.db) if once else None
        if kept is None:
            raise
    return _row(portal, person, issue_id, str(kept["cost_id"]))


def _settled(
    portal: Portal, person: Person, issue_id: str, once: Once | None, work: _Work, now: datetime
) -> Cost:
    for attempt in range(_TRIES):
        file, roles = access.for_staff(portal, person, issue_id)
        if not roles & ASSIGNEE_ROLES:
            raise Forbidden
        if file.issue.status not in cost_rules.WORKED:
            raise IllegalTransition
        cost, ops = work(file, roles)
        first = [once.put({"cost_id": cost.id}, now)] if once else []
        act = audit.Act(file.issue.community_id, person.id, "cost", issue_id, f"{cost.kind} {cost.cost_fen}")
        try:
            portal.db.write(
                *first, issues.unmoved(file.issue), cost_store.add(issue_id, cost), *ops, audit.add(act, now)
            )
        except ChangedMeanwhile:
            portal.db.pause(attempt)
            continue
        return cost
    raise Unavailable


def _row(portal: Portal, person: Person, issue_id: str, cost_id: str) -> Cost:
    file, _ = access.for_staff(portal, person, issue_id)
    return next(one for one in rows_of(file) if one.id == cost_id)


def view(cost: Cost, gone: frozenset[str] = frozenset()) -> CostView:
    """A row as staff see it; `gone` are the ids of rows that were taken back."""
    return CostView(
        **cost.model_dump(exclude={"at", "start", "end", "quantity_milli", "by"}),
        at=rfc3339(cost.at),
        start=rfc3339(cost.start) if cost.start else None,
        end=rfc3339(cost.end) if cost.end else None,
        quantity=cost_rules.quantity(cost.quantity_milli) if cost.name else None,
        reversed=cost.id in gone,
    )


def listed(file: IssueFile) -> CostList:
    """All rows of an issue and what they come to."""
    rows = rows_of(file)
    gone = frozenset(one.reverses for one in rows if one.reverses)
    return CostList(items=[view(one, gone) for one in rows], **cost_rules.totals(rows))
