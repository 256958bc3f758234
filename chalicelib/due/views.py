"""An issue's promises as its readers see them."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from chalicelib import i18n
from chalicelib.due import plan
from chalicelib.due.view_models import AlertView, NextView, PauseView, SlaView, TargetView
from chalicelib.issues.models import IssueFile
from chalicelib.kept import made
from chalicelib.service_levels import rules
from chalicelib.service_levels.history import history_of
from chalicelib.service_levels.models import Outcome, Pause
from chalicelib.service_levels.moments import Moment
from chalicelib.sops.moments import step_of
from chalicelib.times import rfc3339

#: Moments of which staff are told something that somebody should know of.
ALERTS = ("warn", "breach", "escalate", "delay", "unresolved")


class Promises:
    """How an issue stands with its promises at a moment, worked out once for all that is shown of it."""

    def __init__(
        self, file: IssueFile, terms: plan.Terms, now: datetime, locale: str = i18n.LOCALES[0]
    ) -> None:
        self._file, self._terms, self._now = file, terms, now
        levels = terms.levels
        self._steps = {step.id: step.name.in_(locale) for step in terms.sop.steps}
        self._history = history_of(file)
        self._outcomes = rules.outcomes(self._history, levels, now)
        self._pauses = rules.pauses_of(self._history.rounds[-1], levels)

    def sla(self) -> SlaView:
        """What staff see."""
        coming = plan.pending(self._file, self._terms, self._history, self._outcomes)
        fixes = [one for one in self._outcomes if one.goal == "resolve"]
        return made(
            SlaView,
            targets=[_target(one, self._now) for one in shown(self._outcomes)],
            pauses=[_pause(one) for one in self._pauses],
            next=_next(coming[0], self._steps) if coming else None,
            delay_class=rules.delay_class(fixes[-1], self._now),
            alerts=alerts(self._file, self._steps),
        )

    @property
    def paused_until(self) -> datetime | None:
        """Until when the clocks stand still at the latest; None while they run."""
        pause = running(self._pauses, self._now)
        return pause.until if pause else None

    @property
    def next_word_by(self) -> datetime | None:
        """Until when the owner hears from us again; None when nothing says so, or when that is over."""
        words = [one for one in self._outcomes if one.goal == "next_update" and one.ended is None]
        due = words[-1].due if words else None
        return due if due and due > self._now else None


def shown(found: list[Outcome]) -> Iterable[Outcome]:
    """The promises worth showing: of what is promised again and again the last, and those that were missed."""
    last = {(one.round, one.goal): one for one in found}
    return [one for one in found if one.due and (one is last[one.round, one.goal] or one.state == "missed")]


def _target(one: Outcome, now: datetime) -> TargetView:
    return made(
        TargetView,
        goal=one.goal,
        clock=one.span.clock if one.span else "always",
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


def _next(one: Moment, steps: Mapping[str, str]) -> NextView:
    step = steps.get(step_of(one.id) or "", "")
    return made(NextView, at=rfc3339(one.at), kind=one.kind, detail=one.detail, level=one.level, step=step)


def alerts(file: IssueFile, steps: Mapping[str, str]) -> list[AlertView]:
    """What staff were told of, oldest first; not what was over when it was recorded. `steps` are the SOP's names."""
    rows = [(name, row) for name, row in file.done.items() if row["kind"] in ALERTS and not row.get("over")]
    return [
        made(
            AlertView,
            id=name,
            kind=row["kind"],
            detail=row.get("detail", ""),
            level=row.get("level", 0),
            step=steps.get(step_of(name) or "", ""),
            at=row["at"],
            seen_by=row.get("seen_by"),
            seen_at=row.get("seen_at"),
        )
        for name, row in sorted(rows, key=lambda pair: (pair[1]["due_at"], pair[1].get("level", 0), pair[0]))
    ]
