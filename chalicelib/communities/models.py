"""Communities, their homes and their staff."""

from zoneinfo import ZoneInfo

from pydantic import ConfigDict

from chalicelib.base import Base


class Community(Base):
    """A residential community (小区) that the company runs."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    zone_name: str = "Asia/Shanghai"
    #: Names of its buildings, for the desk's filter; kept when homes are imported.
    buildings: tuple[str, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """Its time zone."""
        return ZoneInfo(self.zone_name)


class Unit(Base):
    """A home (房屋)."""

    model_config = ConfigDict(frozen=True)

    id: str
    community_id: str
    building: str
    label: str


class StaffMember(Base):
    """Somebody who works in a community."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    roles: list[str]
