"""An issue's service levels in the words of the desk's page."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib import time_words
from chalicelib.due.view_models import AlertView, NextView, SlaView, TargetView
from chalicelib.errors import N_
from chalicelib.inbox.words import DELAYS, GOALS
from chalicelib.issues.models import Issue
from chalicelib.issues.rules import is_overdue
from chalicelib.page_words import current_locale, gettext
from chalicelib.service_levels import rules
from chalicelib.service_levels.models import Levels
from chalicelib.times import moment

#: What is done about what is so late: the plan of each class (requirements part 4).
_PLANS = {
    "slight": N_("Plan: whoever has it agrees on a new time with the owner today."),
    "general": N_(
        "Plan: the manager clears away what holds it up; the owner hears from us each working day."
    ),
    "serious": N_("Plan: the manager leads it, with an expert; the owner gets a written reason and a date."),
}
#: What a target's margin says, by its clock and by what became of it.
_MARGINS = {
    ("always", "pending"): N_("%(span)s left"),
    ("always", "met"): N_("kept, %(span)s early"),
    ("always", "missed"): N_("missed by %(span)s"),
    ("working", "pending"): N_("%(span)s of working time left"),
    ("working", "met"): N_("kept, %(span)s of working time early"),
    ("working", "missed"): N_("missed by %(span)s of working time"),
}
_NEXT = {
    "pause_end": N_("it goes on by itself"),
    "warn": N_("a warning: %(goal)s"),
    "breach": N_("it is late: %(goal)s"),
    "escalate": N_("level %(level)s is told: %(goal)s"),
    "delay": N_("the next plan begins: %(goal)s"),
    "unresolved": N_("it becomes a risk, and the manager is told"),
    "appointment": N_("both sides are reminded of the visit"),
    "follow_up": N_("the owner is asked again"),
    "auto_close": N_("it closes by itself"),
}
_ALERTS = {
    "warn": N_("Soon due: %(goal)s"),
    "breach": N_("Late: %(goal)s"),
    "escalate": N_("Level %(level)s told: %(goal)s"),
    "delay": N_("The plan for “%(goal)s” began"),
    "unresolved": N_("A risk: open for very long"),
}


def shown(sla: SlaView, names: Mapping[str, str]) -> dict[str, Any]:
    """What the page shows; `names` are those of the community's staff."""
    return {
        "targets": [_target(one) for one in sla.targets],
        "pauses": [
            {"reason": one.reason, "start": moment(one.start), "end": moment(one.until)} for one in sla.pauses
        ],
        "next": {"at": moment(sla.next.at), "words": _words(_NEXT, sla.next)} if sla.next else None,
        "delay": delay_words(sla.delay_class),
        "plan": gettext(_PLANS[sla.delay_class]) if sla.delay_class in _PLANS else "",
        "alerts": [_alert(one, names) for one in _latest(sla.alerts)],
        "risk": any(one.kind == "unresolved" for one in sla.alerts),
        "unseen": any(one.seen_by is None for one in sla.alerts),
    }


def _latest(alerts: list[AlertView]) -> list[AlertView]:
    """Of each promise the last alert, the newest first: the others led to it."""
    last = {tuple(one.id.split(".")[:3]): one for one in alerts}
    return [one for one in reversed(alerts) if one in last.values()]


def _target(one: TargetView) -> dict[str, Any]:
    said = _MARGINS.get((one.clock, one.state))
    margin = timedelta(minutes=abs(one.margin_minutes or 0))
    return {
        "goal": gettext(GOALS[one.goal]),
        "due": moment(one.due_at) if one.due_at else None,
        "state": one.state,
        "margin": gettext(said, span=time_words.span(margin, current_locale())) if said else "",
        "paused": one.paused,
        "again": one.round > 0,
    }


def _words(words: Mapping[str, str], one: NextView | AlertView) -> str:
    goal = one.step or (gettext(GOALS[one.detail]) if one.detail in GOALS else "")
    if one.kind == "delay":
        goal = delay_words(one.detail) or ""
    return gettext(words[one.kind]) % {"goal": goal, "level": one.level}


def _alert(one: AlertView, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "words": _words(_ALERTS, one),
        "at": moment(one.at),
        "seen_by": names.get(one.seen_by, "") if one.seen_by else None,
        "seen_at": moment(one.seen_at) if one.seen_at else None,
    }


def delay_words(name: str | None) -> str | None:
    """A delay class in words; one that a community has made up says its own name."""
    return gettext(DELAYS[name]) if name in DELAYS else name


def delay_of(issue: Issue, levels: Levels, now: datetime) -> str | None:
    """How late an issue in a list is, in words; None when it is not."""
    if not is_overdue(issue, now):
        return None
    policy = rules.in_force(levels.policies, now).policy
    return delay_words(rules.delay_of(policy, now - issue.promised_at))
