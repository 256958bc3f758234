"""What owners think of appointments that took place; it counts for the designer."""

from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.consultations import access, marks_store, service, states
from chalicelib.consultations.commit import Step, attempt, commit
from chalicelib.consultations.input_models import RateBooking
from chalicelib.consultations.models import Booking
from chalicelib.consultations.notices import to_designer
from chalicelib.errors import IllegalTransition, VersionConflict
from chalicelib.once import Once
from chalicelib.portal import Portal


def rate(
    portal: Portal, person: Person, booking_id: str, body: RateBooking, once: Once | None, now: datetime
) -> Booking:
    """Say what one thinks of an appointment that took place; it counts for its designer, once. Raises NotFound,
    VersionConflict, IllegalTransition."""

    def work() -> Booking:
        before = access.own(portal, person, booking_id)
        if before.version != body.version:
            raise VersionConflict
        if not states.may_rate(before):
            raise IllegalTransition(service.NO_STEP)
        after = service.changed(before, now, marks=body.marks, comment=body.comment)
        counted = marks_store.count(after.consultant_id, body.marks)
        notices = [to_designer(after, "booking_rated", portal.keys)]
        step = Step(before, after, "rated", person.id, "owner", body.comment, notices, extra=[counted])
        return commit(portal, step, once, now)

    return attempt(portal, once, work)
