"""What managers' rules look like over the JSON API: in, and out with their history and a preview."""

from pydantic import Field

from chalicelib.base import Base
from chalicelib.duty.models import Roster
from chalicelib.inputs import Input, Moment
from chalicelib.service_levels.calendar_models import Calendar
from chalicelib.service_levels.models import Policy
from chalicelib.sops.models import Sop, Words


class SaveQuery(Input):
    """`PUT …?preview=true` says what would happen, and changes nothing."""

    preview: bool = False


class _Save(Input):
    """`version` is the one that was seen, 0 where there is none; without `valid_from` it holds as soon as possible."""

    version: int = Field(ge=0, le=2**31)
    valid_from: Moment | None = None


class SavePolicy(_Save):
    """`PUT /api/v1/desk/communities/{community_id}/policy`"""

    policy: Policy


class SaveCalendar(_Save):
    """`PUT /api/v1/desk/communities/{community_id}/calendar`"""

    calendar: Calendar


class SaveRoster(_Save):
    """`PUT /api/v1/desk/communities/{community_id}/roster`"""

    roster: Roster


class SaveSop(_Save):
    """`PUT /api/v1/desk/communities/{community_id}/sops/{category_id}`"""

    sop: Sop


class VersionView(Base):
    """When a version was made, from when it holds, and by whom: nobody for the portal's own."""

    valid_from: str
    made_at: str
    made_by: str | None


class MovedView(Base):
    """A promise that a change moves; `late`: it is missed by the change."""

    issue_id: str
    number: str
    goal: str
    before: str | None
    after: str | None
    late: bool


class LevelPreviewView(Base):
    """What a change of policy or calendar does to the open issues."""

    looked_at: int
    more: bool
    earlier: int
    later: int
    begun: int
    dropped: int
    unmoved: int
    late: int
    late_issues: int
    examples: list[MovedView]


class PolicyView(Base):
    """The newest policy of a community. `version` counts what was saved of policy and calendar together."""

    version: int
    policy: Policy
    versions: list[VersionView]
    preview: LevelPreviewView | None = None


class CalendarView(Base):
    """The newest working calendar of a community, with the version as in PolicyView."""

    version: int
    calendar: Calendar
    versions: list[VersionView]
    preview: LevelPreviewView | None = None


class TurnView(Base):
    """Somebody's duty, or with no account a time in which nobody is on duty."""

    start: str
    end: str
    account_id: str | None


class RosterView(Base):
    """The newest roster of a community, who is on duty now by the one that holds, and the next days by the newest."""

    version: int
    roster: Roster
    on_duty: list[str]
    turns: list[TurnView]
    versions: list[VersionView]


class SopPreviewView(Base):
    """What a new version of an SOP changes; open issues go on with the version they began with."""

    added: list[Words]
    removed: list[Words]
    changed: list[Words]
    open_issues: int
    more: bool


class SopRulesView(Base):
    """The newest SOP of a category in a community."""

    category_id: str
    version: int
    sop: Sop
    versions: list[VersionView]
    preview: SopPreviewView | None = None


class SopList(Base):
    """The newest SOP of each category."""

    items: list[SopRulesView]
