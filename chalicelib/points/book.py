"""One change of somebody's points: what it does to lots, ledger and balance. No I/O; the store writes it at once.

Every function changes lots and ledger together, so their sums stay the same whatever is done in whatever order.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.ids import new_id
from chalicelib.points import rules
from chalicelib.points.errors import InsufficientPoints, PurseMoved
from chalicelib.points.models import Entry, EntryKind, Lot, Month, Part, Pending, Purse, Sheet
from chalicelib.points.months import last_month, month_of
from chalicelib.points.policy import LOTS_IN_A_SHEET

_Parts = Iterable[Part]


class Book:
    """A purse and those of its sheets that a change is about, as they come to be; `entries` and `tallies` are what the
    change adds."""

    def __init__(self, purse: Purse, sheets: Iterable[Sheet], now: datetime) -> None:
        self.purse = purse
        self.sheets = {sheet.id: sheet for sheet in sheets}
        #: Where the sheets were found: among the open ones, or not.
        self.found = {name: sheet.open for name, sheet in self.sheets.items()}
        self.changed: set[str] = set()
        self.entries: list[Entry] = []
        #: (community, month, rule) → what entries of each kind came to; without a rule, what is `outstanding`.
        self.tallies: dict[tuple[str, Month, str], Counter[str]] = {}
        self.now = now

    def earn(self, lot: Lot, note: str = "") -> Part:
        """New points as a lot of their own; gives back where it lies. What is owed is set off at once."""
        adjusted = lot.kind == "adjusted"
        part = self._add_lot(lot)
        self.purse = replace(self.purse, home=lot.community_id)
        self._enter(
            "adjusted" if adjusted else "earned",
            lot.points,
            [part],
            rule=lot.kind,
            note=note,
            ref=lot.event_id,
        )
        if not adjusted:
            self._count_for_tier(lot.points, month_of(self.now))
        self._set_off([part])
        return part

    def hold(self, pending: Pending) -> None:
        """Points that are to become real: no part of the balance, and no entry yet."""
        self.purse = replace(self.purse, pending=(*self.purse.pending, pending))

    def release(self, event_id: str) -> Pending | None:
        """Pending points are no longer: they have become real, or were reversed."""
        found = next((one for one in self.purse.pending if one.event_id == event_id), None)
        rest = tuple(one for one in self.purse.pending if one is not found)
        self.purse = replace(self.purse, pending=rest)
        return found

    def take(self, points: int, kind: EntryKind, *, note: str = "", ref: str = "") -> Entry:
        """Take points from the lots that expire soonest. Raises InsufficientPoints when the sheets hold less."""
        parts = list(self._soonest(points))
        if sum(part.points for part in parts) < points:
            raise InsufficientPoints
        return self._enter(kind, -points, self._move(parts, -1), note=note, ref=ref)

    def give_back(self, taken: _Parts, *, note: str = "", ref: str = "") -> Entry:
        """Give points back to the lots that they were taken from. In what has expired meanwhile they expire anew."""
        parts = self._move(list(taken), 1)
        entry = self._enter("given_back", sum(part.points for part in parts), parts, note=note, ref=ref)
        self._set_off(parts)
        return entry

    def withdraw(self, part: Part, *, note: str = "") -> None:
        """Take an earning back: from its own lot, then from others; what has been spent already is owed. Of a lot that
        has expired only what is left of it: nobody pays for what they lost."""
        lot = self.sheets[part.sheet].lots[part.lot]
        taken = self._move([replace(part, points=lot.left)] if lot.left else [], -1)
        rest = 0 if part.sheet[:7] < month_of(self.now) else lot.points - lot.left
        taken += self._move(list(self._soonest(rest)), -1)
        found = sum(one.points for one in taken)
        self._count_for_tier(-lot.points, month_of(lot.at))
        self.purse = replace(self.purse, owed=self.purse.owed + rest - (found - lot.left))
        if found:
            self._enter("reversed", -found, taken, rule=lot.kind, note=note, ref=lot.event_id)

    def expire(self) -> None:
        """Take out what is left of lots whose month is over."""
        gone = [sheet for sheet in self.sheets.values() if sheet.month < month_of(self.now)]
        parts = [
            Part(sheet.id, place, lot.left)
            for sheet in sorted(gone, key=lambda one: one.id)
            for place, lot in enumerate(sheet.lots)
            if lot.left
        ]
        if parts:
            self._enter("expired", -sum(part.points for part in parts), self._move(parts, -1))

    def set(self, **fields: Any) -> None:
        """Change something of the purse that is no points."""
        self.purse = replace(self.purse, **fields)

    def _soonest(self, points: int) -> Iterator[Part]:
        """Parts of lots that have not expired, soonest expiry first, up to so many points."""
        for name in sorted(self.sheets):
            if name[:7] < month_of(self.now):
                continue
            for place, lot in enumerate(self.sheets[name].lots):
                if points and lot.left:
                    taken = min(points, lot.left)
                    points -= taken
                    yield Part(name, place, taken)

    def _add_lot(self, lot: Lot) -> Part:
        """Lay a lot into a sheet of its month that has room, or into a new one, named by the entry's number."""
        month = last_month(self.now)
        names = [name for name, sheet in self.sheets.items() if name[:7] == month and sheet.open]
        room = [name for name in names if len(self.sheets[name].lots) < LOTS_IN_A_SHEET]
        name = max(room) if room else f"{month}#{self.purse.entries + 1:09d}"
        sheet = self.sheets.get(name) or Sheet(name, ())
        self.sheets[name] = replace(sheet, lots=(*sheet.lots, replace(lot, left=0)))
        part = Part(name, len(sheet.lots), lot.points)
        return self._move([part], 1)[0]

    def _move(self, parts: list[Part], sign: int) -> list[Part]:
        for part in parts:
            sheet = self.sheets[part.sheet]
            lot = sheet.lots[part.lot]
            left = lot.left + sign * part.points
            if (
                not 0 <= left <= lot.points
            ):  # read while somebody else was changing them, a moment after the balance
                raise PurseMoved
            lots = [*sheet.lots]
            lots[part.lot] = replace(lot, left=left)
            self.sheets[part.sheet] = replace(sheet, lots=tuple(lots))
            self.changed.add(part.sheet)
            self._expires(sheet.month, sign * part.points)
        return parts

    def _expires(self, month: Month, points: int) -> None:
        expiring = {**self.purse.expiring, month: self.purse.expiring.get(month, 0) + points}
        kept = {one: left for one, left in expiring.items() if left}
        self.purse = replace(self.purse, balance=self.purse.balance + points, expiring=kept)

    def _enter(self, kind: EntryKind, delta: int, parts: list[Part], **words: str) -> Entry:
        entry = Entry(
            id=new_id(self.now),
            number=self.purse.entries + 1,
            at=self.now,
            delta=delta,
            kind=kind,
            balance_after=self.purse.balance,
            parts=tuple(parts),
            **words,
        )
        self.entries.append(entry)
        self.purse = replace(self.purse, entries=entry.number)
        for part in parts:
            self._tally(kind, part, 1 if delta > 0 else -1)
        return entry

    def _tally(self, kind: EntryKind, part: Part, sign: int) -> None:
        lot = self.sheets[part.sheet].lots[part.lot]
        counts = [(month_of(self.now), lot.kind, str(kind)), (part.sheet[:7], "", "outstanding")]
        for month, rule, name in counts:
            self.tallies.setdefault((lot.community_id, month, rule), Counter())[name] += sign * part.points

    def _set_off(self, parts: list[Part]) -> None:
        """What was withdrawn from points that had been spent already goes off the next ones."""
        left = self.purse.owed
        taken = []
        for part in parts:
            points = min(left, part.points)
            left -= points
            if points:
                taken.append(replace(part, points=points))
        if taken:
            self._move(taken, -1)
            self.purse = replace(self.purse, owed=left)
            self._enter("reversed", -sum(part.points for part in taken), taken, rule="set_off")

    def _count_for_tier(self, points: int, month: Month) -> None:
        """What was earned counts for the level, which rises at once and goes down as a month begins."""
        here = month_of(self.now)
        earned = {**self.purse.earned, month: self.purse.earned.get(month, 0) + points}
        kept = {one: n for one, n in earned.items() if n}
        tier = rules.higher(self.purse.tier, rules.tier_for(rules.earned_by(kept, here)))
        self.purse = replace(self.purse, earned=kept)
        if tier != self.purse.tier:
            self.purse = replace(self.purse, tier=tier, warned="", checked=here)
