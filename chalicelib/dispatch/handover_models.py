"""Handing over the work of somebody who is away, as it goes out."""

from chalicelib.base import Base
from chalicelib.dispatch.models import ProposalView
from chalicelib.issues.models import Window
from chalicelib.issues.view_models import IssueSummary


class HandOverJob(Base):
    """A job of somebody who is away, and who could take it, the best first."""

    issue: IssueSummary
    people: list[ProposalView]


class HandOverList(Base):
    """What somebody has to hand over for an absence: nothing while they are not away, nor soon will be."""

    away: Window | None
    items: list[HandOverJob]
