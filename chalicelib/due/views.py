"""An issue's promises as its readers see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.due import plan
from chalicelib.due.view_models import AlertView, NextView, PauseView, SlaView, TargetView
from chalicelib.issues.models import IssueFile
from chalicelib.kept import made
from chalicelib.service_levels import rules
from chalicelib.service_levels.history import history_of
from chalicelib.service_levels.models import Levels, Outcome, Pause
from chalicelib.service_levels.moments import Moment
from chalicelib.times import rfc3339

#: Moments of which staff are told something that somebody should know of.
ALERTS = ("warn", "breach", "escalate", "unresolved")


def sla(file: IssueFile, levels: Levels, now: datetime) -> SlaView:
    """What staff see."""
    history = history_of(file)
    found = rules.outcomes(history, levels, now)
    pauses = rules.pauses_of(history.rounds[-1], levels)
    coming = plan.pending(file, levels)
    late = [name for one in found if one.goal == "resolve" and (name := rules.delay_class(one, now))]
    return made(
        SlaView,
        targets=[_target(one, now) for one in shown(found)],
        pauses=[_pause(one) for one in pauses],
        next=_next(coming[0]) if coming else None,
        delay_class=late[-1] if late else None,
        alerts=alerts(file),
    )


def shown(found: list[Outcome]) -> Iterable[Outcome]:
    """The promises worth showing: of what is promised again and again the last, and those that were missed."""
    last = {(one.round, one.goal): one for one in found}
    return [one for one in found if one.due and (one is last[one.round, one.goal] or one.state == "missed")]


def _target(one: Outcome, now: datetime) -> TargetView:
    return made(
        TargetView,
        goal=one.goal,
        round=one.round,
        due_at=rfc3339(one.due) if one.due else None,
        state=one.state,
        margin_minutes=None if one.margin is None else one.margin // timedelta(minutes=1),
        paused=one.ended is None and running(one.pauses, now) is not None,
    )


def running(pauses: Iterable[Pause], now: datetime) -> Pause | None:
    """The pause that lasts at a moment."""
    return next((one for one in pauses if one.start <= now < one.until), None)


def _pause(one: Pause) -> PauseView:
    return made(PauseView, reason=one.reason, start=rfc3339(one.start), until=rfc3339(one.until))


def _next(one: Moment) -> NextView:
    return made(NextView, at=rfc3339(one.at), kind=one.kind, detail=one.detail, level=one.level)


def alerts(file: IssueFile) -> list[AlertView]:
    """What staff were told of, oldest first; not what was over when it was recorded."""
    rows = [(name, row) for name, row in file.done.items() if row["kind"] in ALERTS and not row.get("over")]
    return [
        made(
            AlertView,
            id=name,
            kind=row["kind"],
            detail=row.get("detail", ""),
            level=row.get("level", 0),
            at=row["at"],
            seen_by=row.get("seen_by"),
            seen_at=row.get("seen_at"),
        )
        for name, row in sorted(rows, key=lambda pair: (pair[1]["at"], pair[0]))
    ]


@dataclass(frozen=True, slots=True)
class Promise:
    """What an owner is told besides the promised time: until when a pause lasts at the latest, and when they hear from
    us again at the latest."""

    paused_until: datetime | None
    next_word: datetime | None


def promise(file: IssueFile, levels: Levels, now: datetime) -> Promise:
    """What an owner sees."""
    history = history_of(file)
    pause = running(rules.pauses_of(history.rounds[-1], levels), now)
    words = [
        one.due
        for one in rules.outcomes(history, levels, now)
        if one.goal == "next_update" and one.ended is None and one.due and one.due > now
    ]
    return Promise(pause.until if pause else None, words[-1] if words else None)
