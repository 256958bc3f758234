"""A designer's days as they were read, and as they are to be: what is taken, and the writes that take it.

Every write is on condition that the days are as they were read, those before and after midnight too when something
reaches across. So what was judged by them (overlaps, journeys, seats, a day's limit) still holds when it is written.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from chalicelib.consultations import rules, store
from chalicelib.consultations.models import Day, Hold, Plan, Service
from chalicelib.db import Op
from chalicelib.errors import NotFound
from chalicelib.portal import Portal


class Diary:
    """Some days of one designer's."""

    def __init__(self, plan: Plan, days: dict[date, Day]) -> None:
        self.plan = plan
        self._days = days
        self._holds = {hold.id: hold for day in days.values() for hold in day.holds}
        self._touched: set[date] = set()
        self.as_read = list(self._holds.values())

    @classmethod
    def read(cls, portal: Portal, consultant_id: str, around: Iterable[datetime]) -> "Diary":
        """The days around some moments, in one round trip; raises NotFound for somebody without a plan."""
        # Wherever the designer lives: a moment's day there is at most one off, what touches it another.
        days = {at.date() + timedelta(days=n) for at in around for n in range(-2, 3)}
        plan, found = store.diaries(portal.db, [consultant_id], sorted(days))[consultant_id]
        if plan is None:
            raise NotFound
        return cls(plan, found)

    @property
    def holds(self) -> list[Hold]:
        """What is taken, with the changes made so far."""
        return list(self._holds.values())

    def fits(self, service: Service, wanted: Hold, now: datetime) -> bool:
        """Whether nothing stands in its way."""
        return rules.fits(self.plan, service, wanted, self.holds, now)

    def put(self, hold: Hold) -> None:
        """Take its time."""
        self._holds[hold.id] = hold
        self._touched.update(rules.days_touched(self.plan, hold))

    def drop(self, hold_id: str) -> Hold | None:
        """Give its time free."""
        hold = self._holds.pop(hold_id, None)
        if hold:
            self._touched.add(self._day(hold))
        return hold

    def kept_for(self, account_id: str, session: tuple[str, datetime]) -> list[Hold]:
        """What is kept of a session for somebody."""
        return [
            one for one in self.holds if one.until and one.account_id == account_id and one.session == session
        ]

    def _day(self, hold: Hold) -> date:
        return rules.day_of(self.plan, hold.starts_at)

    def ops(self, now: datetime) -> list[Op]:
        """The writes of the days that have changed; the plan must stand, too. What has ended goes on the way."""
        if not self._touched:
            return []
        left = rules.standing(self.holds, now)
        writes = [
            store.put_day(
                self.plan.consultant_id, self._days[day], [hold for hold in left if self._day(hold) == day]
            )
            for day in sorted(self._touched)
        ]
        return [*writes, store.plan_stands(self.plan)]
