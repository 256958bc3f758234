"""Merging duplicates: one issue goes on in another, and everybody who followed it follows that one."""

from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.db import Op
from chalicelib.desk.rules import NEEDS_TARGET
from chalicelib.errors import Invalid, NotFound
from chalicelib.issues import access, rules, store
from chalicelib.issues.commit import entry
from chalicelib.issues.models import Actor, Issue, IssueFile
from chalicelib.portal import Portal

#: A transaction takes a hundred writes; a merge needs some for itself and its photos.
_FOLLOWERS_AT_ONCE = 70


def find_target(portal: Portal, person: Person, issue: Issue, merge_into: str | None) -> IssueFile:
    """The issue to merge into, named by id or number; raises Invalid when it can't be that one."""
    wanted = (merge_into or "").strip()
    found = store.id_of_number(portal.db, wanted) if "-" in wanted else wanted
    try:
        target, _ = access.for_staff(portal, person, found or "")
    except NotFound as error:
        raise Invalid.field("merge_into", "not_found", NEEDS_TARGET) from error
    fits = target.issue.community_id == issue.community_id and target.issue.status in rules.MERGE_TARGETS
    if not fits or target.issue.id == issue.id:
        raise Invalid.field("merge_into", "not_possible", NEEDS_TARGET)
    return target


def carry_over(portal: Portal, file: IssueFile, target: IssueFile, actor: Actor, now: datetime) -> list[Op]:
    """The writes that make the owner and followers of one issue follow the other, which must still be open."""
    into = target.issue
    people = dict.fromkeys([file.issue.reporter.id, *file.followers])
    follows = [store.follow(account, into.id) for account in people if account != into.reporter.id]
    # More than one transaction takes go first: following changes nothing else and may be repeated.
    for start in range(_FOLLOWERS_AT_ONCE, len(follows), _FOLLOWERS_AT_ONCE):
        portal.db.write(*follows[start : start + _FOLLOWERS_AT_ONCE])
    row = entry(now, "merged_in", actor, text=file.issue.number)
    told_anew = store.followed(into)
    return [*follows[:_FOLLOWERS_AT_ONCE], store.add_entry(into.id, row, portal.keys), told_anew]
