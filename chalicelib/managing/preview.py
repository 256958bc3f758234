"""What a change would do to a community's open issues, before anybody saves it."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.conditions import Key
from chalicelib.issues import store
from chalicelib.issues.items import from_item
from chalicelib.issues.models import Issue, IssueFile
from chalicelib.managing.policy import PREVIEW_EXAMPLES, PREVIEW_ISSUES
from chalicelib.portal import Portal
from chalicelib.service_levels.history import history_of
from chalicelib.service_levels.models import Levels
from chalicelib.service_levels.preview import Moved, Preview, preview


@dataclass(frozen=True)
class LevelPreview:
    """The promises that a change moves, in numbers and by examples, the most urgent first."""

    #: How many open issues were looked at, and whether there are more.
    looked_at: int
    more: bool
    earlier: int
    later: int
    #: Promises that begin to be made, or no longer are.
    begun: int
    dropped: int
    unmoved: int
    #: Promises that are late at once, of how many issues.
    late: int
    late_issues: int
    examples: list[tuple[Issue, Moved]]


def of_levels(portal: Portal, community_id: str, before: Levels, after: Levels, at: datetime) -> LevelPreview:
    """What happens when `after` holds instead of `before` from `at` on: a query for each issue looked at."""
    issues, more = open_issues(portal, community_id, PREVIEW_ISSUES)
    files = [store.load(portal.db, portal.keys, issue.id) for issue in issues]
    found = [file for file in files if file is not None]
    changes = preview((history_of(file) for file in found), before, after, at)
    return summed(changes, found, more=more)


def summed(changes: Preview, files: list[IssueFile], *, more: bool) -> LevelPreview:
    """A preview in numbers, with the first promises as examples."""
    issues = {file.issue.id: file.issue for file in files}
    both = [one for one in changes.moved if one.before and one.after]
    return LevelPreview(
        looked_at=len(files),
        more=more,
        earlier=sum(one.after < one.before for one in both if one.after and one.before),
        later=sum(one.after > one.before for one in both if one.after and one.before),
        begun=sum(one.before is None for one in changes.moved),
        dropped=sum(one.after is None for one in changes.moved),
        unmoved=changes.unmoved,
        late=changes.late,
        late_issues=len(changes.late_issues),
        examples=[(issues[one.issue_id], one) for one in changes.moved[:PREVIEW_EXAMPLES]],
    )


def open_issues(portal: Portal, community_id: str, limit: int) -> tuple[list[Issue], bool]:
    """The open issues of a community, the nearest deadline first, at most `limit`; and whether there are more."""
    key = Key("open_queue").eq(f"QUEUE#{community_id}")
    page = portal.db.query(key, index="open_queue", limit=limit + 1)
    found = [from_item(item, portal.keys) for item in page.items]
    return found[:limit], len(found) > limit or page.next is not None
