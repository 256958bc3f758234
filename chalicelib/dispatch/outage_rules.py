"""Which homes an outage is about, and what one is like when it ends or runs again. Pure."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.accounts.models import UnitRef
from chalicelib.dispatch.outage_models import Ending, Outage, PastOutage
from chalicelib.errors import N_

PAST = N_("This time is over. Choose a later one.")


def concerns(outage: Outage, unit: UnitRef) -> bool:
    """Whether an outage is about a home."""
    return unit.building in outage.homes or f"{unit.building}#{unit.id}" in outage.homes


def buildings(outage: Outage) -> list[str]:
    """The buildings concerned."""
    return list(dict.fromkeys(home.split("#")[0] for home in outage.homes))


def same_homes(one: str, other: str) -> bool:
    """Whether two of an outage's `homes` have anybody in common: a building has all its homes."""
    return one == other or one == other.split("#")[0] or other == one.split("#")[0]


def meets(homes: Iterable[str], running: Iterable[Outage]) -> Outage | None:
    """The first of the running ones that is about any of these homes."""
    wanted = list(homes)
    return next((one for one in running if any(same_homes(a, b) for a in wanted for b in one.homes)), None)


def apart(homes: Iterable[str], running: Iterable[Outage]) -> list[str]:
    """Those of these homes that none of the running ones is about. A building is left out only as a whole: of one of
    which single homes are told already, the others must hear too."""
    known = {home for one in running for home in one.homes}
    return [home for home in homes if home not in known and home.split("#")[0] not in known]


def as_past(
    outage: Outage, how: Ending, now: datetime, *, note: str = "", into: str = "", text: str = ""
) -> PastOutage:
    """An outage as its messages lead to it once it has ended."""
    fields = outage.model_dump() | ({"text": text} if text else {})
    return PastOutage(**fields, ended_at=now, ended=how, note=note, into=into)


def as_running(past: PastOutage) -> Outage:
    """The same one, running again: its version only ever rises."""
    fields = past.model_dump(exclude={"ended_at", "ended", "note", "into", "version"})
    return Outage(**fields, version=past.version + 1)
