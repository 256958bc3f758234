"""A month of a portal with the clock moved: issues come, staff answer, are late or absent, and messages can't be
delivered for two days. At its end every breach was warned of before, every level of the ladder was told once, nobody
was written to at night but of urgent issues, and no message was doubled or lost.

    python -m bench.month [--issues 5000]      # some minutes
"""

import argparse
import heapq
import itertools
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.measure import quiet
from bench.month_checks import Letters, problems
from bench.world import empty_world
from chalicelib.accounts.models import Person
from chalicelib.desk import service as desk
from chalicelib.desk import talking
from chalicelib.desk.models import Assign, StaffMessage, Transition
from chalicelib.errors import PortalError
from chalicelib.inbox import outbox
from chalicelib.issues import reporting, service, store, timers
from chalicelib.issues.models import Issue, OwnerStep, ReportIssue
from chalicelib.portal import Portal

ISSUES, DAYS = 5_000, 30
START = datetime(2026, 11, 1, 16, 0, tzinfo=UTC)  # midnight in Shanghai
TICK = timedelta(minutes=5)
#: The days on which nobody of the staff works, and those on which nothing is delivered.
ABSENT, DOWN = (12, 13), (20, 21)
_CATEGORIES = ("plumbing", "electrical", "wall_seepage", "noise", "parking", "contract", "lift", "other")
_HOUR = timedelta(hours=1)

Act = Callable[[datetime], None]


@dataclass
class Month:
    """The month as it goes: what people do next, by time."""

    portal: Portal
    people: dict[str, list[Person]]
    dice: random.Random
    acts: list[tuple[datetime, int, Act]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    handled: Counter[str] = field(default_factory=Counter)
    _order: "itertools.count[int]" = field(default_factory=itertools.count)

    def later(self, at: datetime, act: Act) -> None:
        """Somebody does something then."""
        heapq.heappush(self.acts, (at, next(self._order), act))

    def run(self) -> None:
        """Let the month go by, tick by tick, and some weeks more without anybody, until all is delivered."""
        now, end = START, START + timedelta(days=DAYS)
        while now < end:
            while self.acts and self.acts[0][0] <= now:
                at, _, act = heapq.heappop(self.acts)
                act(at)
            self.handled += timers.run_due(self.portal, now)
            if (now - START).days not in DOWN:
                self._deliver(now)
            now += TICK
        self._deliver(end + _HOUR)

    def _deliver(self, now: datetime) -> None:
        while outbox.sweep(self.portal, now, older_than_s=-1):
            pass

    def at_work(self, at: datetime) -> datetime:
        """When somebody of the staff gets to it: by day, and not while all are absent."""
        while (at - START).days in ABSENT or not 8 <= (at - START).seconds // 3600 < 20:
            at += timedelta(minutes=self.dice.randrange(20, 90))
        return at

    def soon(self, at: datetime, hours: float) -> datetime:
        """Some hours later, more or less; one in eight takes eight times as long."""
        length = self.dice.expovariate(1 / hours) * (8 if self.dice.random() < 0.125 else 1)
        return at + length * _HOUR


class Repair:
    """One issue's way: reported, answered, begun, often on hold, fixed, confirmed or never mentioned again."""

    def __init__(self, month: Month) -> None:
        self.month = month
        self.owner = month.dice.choice(month.people["owner"])
        self.clerk = month.dice.choice(month.people["front_line"])
        self.technician = month.dice.choice(month.people["technician"])
        self.id = ""

    def report(self, at: datetime) -> None:
        """It comes."""
        body = {
            "unit_id": self.owner.units[0].id,
            "category_id": self.month.dice.choice(_CATEGORIES),
            "description": "坏了",
        }
        file, _ = reporting.report(self.month.portal, self.owner, ReportIssue.model_validate(body), None, at)
        self.id = file.issue.id
        self.month.ids.append(self.id)
        self._then(at, 0.7, self.acknowledge)

    def _then(self, at: datetime, hours: float, act: Act) -> None:
        self.month.later(self.month.at_work(self.month.soon(at, hours)), act)

    def acknowledge(self, at: datetime) -> None:
        """The front desk answers."""
        if self._step(self.clerk, "acknowledged", at):
            self._then(at, 0.3, self.assign)

    def assign(self, at: datetime) -> None:
        """Somebody is to come."""
        issue = self._issue()
        body = Assign(assignee_id=self.technician.id, version=issue.version)
        desk.assign(self.month.portal, self.clerk, self.id, body, None, at)
        self._then(at, 1, self.begin)

    def begin(self, at: datetime) -> None:
        """Work begins; or it is put on hold, and goes on or is forgotten there."""
        self._step(self.technician, "in_progress", at)
        if self.month.dice.random() < 0.25:
            self._then(at, 0.5, self.hold)
        else:
            self._then(at, 6, self.word)

    def hold(self, at: datetime) -> None:
        """It waits for parts, for the owner, or for an agreed visit."""
        reason = self.month.dice.choice(("waiting_parts", "waiting_owner", "appointment"))
        visit = (
            {"visit_at": (at + self.month.dice.randrange(3, 60) * _HOUR).isoformat()}
            if reason == "appointment"
            else {}
        )
        self._step(self.technician, "paused", at, pause_reason=reason, **visit)
        if self.month.dice.random() < 0.7:
            self._then(at, 30, self.resume)

    def resume(self, at: datetime) -> None:
        """It goes on, unless the clock was quicker."""
        self._step(self.technician, "in_progress", at)
        self._then(at, 3, self.word)

    def word(self, at: datetime) -> None:
        """The owner hears how it stands."""
        body = StaffMessage(text="快好了")
        talking.message(self.month.portal, self.technician, self.id, body, None, at)
        self._then(at, 4, self.resolve)

    def resolve(self, at: datetime) -> None:
        """It is fixed; proof is a photo, which has no part in this."""
        fixed = self._issue().category_id != "wall_seepage" and self._step(self.technician, "resolved", at)
        if fixed and self.month.dice.random() < 0.6:
            self.month.later(self.month.soon(at, 20), self.confirm)

    def confirm(self, at: datetime) -> None:
        """The owner is content; or not."""
        action = "confirm" if self.month.dice.random() < 0.9 else "reopen"
        body = OwnerStep(version=self._issue().version, reason="还在漏")
        try:
            service.step(self.month.portal, self.owner, self.id, action, body, None, at)
        except PortalError:
            return  # it has closed by itself
        if action == "reopen":
            self._then(at, 2, self.assign)

    def _issue(self) -> Issue:
        found = store.get(self.month.portal.db, self.month.portal.keys, self.id)
        assert found is not None, "issues are never removed"
        return found

    def _step(self, who: Person, to: str, at: datetime, **more: Any) -> bool:
        body = Transition.model_validate({"to": to, "version": self._issue().version, **more})
        try:
            desk.transition(self.month.portal, who, self.id, body, None, at)
        except PortalError:
            return False  # the clock, or the owner, was quicker
        return True


def main(given: Sequence[str] = ()) -> int:
    """Live through the month and print what became of its promises; 1 when one of the four things does not hold."""
    parser = argparse.ArgumentParser(description="A month of promises.")
    parser.add_argument("--issues", type=int, default=ISSUES)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(list(given))
    with quiet(), empty_world() as (portal, people, table):
        letters = Letters(table)
        portal = letters.watching(portal)
        month = Month(portal, people, random.Random(options.seed))
        timers.run_due(portal, START)
        for _ in range(options.issues):
            at = START + timedelta(minutes=month.dice.randrange(DAYS * 24 * 60))
            month.later(at, Repair(month).report)
        month.run()
        found = problems(portal, month.ids, letters)
    print(f"{len(month.ids)} issues in {DAYS} days, handled: {dict(sorted(month.handled.items()))}")
    print(f"{letters.sent} notices written, {letters.given} messages given")
    for name, wrong in found.items():
        print(f"{name}: {'yes' if not wrong else f'NO, {len(wrong)} times, such as {wrong[0]}'}")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
