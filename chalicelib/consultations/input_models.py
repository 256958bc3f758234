"""Consultations: what people and programs send."""

from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from chalicelib.consultations.models import Hours, Mode
from chalicelib.consultations.policy import HORIZON, MOST_PHOTOS, MOST_SERVICES, NOTICE_HOURS
from chalicelib.inputs import Id, Input, Moment, OptionalText, PlaceName, Text, Version

#: Days near the calendar's ends have no neighbours to look at.
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2200, 1, 1))]


class NewBooking(Input):
    """`POST /api/v1/bookings`"""

    consultant_id: Id
    service_id: Id
    starts_at: Moment
    unit_id: Id
    topic: Text
    photo_ids: list[Id] = Field([], max_length=MOST_PHOTOS)


class Reschedule(Input):
    """`POST /api/v1/bookings/{id}/reschedule`"""

    starts_at: Moment
    version: Version


class CancelBooking(Input):
    """`POST /api/v1/bookings/{id}/cancel`"""

    version: Version
    reason: OptionalText = ""


class RateBooking(Input):
    """`PUT /api/v1/bookings/{id}/rating`"""

    version: Version
    marks: int = Field(ge=1, le=5)
    comment: OptionalText = ""


class StaffStep(Input):
    """What a designer or manager does with a booking; `cancelled_by_staff` needs words for the owner."""

    to: Literal["confirmed", "done", "no_show", "cancelled_by_staff"]
    version: Version
    note: OptionalText = ""


class JoinLine(Input):
    """`POST /api/v1/waitlist`"""

    consultant_id: Id
    service_id: Id
    day: Day


class FindConsultants(Input):
    """The query of `GET /api/v1/consultants`."""

    community_id: Id


class FindSlots(Input):
    """The query of a designer's free slots: days in the designer's zone, both included."""

    model_config = ConfigDict(populate_by_name=True)

    service_id: Id
    first: Day = Field(alias="from")
    last: Day = Field(alias="to")
    unit_id: Id | None = None


class SaveService(Input):
    """A service in a plan's form."""

    id: Id
    name: PlaceName
    minutes: int = Field(ge=15, le=480)
    before: int = Field(0, ge=0, le=120)
    after: int = Field(0, ge=0, le=120)
    mode: Mode
    seats: int = Field(1, ge=1, le=50)
    approval: bool = False


class SavePlan(Input):
    """A plan's form. `version` is 0 for the first one."""

    version: int = Field(ge=0)
    words: OptionalText = ""
    photo_id: Id | None = None
    services: list[SaveService] = Field(max_length=MOST_SERVICES)
    week: list[Hours] = Field(min_length=7, max_length=7)
    exceptions: dict[str, Hours] = {}
    holidays: bool = True
    travel: int = Field(30, ge=0, le=240)
    daily_limit: int = Field(0, ge=0, le=50)
    notice: int = Field(NOTICE_HOURS, ge=0, le=14 * 24)
    horizon: int = Field(HORIZON.days, ge=1, le=HORIZON.days)
