"""Consultations as the API writes them."""

from datetime import date, datetime

from chalicelib.accounts.models import Person
from chalicelib.base import Base
from chalicelib.consultations import states
from chalicelib.consultations.models import Booking, Mode, Service, Slot, Status, Waiting
from chalicelib.consultations.plans import Consultant
from chalicelib.photos import service as photos
from chalicelib.photos import store as photo_store
from chalicelib.photos.models import PhotoView
from chalicelib.portal import Portal
from chalicelib.times import rfc3339


class ServiceView(Base):
    """A kind of appointment; `seats` above one is a group session, `approval` says that the designer says yes first."""

    id: str
    name: str
    minutes: int
    mode: Mode
    seats: int
    approval: bool

    @classmethod
    def of(cls, service: Service) -> "ServiceView":
        """As it is offered."""
        return cls(**service.model_dump(exclude={"before", "after"}))


class ConsultantView(Base):
    """Somebody who gives consultations; times are those of `zone`."""

    id: str
    name: str
    words: str
    zone: str
    services: list[ServiceView]
    #: A short-lived link to their picture; how many owners have rated them, and how well on average (1 to 5).
    photo_url: str | None
    rated: int
    rating: float | None

    @classmethod
    def of(cls, one: Consultant) -> "ConsultantView":
        """As owners see them."""
        services = [ServiceView.of(service) for service in one.plan.services]
        return cls(
            id=one.id, name=one.name, words=one.plan.words, zone=one.plan.zone_name, services=services,
            photo_url=one.portrait.thumb if one.portrait else None, rated=one.rated, rating=one.rating or None,
        )  # fmt: skip


class ConsultantList(Base):
    """All of a community's; tens at most, so in one piece."""

    items: list[ConsultantView]


class SlotView(Base):
    """A free time."""

    starts_at: str
    ends_at: str


class SlotList(Base):
    """The free ones, in order; `zone` is the one whose days were asked for."""

    items: list[SlotView]
    zone: str

    @classmethod
    def of(cls, slots: list[Slot], zone: str) -> "SlotList":
        """In UTC."""
        items = [SlotView(starts_at=rfc3339(one.starts_at), ends_at=rfc3339(one.ends_at)) for one in slots]
        return cls(items=items, zone=zone)


class Who(Base):
    """A person in a booking."""

    id: str
    name: str


class BookingView(Base):
    """An appointment. `allowed_actions` holds `reschedule`, `cancel` and `rate` for its owner; for staff, what it may
    become."""

    id: str
    consultant: Who
    consultant_id: str
    service: ServiceView
    service_id: str
    community_id: str
    unit_id: str
    topic: str
    photos: list[PhotoView]
    status: Status
    version: int
    starts_at: str
    ends_at: str
    created_at: str
    reason: str
    offered: list[str]
    #: What its owner thought of it, 1 to 5.
    marks: int | None
    comment: str
    allowed_actions: list[str]


class BookingList(Base):
    """A page of one's own, the latest first."""

    items: list[BookingView]
    next_cursor: str | None


def allowed(booking: Booking, person: Person, now: datetime) -> list[str]:
    """What somebody may do with a booking at this moment."""
    if booking.owner_id == person.id:
        changes = ["reschedule", "cancel"] if states.may_change(booking, now) else []
        return [*changes, *(["rate"] if states.may_rate(booking) else [])]
    return [to for to in states.STAFF_STEPS if states.may_step(booking, to, now)]


def photos_of(portal: Portal, booking: Booking, origin: str | None, now: datetime) -> list[PhotoView]:
    """Its photos, without those that their owner has taken back: one round trip where there are any."""
    if not booking.photo_ids:
        return []
    rows = portal.db.batch_get([photo_store.photo_key(one) for one in booking.photo_ids])
    return [photos.view(portal, row, origin, now) for row in rows if row]


def view(booking: Booking, person: Person, now: datetime, shown: list[PhotoView]) -> BookingView:
    """A booking as somebody sees it."""
    return BookingView(
        id=booking.id, consultant=Who(id=booking.consultant_id, name=booking.consultant_name),
        consultant_id=booking.consultant_id, service=ServiceView.of(booking.service), service_id=booking.service.id,
        community_id=booking.community_id, unit_id=booking.unit_id, topic=booking.topic, photos=shown,
        status=booking.status, version=booking.version, starts_at=rfc3339(booking.starts_at),
        ends_at=rfc3339(booking.ends_at), created_at=rfc3339(booking.created_at), reason=booking.reason,
        offered=[rfc3339(one) for one in booking.offered], marks=booking.marks or None, comment=booking.comment,
        allowed_actions=allowed(booking, person, now),
    )  # fmt: skip


class WaitingView(Base):
    """A place in a day's line; `offer` is when the time begins that is kept for one up to `until`."""

    id: str
    consultant: Who
    service_id: str
    service_name: str
    day: date
    offer: str | None
    until: str | None

    @classmethod
    def of(cls, one: Waiting) -> "WaitingView":
        """As whoever waits sees it."""
        return cls(
            id=one.id, consultant=Who(id=one.consultant_id, name=one.consultant_name), service_id=one.service_id,
            service_name=one.service_name, day=one.day, offer=rfc3339(one.offer) if one.offer else None,
            until=rfc3339(one.until) if one.until else None,
        )  # fmt: skip


class WaitingList(Base):
    """All that somebody waits for from today on."""

    items: list[WaitingView]
