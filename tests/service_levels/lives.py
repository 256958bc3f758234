"""Issues' lives in a few words, for tests of deadlines: moments in Shanghai, steps as they are in the timeline."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.issues.models import Actor, Entry
from chalicelib.service_levels.history import History, rounds
from chalicelib.service_levels.models import Goal, Levels, Outcome, Policy, PolicyVersion, Span
from chalicelib.service_levels.policy import DEFAULT_POLICY, default_levels
from chalicelib.service_levels.rules import outcomes

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
LEVELS = default_levels("Asia/Shanghai")
_OWNER = {"cancelled", "closed"}


def at(text: str) -> datetime:
    """A moment of 2026 in Shanghai: `09-30 17:50`."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


def row(when: str, what: str, by: str = "", **fields: Any) -> Entry:
    """A row: `assigned`, `message`, `undone`, or another state; `by` is a role. `taken` and `visit` are moments."""
    kind: Any = what if what in ("assigned", "message", "undone") else "status"
    role: Any = by or ("owner" if what in _OWNER else "front_line")
    for short, name in (("taken", "taken_at"), ("visit", "visit_at")):
        if short in fields:
            fields[name] = at(fields.pop(short))
    actor = Actor(id="somebody", name="", role=role)
    to: Any = None if kind in ("message", "undone") else what
    return Entry(id=when, at=at(when), kind=kind, actor=actor, to=to, **fields)


def life(start: str, *timeline: Entry, service_class: str = "L2", category: str = "noise") -> History:
    """The history of an issue that was reported at `start`."""
    return History("issue", category, service_class, at(start), rounds(at(start), timeline))


def judged(history: History, now: str, levels: Levels = LEVELS) -> dict[str, Outcome]:
    """Its promises at a moment, as `goal` (of the last round, the last turn)."""
    return {one.goal: one for one in outcomes(history, levels, at(now))}


def levels_with(*changes: tuple[str, Policy], made: str = "") -> Levels:
    """The default levels, and policies from moments on."""
    more = [PolicyVersion(at(start), at(made or start), policy) for start, policy in changes]
    return replace(LEVELS, policies=(*LEVELS.policies, *more))


def policy_with(**goals: Any) -> Policy:
    """The default policy with other goals for L2."""
    two = DEFAULT_POLICY.classes["L2"]
    merged: dict[Goal, Span] = {**two.goals, **goals}  # type: ignore[dict-item]
    changed = replace(two, goals=merged)
    return replace(DEFAULT_POLICY, classes={**DEFAULT_POLICY.classes, "L2": changed})
