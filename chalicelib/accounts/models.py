"""People: their accounts, what they may do where, and who is signed in."""

from typing import Any, Literal

from pydantic import ConfigDict

from chalicelib.base import Base

Role = Literal["owner", "front_line", "senior", "technician", "designer", "manager", "expert", "auditor"]
STAFF_ROLES: tuple[Role, ...] = (
    "front_line", "senior", "technician", "designer", "manager", "expert", "auditor",
)  # fmt: skip
#: Roles that work on issues; designers have their calendar instead.
DESK_ROLES = frozenset({"front_line", "senior", "technician", "manager", "expert", "auditor"})
#: Those who give out work and speak with owners.
OFFICE_ROLES = frozenset({"front_line", "senior", "manager", "expert"})
#: Those who read complaints: technicians, whose work many of them are about, do not.
COMPLAINT_ROLES = OFFICE_ROLES | {"auditor"}


class UnitRef(Base):
    """A home that a person may act for."""

    model_config = ConfigDict(frozen=True)

    id: str
    community_id: str
    label: str
    building: str = ""


class Grant(Base):
    """A staff role in one community."""

    model_config = ConfigDict(frozen=True)

    role: Role
    community_id: str


class Account(Base):
    """A person as kept: name and phone in the clear only in memory."""

    id: str
    name: str
    phone: str
    locale: str | None = None
    units: list[UnitRef] = []
    grants: list[Grant] = []
    epoch: int = 0
    version: int = 1

    @property
    def roles(self) -> frozenset[str]:
        """All roles, anywhere."""
        return frozenset(grant.role for grant in self.grants) | ({"owner"} if self.units else frozenset())

    @property
    def is_staff(self) -> bool:
        """Works for the company, in whatever role."""
        return bool(self.grants)


class Person(Account):
    """Somebody signed in."""

    session: str
    unread: int = 0

    @property
    def is_desk(self) -> bool:
        """Has a place at the desk somewhere."""
        return bool(self.roles & DESK_ROLES)

    @property
    def desk_start(self) -> str:
        """Where somebody begins at the desk: designers with the calendar, who only repairs with today's jobs."""
        if not self.is_desk and "designer" in self.roles:
            return "/desk/calendar"
        return "/desk/today" if self.roles & DESK_ROLES == {"technician"} else "/desk"

    def roles_in(self, community_id: str) -> frozenset[str]:
        """The staff roles held in one community."""
        return frozenset(g.role for g in self.grants if g.community_id == community_id)

    def communities(self, roles: frozenset[str] = DESK_ROLES) -> list[str]:
        """Communities in which one of these roles is held, in a stable order."""
        return sorted({g.community_id for g in self.grants if g.role in roles})

    def unit(self, unit_id: str) -> UnitRef | None:
        """One of this person's own homes."""
        return next((unit for unit in self.units if unit.id == unit_id), None)

    def view(self) -> dict[str, Any]:
        """As the frame of a page shows them."""
        roles = self.roles
        return {
            "id": self.id,
            "name": self.name,
            "roles": sorted(roles),
            "is_staff": bool(roles & DESK_ROLES),
            "is_manager": "manager" in roles,
            "repairs": "technician" in roles,
            "designs": "designer" in roles,
            "in_office": bool(roles & OFFICE_ROLES),
            "reads_complaints": bool(roles & COMPLAINT_ROLES),
            "has_communities": len({grant.community_id for grant in self.grants}) > 1,
            "desk_start": self.desk_start,
        }


class CodeRequest(Base):
    """`POST /api/v1/auth/code`"""

    phone: str


class CodeSent(Base):
    """The same for a known and an unknown phone."""

    retry_after_s: int


class SignIn(Base):
    """`POST /api/v1/auth/session`"""

    phone: str
    code: str


class AccountView(Base):
    """Who has signed in."""

    id: str
    name: str
    roles: list[str]


class Session(Base):
    """A new session; `token` is told once and kept only as a hash."""

    token: str
    expires_at: str
    account: AccountView


class UnitView(Base):
    """A home, as its owner sees it."""

    id: str
    community_id: str
    label: str


class Me(Base):
    """`GET /api/v1/me`"""

    id: str
    name: str
    phone_masked: str
    locale: str
    roles: list[str]
    grants: list[Grant]
    units: list[UnitView]
