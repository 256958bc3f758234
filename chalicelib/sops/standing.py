"""An issue and its SOP: which version it goes by, how far it is, what "fixed" still needs."""

from chalicelib.accounts.models import Person
from chalicelib.communities import store as communities
from chalicelib.i18n import LOCALES
from chalicelib.issues.models import Issue, IssueFile
from chalicelib.managing.models import Version
from chalicelib.portal import Portal
from chalicelib.service_levels import store as levels_store
from chalicelib.service_levels.history import Round, rounds
from chalicelib.service_levels.models import Levels
from chalicelib.sops import rules, store
from chalicelib.sops.models import Sop, StepState

States = tuple[StepState, ...]


def sop_of(portal: Portal, issue: Issue) -> Version[Sop]:
    """The SOP that an issue goes by: the one that held when it was reported, whatever managers change later."""
    return store.holding(portal.db, issue.community_id, issue.category_id, issue.created_at)


def states_of(portal: Portal, file: IssueFile) -> tuple[Version[Sop], States]:
    """An issue's SOP, and where the issue is with each step."""
    version = sop_of(portal, file.issue)
    if not version.body.steps:
        return version, ()
    levels = _levels(portal, file.issue)
    return version, rules.states_of(version.body, _round(file), file.timeline, levels)


def _levels(portal: Portal, issue: Issue) -> Levels:
    zone_name = communities.get(portal.db, issue.community_id).zone_name
    return levels_store.levels_of(portal.db, issue.community_id, zone_name)


def _round(file: IssueFile) -> Round:
    return rounds(file.issue.created_at, file.timeline)[-1]


def check_resolved(portal: Portal, person: Person, file: IssueFile, photo_ids: list[str]) -> None:
    """Raises Invalid when the issue can't be reported as fixed yet (`rules.check_resolved`)."""
    sop = sop_of(portal, file.issue).body
    done = rules.ticks(file.timeline)
    rules.check_resolved(sop, done, photo_ids, person.locale or LOCALES[0])
