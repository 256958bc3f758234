"""Consultations: what designers offer, what owners book, and what is kept of both."""

from datetime import date, datetime
from typing import Literal

from pydantic import ConfigDict

from chalicelib.base import Base
from chalicelib.consultations.policy import HORIZON, NOTICE_HOURS

Mode = Literal["on_site", "showroom", "video"]
Status = Literal["requested", "confirmed", "done", "no_show", "cancelled_by_owner", "cancelled_by_staff"]
#: States in which an appointment still takes place, and holds its time.
ALIVE: frozenset[str] = frozenset({"requested", "confirmed"})
#: Opening hours of a day: pairs of minutes since midnight as the clock on the wall shows them, the second not
#: included.
Hours = tuple[tuple[int, int], ...]
_CLOSED: Hours = ()


class Service(Base):
    """A kind of appointment. Lengths in minutes, all multiples of 15; `seats` above one make it a group session."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    minutes: int
    before: int = 0
    after: int = 0
    mode: Mode = "showroom"
    seats: int = 1
    #: Whether the designer says yes first; the request holds its time meanwhile.
    approval: bool = False


class Plan(Base):
    """When a designer works and what they offer. Days and hours are those of `zone_name`, which never changes."""

    model_config = ConfigDict(frozen=True)

    consultant_id: str
    zone_name: str
    words: str = ""
    #: The designer's own picture.
    photo_id: str | None = None
    services: tuple[Service, ...] = ()
    #: Monday to Sunday.
    week: tuple[Hours, ...] = (_CLOSED,) * 7
    #: Days that differ, by date (2026-01-31); they go before holidays and the week.
    exceptions: dict[str, Hours] = {}
    #: Whether China's public holidays are closed. Make-up workdays are as the week says: many designers work weekends.
    holidays: bool = True
    #: Minutes between two places: buildings, and the showroom.
    travel: int = 30
    #: Appointments of one day at most; 0 for as many as there is time for.
    daily_limit: int = 0
    #: How soon, in hours, and how far ahead, in days, an owner may book.
    notice: int = NOTICE_HOURS
    horizon: int = HORIZON.days
    version: int = 0

    def service(self, service_id: str) -> Service | None:
        """One of the services, by its id."""
        return next((one for one in self.services if one.id == service_id), None)


class Hold(Base):
    """Time that is taken: by a booking, or, up to `until`, kept for somebody whom it was offered to.

    `first` to `last` is the appointment with its buffers. `where` is a place (a building, the showroom), "" for none.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    account_id: str
    service_id: str
    starts_at: datetime
    first: datetime
    last: datetime
    where: str = ""
    until: datetime | None = None

    @property
    def session(self) -> tuple[str, datetime]:
        """What those have in common who sit in one group session."""
        return self.service_id, self.starts_at


class Day(Base):
    """What is taken of one day of a designer's; `rev` rises with each change."""

    model_config = ConfigDict(frozen=True)

    day: date
    rev: int = 0
    holds: tuple[Hold, ...] = ()


class Slot(Base):
    """A time that can be booked."""

    model_config = ConfigDict(frozen=True)

    starts_at: datetime
    ends_at: datetime


class Booking(Base):
    """An appointment as kept; names in the clear only in memory. `sequence` rises when its calendar entry changes."""

    model_config = ConfigDict(frozen=True)

    id: str
    consultant_id: str
    consultant_name: str
    owner_id: str
    owner_name: str
    community_id: str
    unit_id: str
    unit_label: str
    building: str = ""
    service: Service
    starts_at: datetime
    ends_at: datetime
    topic: str
    photo_ids: tuple[str, ...] = ()
    status: Status
    version: int = 1
    sequence: int = 0
    created_at: datetime
    changed_at: datetime
    #: Why it was cancelled, in words for the other side.
    reason: str = ""
    #: Other times that staff offered when they had to cancel.
    offered: tuple[datetime, ...] = ()
    #: What its owner thinks of it once it took place: 1 to 5, 0 while they have not said, and their words.
    marks: int = 0
    comment: str = ""

    @property
    def alive(self) -> bool:
        """Whether it still takes place."""
        return self.status in ALIVE


class Waiting(Base):
    """Somebody in line for a day's free time; `offer` is the start of the slot that is kept for them up to `until`."""

    model_config = ConfigDict(frozen=True)

    id: str
    consultant_id: str
    consultant_name: str
    account_id: str
    community_id: str
    service_id: str
    service_name: str
    day: date
    offer: datetime | None = None
    until: datetime | None = None
