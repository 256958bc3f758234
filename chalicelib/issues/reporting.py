"""Reporting an issue: one transaction, with its photos, its number and its notice."""

import secrets
from datetime import datetime
from itertools import count

from chalicelib.accounts.models import Person, UnitRef
from chalicelib.communities import store as communities
from chalicelib.db import Op
from chalicelib.due import plan
from chalicelib.due import rows as due_rows
from chalicelib.errors import (
    N_,
    Forbidden,
    Invalid,
)
from chalicelib.ids import new_id
from chalicelib.inbox import outbox
from chalicelib.inbox.models import OFFICE
from chalicelib.issues import access, policy, repeat_store, spot_store, store
from chalicelib.issues.commit import Filed, attempt, entry, snapshot
from chalicelib.issues.models import Actor, Handoff, Issue, IssueFile, ReportIssue
from chalicelib.issues.notices import moved_counts, notice
from chalicelib.issues.policy import CATEGORIES, Category
from chalicelib.once import Once
from chalicelib.photos import service as photos
from chalicelib.photos import store as photo_store
from chalicelib.photos.models import Photo
from chalicelib.places import service as places
from chalicelib.portal import Portal

_NOT_YOUR_HOME = N_("This home is not linked to you. Choose one of yours, or call the office.")
UNKNOWN_CATEGORY = N_("Please choose a category.")


def report(portal: Portal, person: Person, body: ReportIssue, once: Once | None, now: datetime) -> Filed:
    """Report an issue; gives back its file and the moment it stands for (an earlier one for a repeated key).

    Raises Forbidden for somebody else's home, Invalid for what can't be used, TooMany at the daily cap.
    """
    unit, category = _checked(person, body)
    digits = count(policy.NUMBER_DIGITS)

    def work() -> IssueFile:
        attached = photos.free_photos(portal, person, body.photo_ids)
        placed = _placed(portal, unit, body)
        number = draw_number(portal, unit.community_id, next(digits), now)
        file, ops = _new_issue(portal, person, unit, category, placed, attached, number, now)
        first = [once.put(snapshot(file, now), now)] if once else []
        portal.db.write(*first, *ops)
        return file

    return attempt(portal, once, work, now)


def _checked(person: Person, body: ReportIssue) -> tuple[UnitRef, Category]:
    category = CATEGORIES.get(body.category_id)
    if category is None:
        raise Invalid.field("category_id", "unknown_category", UNKNOWN_CATEGORY)
    unit = person.unit(body.unit_id)
    if unit is None:
        raise Forbidden(_NOT_YOUR_HOME)
    return unit, category


def _placed(portal: Portal, unit: UnitRef, body: ReportIssue) -> ReportIssue:
    """The report with its public place: the one that it names by id, or the one whose name it says in words."""
    if body.place_id:
        place = places.reported(portal, unit.community_id, body.place_id)
        return body.model_copy(update={"area": "public", "location": place.name})
    if body.area == "public" and body.location:
        return body.model_copy(update={"place_id": places.named(portal, unit.community_id, body.location)})
    return body


def draw_number(portal: Portal, community_id: str, digits: int, now: datetime) -> str:
    """A number that can be read out on the phone: the day, and a few random digits. If it is taken, it is drawn
    again with one digit more: on a day of 50,000 reports half of the short ones are taken."""
    zone = communities.get(portal.db, community_id).zone
    return f"{now.astimezone(zone):%y%m%d}-{secrets.randbelow(10**digits):0{digits}d}"


def begun(portal: Portal, file: IssueFile, now: datetime) -> IssueFile:
    """The file of a new issue with what is promised, what is due next, and how far the steps of its repair are."""
    return plan.planned(file, plan.terms_for(portal, file.issue), now)


def _new_issue(
    portal: Portal,
    person: Person,
    unit: UnitRef,
    category: Category,
    body: ReportIssue,
    attached: list[Photo],
    number: str,
    now: datetime,
) -> tuple[IssueFile, list[Op]]:
    handoff = Handoff(id=new_id(now), stage="report", holder=None, started_at=now)
    issue = _issue(access.as_owner(person), unit, category, body, number, handoff.id, now)
    row = entry(now, "status", issue.reporter, to="submitted", photo_ids=[p.id for p in attached])
    file = IssueFile(
        issue=issue,
        timeline=[row],
        handoffs=[handoff],
        photos={p.id: photo_store.row_item(p, issue.id) for p in attached},
        followers=[],
    )
    file = begun(portal, file, now)
    issue = file.issue
    alarm = {"roles": (OFFICE,), "staff_event": "emergency"} if category.emergency else {}
    told = notice(issue, "reported", owners=(person.id,), counts=moved_counts(None, issue), **alarm)
    ops = [
        *store.add(issue, portal.keys),
        *spot_store.moved(None, issue, portal.keys),
        *repeat_store.add(issue),
        *due_rows.moved(issue.id, None, issue.next_moment),
        *store.alarm(issue, now),
        store.add_entry(issue.id, row, portal.keys),
        store.start_handoff(issue.id, handoff, portal.keys),
        photos.daily_cap(person.id, "reports", portal.settings.reports_per_day, now),
        *(op for photo in attached for op in photo_store.attach(photo, issue.id)),
        outbox.add(told, now),
    ]
    return file, ops


def _issue(
    reporter: Actor,
    unit: UnitRef,
    category: Category,
    body: ReportIssue,
    number: str,
    handoff_id: str,
    now: datetime,
) -> Issue:
    return Issue(
        id=new_id(now),
        number=number,
        community_id=unit.community_id,
        unit_id=unit.id,
        unit_label=unit.label,
        building=unit.building,
        area=body.area,
        category_id=category.id,
        description=body.description,
        location=body.location or None,
        place_id=body.place_id,
        created_at=now,
        promised_at=now,  # until the plan says
        reporter=reporter,
        visit_windows=body.visit_windows,
        handoff=handoff_id,
    )
