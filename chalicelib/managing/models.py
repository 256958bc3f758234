"""What managers change by versions: each holds from a moment on, and none is ever changed or removed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

Body = TypeVar("Body")


@dataclass(frozen=True, slots=True)
class Version(Generic[Body]):
    """One version; number 0 is the portal's own, which holds until a community makes one."""

    number: int
    valid_from: datetime
    made_at: datetime
    #: The account of who made it; empty for the portal's own.
    made_by: str
    body: Body
