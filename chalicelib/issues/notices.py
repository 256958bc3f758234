"""Whom a change of an issue concerns, and in which words' name."""

from typing import Any

from chalicelib.crypto import Keyring
from chalicelib.inbox.models import Event, Notice
from chalicelib.issues.models import Holder, Issue, IssueFile


def notice(issue: Issue, event: Event, **fields: Any) -> Notice:
    """A notice about an issue."""
    return Notice(
        event=event,
        issue_id=issue.id,
        number=issue.number,
        category_id=issue.category_id,
        community_id=issue.community_id,
        **fields,
    )


def owners_of(file: IssueFile, but: str) -> tuple[str, ...]:
    """Those who follow an issue as owners, without the one who did it."""
    return tuple(a for a in dict.fromkeys([file.issue.reporter.id, *file.followers]) if a != but)


def staff_of(issue: Issue, but: str) -> tuple[str, ...]:
    """Who has an issue, if that is not the one who did it."""
    return (issue.assignee.id,) if issue.assignee and issue.assignee.id != but else ()


def moved_counts(before: Issue | None, after: Issue) -> dict[str, int]:
    """How the community's numbers per state change."""
    if before is not None and before.status == after.status:
        return {}
    counts: dict[str, int] = {after.status: 1}
    return counts | {before.status: -1} if before else counts


def sealed_name(keys: Keyring, holder: Holder | None) -> str | None:
    """A member of staff's name for a message, sealed."""
    return keys.seal(holder.name, "inbox|name") if holder and holder.name else None
