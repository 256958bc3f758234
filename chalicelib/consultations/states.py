"""What a booking may become, and by when. No I/O, no clock."""

from datetime import datetime, timedelta

from chalicelib.consultations.models import Booking, Plan
from chalicelib.consultations.policy import CUT_OFF, OFFER

#: Where a booking may go from where, and what it becomes; only staff take these steps.
STAFF_STEPS: dict[str, frozenset[str]] = {
    "confirmed": frozenset({"requested"}),
    "done": frozenset({"confirmed"}),
    "no_show": frozenset({"confirmed"}),
    "cancelled_by_staff": frozenset({"requested", "confirmed"}),
}


def may_change(booking: Booking, now: datetime) -> bool:
    """Whether its owner may still cancel it or take another time."""
    return booking.alive and now <= booking.starts_at - CUT_OFF


def kept_until(plan: Plan, starts_at: datetime, now: datetime) -> datetime:
    """Until when a time is kept for somebody: two hours, and no longer than it can be booked."""
    return min(now + OFFER, starts_at - timedelta(hours=plan.notice))


def may_rate(booking: Booking) -> bool:
    """Whether its owner may say what they think of it: once, when it took place."""
    return booking.status == "done" and not booking.marks


def may_step(booking: Booking, to: str, now: datetime) -> bool:
    """Whether staff may take a step: what took place, or did not, is known once it has begun; yes is said before."""
    if to in ("done", "no_show") and now < booking.starts_at:
        return False
    if to == "confirmed" and now >= booking.starts_at:
        return False
    return booking.status in STAFF_STEPS[to]
