"""Managers write their community's SOPs: checked, previewed, in versions."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.accounts.models import Person
from chalicelib.errors import N_, Invalid, NotFound
from chalicelib.inputs import clean
from chalicelib.issues.policy import CATEGORIES
from chalicelib.managing import service as managing
from chalicelib.managing.models import Version
from chalicelib.managing.policy import PREVIEW_ISSUES
from chalicelib.managing.preview import open_issues
from chalicelib.portal import Portal
from chalicelib.sops import store
from chalicelib.sops.models import Sop, SopStep, Words
from chalicelib.sops.policy import MAX_CRITERION, MAX_DAYS, MAX_NAME, MAX_STEPS
from chalicelib.sops.rules import is_id

_TOO_MANY = N_("An SOP has at most 12 steps.")
_TWICE = N_("Two steps are the same one. Give each its own.")
_ID = N_("A step's id has 1 to 32 letters from a to z, digits, - or _.")
_NAME = N_("Give each step a name of at most 40 letters.")
_CRITERION = N_("Say in at most 200 letters by what one sees that it is well done.")
_DUE = N_("Give a time between a minute and 60 days.")


@dataclass(frozen=True, slots=True)
class SopPreview:
    """What a new version changes: steps by name, and how many open issues go on with the version they began with."""

    added: list[Words]
    removed: list[Words]
    changed: list[Words]
    open_issues: int
    more: bool


def save(
    portal: Portal,
    person: Person,
    community_id: str,
    category_id: str,
    sop: Sop,
    seen: int,
    wanted: datetime | None,
    now: datetime,
) -> Version[Sop]:
    """Make a version of a category's SOP. Raises NotFound for an unknown category, Invalid for what can't be kept,
    VersionConflict when somebody else made one since this person looked."""
    check(category_id, sop)
    latest = store.newest(portal.db, community_id, category_id, 1)[0]
    version = managing.next_version(latest, seen, wanted, person.id, sop, now)
    if version is not latest:
        managing.save(portal, community_id, store.what(category_id), "sop_changed", version, now)
        store.forget()
    return version


def check(category_id: str, sop: Sop) -> None:
    """Raises NotFound for an unknown category, Invalid for an SOP that can't be kept."""
    if category_id not in CATEGORIES:
        raise NotFound
    if len(sop.steps) > MAX_STEPS:
        raise Invalid.field("steps", "too_long", _TOO_MANY)
    for number, step in enumerate(sop.steps, 1):
        _check_step(number, step)
    if len({step.id for step in sop.steps}) < len(sop.steps):
        raise Invalid.field("steps", "same_step", _TWICE)


def _check_step(number: int, step: SopStep) -> None:
    if not is_id(step.id):
        raise Invalid.field(f"id_{number}", "wrong_id", _ID)
    names = (step.name.zh, step.name.en)
    if not any(map(clean, names)) or max(map(len, names)) > MAX_NAME:
        raise Invalid.field(f"name_{number}", "wrong_name", _NAME)
    if max(map(len, (step.criterion.zh, step.criterion.en))) > MAX_CRITERION:
        raise Invalid.field(f"criterion_{number}", "too_long", _CRITERION)
    if step.due and not timedelta() < step.due.wall <= timedelta(days=MAX_DAYS):
        raise Invalid.field(f"due_{number}", "out_of_range", _DUE)


def preview(portal: Portal, community_id: str, category_id: str, before: Sop, after: Sop) -> SopPreview:
    """What a version would change: one round trip."""
    issues, more = open_issues(portal, community_id, PREVIEW_ISSUES)
    old, new = ({step.id: step for step in sop.steps} for sop in (before, after))
    return SopPreview(
        added=[step.name for step in after.steps if step.id not in old],
        removed=[step.name for step in before.steps if step.id not in new],
        changed=[step.name for step in after.steps if step.id in old and old[step.id] != step],
        open_issues=sum(issue.category_id == category_id for issue in issues),
        more=more,
    )
