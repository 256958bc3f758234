"""Complaints as pages show them: moments instead of texts, words beside ids."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from chalicelib.accounts.models import Person
from chalicelib.complaints import policy, rules, words
from chalicelib.complaints.models import Complaint, ComplaintFile, Pointer
from chalicelib.complaints.view_models import ComplaintView, DeskView, RowView
from chalicelib.issues.page_views import photo
from chalicelib.page_words import gettext
from chalicelib.service_levels.models import ComplaintPolicy
from chalicelib.times import moment

_TITLE_LETTERS = 60


def badge(complaint: Complaint, *, desk: bool) -> dict[str, str]:
    """The stage as its badge shows it to one side."""
    looks, sign = words.SIGNS[complaint.stage]
    return {"looks": looks, "sign": sign, "words": gettext(words.stage(complaint, desk=desk))}


def card(complaint: Complaint, now: datetime, *, desk: bool = False) -> dict[str, Any]:
    """One in a list."""
    first = complaint.content.strip().split("\n", 1)[0]
    short = first if len(first) <= _TITLE_LETTERS else first[: _TITLE_LETTERS - 1].rstrip() + "…"
    return {
        "id": complaint.id,
        "number": complaint.number,
        "version": complaint.version,
        "kind": gettext(policy.KINDS[complaint.kind]),
        "category": gettext(policy.CATEGORIES[complaint.category].words),
        "icon": policy.CATEGORIES[complaint.category].icon,
        "title": short,
        "badge": badge(complaint, desk=desk),
        "now": gettext(words.now(complaint)),
        "due_at": complaint.due_at,
        "overdue": rules.is_overdue(complaint, now),
        "created_at": complaint.created_at,
        "handler": complaint.handler.name if complaint.handler else None,
        "departments": departments(complaint.departments),
    }


def departments(ids: Iterable[str]) -> str:
    """Departments in words."""
    return gettext(", ").join(gettext(policy.DEPARTMENTS[one]) for one in ids)


def _row(row: RowView, pictures: list[dict[str, Any]]) -> dict[str, Any]:
    what = words.STEPS[row.step] if row.step else words.ROWS[row.kind]
    return {
        "at": moment(row.at),
        "kind": row.kind,
        "what": gettext(what),
        "actor": row.actor,
        "text": row.text,
        "departments": departments(row.departments),
        "handler": row.handler.name if row.handler else None,
        "link": row.link,
        "photos": pictures,
    }


def _timeline(view: ComplaintView | DeskView, file: ComplaintFile, person: Person) -> list[dict[str, Any]]:
    owners = {pid: one["owner_id"] for pid, one in file.photos.items()}
    found = []
    for row in view.timeline:
        alts = (gettext("Photo %(n)s", n=n) for n in range(1, len(row.photos) + 1))
        pictures = [
            photo(one, owners.get(one.id), person, alt) for one, alt in zip(row.photos, alts, strict=True)
        ]
        found.append(_row(row, pictures))
    return found


def shown(
    file: ComplaintFile, view: ComplaintView | DeskView, person: Person, now: datetime
) -> dict[str, Any]:
    """One's page."""
    complaint = file.complaint
    return {
        **card(complaint, now),
        "is_complaint": complaint.kind == "complaint",
        "content": complaint.content,
        "unit_label": complaint.unit_label,
        "issue": complaint.issue,
        "stage": complaint.stage,
        "reply": complaint.reply,
        "replied_at": complaint.replied_at,
        "has_letter": view.has_letter,
        "result": complaint.result,
        "timeline": _timeline(view, file, person),
        "actions": view.allowed_actions,
    }


def at_desk(
    file: ComplaintFile, view: DeskView, repeats: list[Pointer], person: Person, now: datetime
) -> dict[str, Any]:
    """One's page at the desk; `repeats` may be the same trouble."""
    complaint = file.complaint
    return {
        **shown(file, view, person, now),
        "badge": badge(complaint, desk=True),
        "unit_label": view.unit_label,
        "person_masked": view.person_masked,
        "by_staff": complaint.origin == "staff",
        "findings": complaint.findings,
        "opinion": complaint.opinion,
        "decision": complaint.decision,
        "latest_at": complaint.latest_at,
        "department_ids": complaint.departments,
        "handler_id": complaint.handler.id if complaint.handler else "",
        "links": complaint.links,
        "may_repeat": [
            {
                "id": one.id,
                "number": one.number,
                "at": one.at,
                "category": gettext(policy.CATEGORIES[one.category].words),
            }
            for one in repeats
        ],
        "called_back": complaint.called_back,
        "hard": view.hard,
    }


def desk_row(complaint: Complaint, by: ComplaintPolicy, now: datetime) -> dict[str, Any]:
    """One in the desk's list; `by` is what the community's policy says about complaints."""
    return {
        **card(complaint, now),
        "repeated": bool(complaint.links),
        "called_back": complaint.called_back is not None,
        "to_call": complaint.kind == "complaint" and rules.may_call_back(complaint),
        "hard": rules.is_hard(complaint, by, now),
    }
