"""Managers' rules written out for the JSON API."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from chalicelib.duty import rules as duty_rules
from chalicelib.duty.models import Roster
from chalicelib.duty.policy import DAYS_SHOWN
from chalicelib.managing.api_models import (
    CalendarView,
    LevelPreviewView,
    MovedView,
    PolicyView,
    RosterView,
    SopPreviewView,
    SopRulesView,
    TurnView,
    VersionView,
)
from chalicelib.managing.levels import Kept
from chalicelib.managing.models import Version
from chalicelib.managing.policy import HISTORY
from chalicelib.managing.preview import LevelPreview
from chalicelib.service_levels.store import Saved
from chalicelib.sops.editing import SopPreview
from chalicelib.sops.models import Sop
from chalicelib.times import rfc3339


def _history(saved: Iterable[Version[Any] | Saved[Any]]) -> list[VersionView]:
    """Newest first."""
    made = sorted(saved, key=lambda one: one.made_at, reverse=True)[:HISTORY]
    return [
        VersionView(
            valid_from=rfc3339(one.valid_from), made_at=rfc3339(one.made_at), made_by=one.made_by or None
        )
        for one in made
    ]


def policy(found: Kept, preview: LevelPreview | None = None) -> PolicyView:
    """A community's policy."""
    return PolicyView(
        version=found.book.version,
        policy=found.policy,
        versions=_history(found.book.policies),
        preview=level_preview(preview) if preview else None,
    )


def calendar(found: Kept, preview: LevelPreview | None = None) -> CalendarView:
    """A community's calendar."""
    return CalendarView(
        version=found.book.version,
        calendar=found.calendar,
        versions=_history(found.book.calendars),
        preview=level_preview(preview) if preview else None,
    )


def level_preview(found: LevelPreview) -> LevelPreviewView:
    """A preview in numbers, with its examples."""
    examples = [
        MovedView(
            issue_id=issue.id,
            number=issue.number,
            goal=one.goal,
            before=rfc3339(one.before) if one.before else None,
            after=rfc3339(one.after) if one.after else None,
            late=one.late,
        )
        for issue, one in found.examples
    ]
    names = LevelPreviewView.model_fields.keys() - {"examples"}
    return LevelPreviewView(examples=examples, **{name: getattr(found, name) for name in names})


def roster(
    versions: list[Version[Roster]], shown: Roster, on_duty: Iterable[str], now: datetime
) -> RosterView:
    """A community's roster; `shown` is the one whose next days are told."""
    first = now.astimezone(shown.zone).date()
    turns: list[tuple[datetime, datetime, str | None]] = [*duty_rules.turns(shown, first, DAYS_SHOWN)]
    turns += [(start, end, None) for start, end in duty_rules.gaps(shown, first, DAYS_SHOWN)]
    return RosterView(
        version=versions[0].number,
        roster=shown,
        on_duty=list(on_duty),
        turns=[
            TurnView(start=rfc3339(start), end=rfc3339(end), account_id=who)
            for start, end, who in sorted(turns, key=lambda turn: turn[:2])
        ],
        versions=_history(versions),
    )


def sop(
    category_id: str, versions: list[Version[Sop]], shown: Sop, preview: SopPreview | None = None
) -> SopRulesView:
    """A category's SOP."""
    told = {name: getattr(preview, name) for name in SopPreviewView.model_fields} if preview else None
    return SopRulesView(
        category_id=category_id,
        version=versions[0].number,
        sop=shown,
        versions=_history(versions),
        preview=SopPreviewView(**told) if told else None,
    )
