"""What changes of outages give back, the first time and whenever their key comes again."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from chalicelib.dispatch.outage_models import Outage, PastOutage
from chalicelib.issues.commit import replay
from chalicelib.issues.models import IssueFile
from chalicelib.once import Once, settled
from chalicelib.portal import Portal

Pair = tuple[IssueFile, Outage | None]


class Told(NamedTuple):
    """The master issue's file, the moment that it stands for, and the outage as it was then."""

    file: IssueFile
    at: datetime
    outage: Outage | None


def answered(portal: Portal, once: Once | None, work: Callable[[], Pair], now: datetime) -> Told:
    """Do `work` until it is settled, or give a key's former answer again; see `once.settled`."""
    (file, outage), at = settled(portal.db, once, work, partial(_replayed, portal), now)
    return Told(file, at, outage)


def kept(outage: Outage) -> dict[str, Any]:
    """What a key keeps of an outage besides its issue's snapshot, so that the same answer can be given again."""
    return {"outage": outage.model_dump(mode="json")}


def _replayed(portal: Portal, kept: dict[str, Any]) -> tuple[Pair, datetime]:
    file, at = replay(portal, kept)
    fields = kept.get("outage")
    kind = PastOutage if fields and "ended_at" in fields else Outage
    return (file, kind.model_validate(fields) if fields else None), at
