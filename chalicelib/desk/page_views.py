"""The desk's pages: rows of the queue and one issue, in the words and objects that the templates take."""

from datetime import datetime
from typing import Any

from chalicelib import i18n
from chalicelib.accounts.models import Person
from chalicelib.accounts.rules import mask_phone
from chalicelib.desk.models import Contact
from chalicelib.errors import N_
from chalicelib.issues import page_views, rules
from chalicelib.issues.models import Entry, Handoff, Issue, IssueFile
from chalicelib.issues.policy import category_of
from chalicelib.issues.view_models import DeskIssueView
from chalicelib.page_words import current_locale, gettext
from chalicelib.times import moment

_NEXT_STEPS: dict[str, tuple[str, str]] = {
    "acknowledged": (N_("Acknowledge"), "transition"),
    "in_progress": (N_("Start work"), "transition"),
}
_STAGES = {
    "report": N_("Front desk"),
    "dispatch": N_("Front desk"),
    "handle": N_("Technician"),
    "call_back": N_("The owner, to confirm"),
}


def row(issue: Issue, person: Person, locale: str, now: datetime) -> dict[str, Any]:
    """An issue in the queue, with the one step that comes next for this person."""
    return {
        **page_views.card(issue, locale, now),
        "urgency": category_of(issue.category_id).urgency,
        "next_step": _next_step(issue, person),
    }


def _next_step(issue: Issue, person: Person) -> dict[str, str] | None:
    roles = person.roles_in(issue.community_id)
    actions = rules.staff_actions(issue, roles, person.id)
    claims = "technician" in roles and "assign" in actions and issue.assignee is None
    if claims:
        return {"label": gettext(N_("I take it")), "to": "", "action": "claim"}
    for to, (label, action) in _NEXT_STEPS.items():
        if to in actions and issue.status != "paused":
            return {"label": gettext(label), "to": to, "action": action}
    return None


def shown(
    file: IssueFile, view: DeskIssueView, person: Person, locale: str, phone: str, contact: Contact | None
) -> dict[str, Any]:
    """An issue's page at the desk."""
    return {
        **page_views.shown(file, view, person, locale),
        "reporter": {
            "name_masked": view.reporter.name_masked,
            "phone_masked": mask_phone(phone) if phone else "",
        },
        "contact": contact,
        "handoffs": [_handoff(one) for one in file.handoffs],
        "follower_count": view.followers,
        "reopened": view.reopened,
        "first_time_fix": view.first_time_fix,
        "ratings": [{"at": moment(one.at), "marks": one} for one in reversed(view.ratings)],
    }


def _handoff(handoff: Handoff) -> dict[str, Any]:
    name = handoff.holder.name if handoff.holder else gettext(_STAGES[handoff.stage])
    return {"name": name, "start": handoff.started_at, "end": handoff.ended_at}


_KINDS = {
    "message": N_("a message"),
    "internal": N_("an internal note"),
    "urged": N_("asked to hurry"),
    "rated": N_("rated the repair"),
}


def what(entry: Entry, locale: str) -> str:
    """What happened in a row of the timeline, in a word or two: the state that it led to, or what came."""
    if entry.to:
        return i18n.status_short(entry.to, locale)
    return gettext(_KINDS.get(entry.kind, N_("something new")))


_MOVES = ("status", "assigned", "undone", "merged_in")


def who_was_quicker(file: IssueFile, person: Person) -> dict[str, str] | None:
    """The step that somebody else took last, for the one who came second; None where the last one was their own,
    on another device or in another tab."""
    moves = [entry for entry in file.timeline if entry.kind in _MOVES]
    if not moves or moves[-1].actor.id == person.id:
        return None
    last = moves[-1]
    locale = current_locale()
    name = last.actor.name if last.actor.role != "owner" else i18n.role_words("owner", locale)
    what = i18n.status_short(last.to, locale) if last.to else i18n.status_short(file.issue.status, locale)
    return {"by": name or i18n.role_words(last.actor.role, locale), "what": what}
