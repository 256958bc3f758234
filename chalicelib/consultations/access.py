"""Who sees which booking."""

from chalicelib.accounts.models import Person
from chalicelib.consultations import store
from chalicelib.consultations.models import Booking
from chalicelib.errors import NotFound
from chalicelib.ids import is_id
from chalicelib.portal import Portal


def get(portal: Portal, booking_id: str) -> Booking:
    """A booking, whoever asks; raises NotFound."""
    booking = store.get(portal.db, portal.keys, booking_id) if is_id(booking_id) else None
    if booking is None:
        raise NotFound
    return booking


def is_staff_of(person: Person, booking: Booking) -> bool:
    """Whether somebody sees a booking at the desk: its designer, or a manager there."""
    roles = person.roles_in(booking.community_id)
    return "manager" in roles or ("designer" in roles and booking.consultant_id == person.id)


def own(portal: Portal, person: Person, booking_id: str) -> Booking:
    """One's own booking; raises NotFound for any other."""
    booking = get(portal, booking_id)
    if booking.owner_id != person.id:
        raise NotFound
    return booking


def seen(portal: Portal, person: Person, booking_id: str) -> Booking:
    """A booking that somebody may see: its owner, its designer, a manager there; raises NotFound."""
    booking = get(portal, booking_id)
    if booking.owner_id != person.id and not is_staff_of(person, booking):
        raise NotFound
    return booking
