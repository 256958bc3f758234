"""A month of a portal with the clock moved: issues come, staff answer, are late or absent, and a provider of messages
is down for two days. At its end every breach was warned of before, every level of the ladder was told once, nobody
was written to at night but of urgent issues, and no message was doubled or lost, in inboxes and outside.

    python -m bench.month [--issues 5000] [--write]      # some minutes; --write puts it into docs/benchmarks.md
"""

import argparse
import heapq
import itertools
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bench import document, month_checks, month_outside, report
from bench.measure import quiet
from bench.month_checks import TICK, Letters
from bench.month_outside import Outside
from bench.outside import BUSY, CUT_AFTER, CUT_BEFORE, Choices, Network, outside
from bench.world import HERE, empty_world
from chalicelib.accounts.models import Person
from chalicelib.desk import service as desk
from chalicelib.desk import talking
from chalicelib.desk.models import Assign, StaffMessage, Transition
from chalicelib.errors import PortalError
from chalicelib.inbox import outbox
from chalicelib.issues import reporting, service, store, timers
from chalicelib.issues.models import Issue, IssueFile, OwnerStep, ReportIssue
from chalicelib.messages import worker
from chalicelib.messages.notifier import Channel
from chalicelib.messages.sending import Turn
from chalicelib.portal import Portal

ISSUES, DAYS = 5_000, 30
START = datetime(2026, 11, 1, 16, 0, tzinfo=UTC)  # midnight in Shanghai
#: The days on which nobody of the staff works, and those on which a channel's provider is down.
ABSENT = (12, 13)
DOWN: dict[Channel, tuple[int, ...]] = {"push": (20, 21), "sms": (25,)}
#: How long what is still on its way then has to leave, and one in how many events the stream never brings.
REST, LOSES = timedelta(days=2), 50
_CATEGORIES = ("plumbing", "electrical", "wall_seepage", "noise", "parking", "contract", "lift", "other")
_HOUR = timedelta(hours=1)

Act = Callable[[datetime], None]


@dataclass
class Month:
    """The month as it goes: what people do next, by time."""

    portal: Portal
    people: dict[str, list[Person]]
    letters: Letters
    network: Network
    dice: random.Random
    acts: list[tuple[datetime, int, Act]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    handled: Counter[str] = field(default_factory=Counter)
    _order: "itertools.count[int]" = field(default_factory=itertools.count)

    def later(self, at: datetime, act: Act) -> None:
        """Somebody does something then."""
        heapq.heappush(self.acts, (at, next(self._order), act))

    def run(self) -> None:
        """Let the month go by, tick by tick, and some days more without anybody, until all has left."""
        now, end = START, START + timedelta(days=DAYS)
        while now < end:
            while self.acts and self.acts[0][0] <= now:
                at, _, act = heapq.heappop(self.acts)
                act(at)
            self.handled += timers.run_due(self.portal, now)
            self._tell(now)
            now += TICK
            if (now - START) % timedelta(days=1) < TICK:
                print(f"{now:%d %b} …", file=sys.stderr, flush=True)
        while now < end + REST:
            self._tell(now)
            now += TICK

    def _tell(self, now: datetime) -> None:
        """The outbox, the stream of what is to be told outside (which loses some), and the workers."""
        day = (now - START).days
        self.network.down = frozenset(name for name, days in DOWN.items() if day in days)
        while outbox.sweep(self.portal, now, older_than_s=-1):
            pass
        brought = [one for one in self.letters.stream() if self.dice.randrange(LOSES)]
        worker.handle(self.portal, {"Records": brought}, now, lambda: 0.0)
        worker.sweep(Turn(self.portal, now))

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


def _lived(issues: int, seed: int) -> tuple[Month, Outside, list[IssueFile], dict[str, list[str]]]:
    """The month, what left, its issues, and what does not hold."""
    dice = random.Random(seed)
    with empty_world() as (portal, people, table):
        everybody = [one for some in people.values() for one in some]
        letters = Letters(table)
        with outside(letters.watching(portal), everybody, dice) as (watched, carrier, network):
            choices = Choices(watched)
            choices.make(people)
            month = Month(watched, people, letters, network, dice)
            timers.run_due(watched, START)
            for _ in range(issues):
                month.later(START + timedelta(minutes=dice.randrange(DAYS * 24 * 60)), Repair(month).report)
            month.run()
        files = [file for one in month.ids if (file := store.load(portal.db, portal.keys, one))]
        found = month_outside.read(portal, letters, carrier.left, choices.quiet, HERE)
        wrong = month_checks.problems(portal, files, letters) | month_outside.problems(found)
    return month, found, files, wrong


def section(
    month: Month, found: Outside, files: Sequence[IssueFile], wrong: dict[str, list[str]], took: float
) -> str:
    """The section, in Markdown."""
    rows = [[name, figure] for name, figure in figures(month, found, files).items()]
    rows += [
        [name, "yes" if not some else f"NO, {len(some)} times: {some[0]}"] for name, some in wrong.items()
    ]
    down = ", ".join(f"{name} for {len(days)} days" for name, days in DOWN.items())
    said = (
        f"{len(month.ids):,} issues in {DAYS} days. Nobody of the staff works on {len(ABSENT)} of them. Providers are\n"
        f"down ({down}), refuse {BUSY} of 1,000 other calls, hang up on {CUT_BEFORE}, and on {CUT_AFTER} more after\n"
        f"they have taken the message; the stream loses one event in {LOSES}. Every message goes through its\n"
        "channel's adapter, and what stands for the network counts what it takes. The clock ticks every "
        f"{TICK // timedelta(minutes=1)} minutes.\nThe month took {took / 60:.0f} minutes."
    )
    return f"## A month of promises\n\n{said}\n\n{document.table(['', ''], rows)}\n"


def figures(month: Month, found: Outside, files: Sequence[IssueFile]) -> dict[str, str]:
    """What came to pass."""
    levels = Counter(row["level"] for row in found.letters.notices.values() if row["event"] == "escalated")
    by = Counter(one.channel for one in found.left)
    night = sum(not 7 <= (one.at + timedelta(hours=8)).hour < 22 for one in found.left)
    all_, reached, late = month_outside.warned(found, files)
    steady, minute = frozenset({"email", "wechat"}), timedelta(minutes=1)
    slowest = month_outside.slowest(found, steady) // minute
    waited = Counter(f"{one:%d %b}" for one in late)
    return {
        "moments handled": ", ".join(f"{name} {n:,}" for name, n in sorted(month.handled.items())),
        "levels told": ", ".join(f"level {level}: {n:,}" for level, n in sorted(levels.items())),
        "notices written, messages in inboxes": f"{found.letters.sent:,}, {found.letters.given:,}",
        "messages that left by an adapter": ", ".join(f"{name} {n:,}" for name, n in sorted(by.items())),
        "of them at night (22:00–7:00), all of L1": f"{night:,}",
        "pieces of news in them": f"{sum(one.news for one in found.left):,}",
        "calls to providers": f"{sum(month.network.calls.values()):,}",
        "waiting at the desk: nobody knows whether they arrived": f"{len(found.desk):,}",
        "urgent ones sent again, as their provider hung up and knows no token": f"{month_outside.insisted(found.left)}",
        "warnings that a channel brought before the breach": f"{reached:,} of {all_:,}",
        "the others, by the day of the breach": ", ".join(f"{day}: {n}" for day, n in sorted(waited.items()))
        or "none",
        "slowest urgent message by a provider that is never down": f"{slowest} min",
    }


def main(given: Sequence[str] = ()) -> int:
    """Live through the month and print what became of its promises; 1 when something does not hold."""
    parser = argparse.ArgumentParser(description="A month of promises.")
    parser.add_argument("--issues", type=int, default=ISSUES)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(list(given))
    started = time.monotonic()
    with quiet():
        month, found, files, wrong = _lived(options.issues, options.seed)
    text = section(month, found, files, wrong, time.monotonic() - started)
    print(text)
    if options.write:
        report.keep("month", text.strip())
    return 1 if any(wrong.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
