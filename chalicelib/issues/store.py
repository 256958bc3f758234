"""Issues in the table: one partition each, with its timeline, hand-offs, photos and followers. Keys: `docs/keys.md`."""

from datetime import datetime
from typing import Any

from chalicelib.conditions import Attr, Condition, Key
from chalicelib.crypto import Keyring
from chalicelib.db import Check, Db, Delete, Item, K, Op, Page, Put, Update
from chalicelib.errors import ChangedMeanwhile, PortalError, VersionConflict
from chalicelib.ids import least_id
from chalicelib.issues.items import (
    entry_from,
    entry_item,
    from_item,
    handoff_from,
    handoff_item,
    issue_pk,
    to_item,
    value_of,
)
from chalicelib.issues.models import Entry, Handoff, Issue, IssueFile
from chalicelib.issues.policy import ALARM_FOR, category_of
from chalicelib.issues.rules import waits_for_owner
from chalicelib.kept import made
from chalicelib.times import rfc3339
from chalicelib.upgrades import ISSUE

#: Rows beside the story itself: calls after a repair, links, labour and materials.
EXTRAS = ("C", "L", "W")


class NumberTaken(ChangedMeanwhile):
    """Another issue has this number: draw again."""


class IssueMoved(ChangedMeanwhile):
    """The issue went to another state meanwhile: read it again and judge anew."""


def meta_key(issue_id: str) -> K:
    """The issue's present state."""
    return K(issue_pk(issue_id), "META")


def pointer_key(account_id: str, issue_id: str) -> K:
    """An issue in a person's own list."""
    return K(f"ACCOUNT#{account_id}", f"ISSUE#{issue_id}")


def load(db: Db, keys: Keyring, issue_id: str) -> IssueFile | None:
    """An issue with all of its rows in one round trip (one more for each megabyte of it)."""
    rows = db.query_all(issue_pk(issue_id))
    by_kind: dict[str, list[Item]] = {}
    for row in rows:
        by_kind.setdefault(row["SK"].split("#", 1)[0], []).append(row)
    if "META" not in by_kind:
        return None
    return made(
        IssueFile,
        issue=from_item(by_kind["META"][0], keys),
        timeline=[entry_from(row, keys) for row in by_kind.get("T", [])],
        handoffs=[handoff_from(row, keys) for row in by_kind.get("H", [])],
        photos={row["id"]: row for row in by_kind.get("PHOTO", [])},
        followers=[row["account_id"] for row in by_kind.get("FOLLOWER", [])],
        extras={kind: by_kind[kind] for kind in EXTRAS if kind in by_kind},
        done={row["SK"].removeprefix("DONE#"): row for row in by_kind.get("DONE", [])},
    )


def get(db: Db, keys: Keyring, issue_id: str) -> Issue | None:
    """An issue's present state only."""
    item = db.get(meta_key(issue_id))
    return from_item(item, keys) if item else None


def id_of_number(db: Db, number: str) -> str | None:
    """The id of the issue with this number."""
    item = db.get(K(f"NUMBER#{number[:32]}", "ISSUE"))
    return str(item["issue_id"]) if item else None


def add(issue: Issue, keys: Keyring) -> list[Op]:
    """Writes of a new issue: itself, its number, its place in the reporter's list."""
    number = {"PK": f"NUMBER#{issue.number}", "SK": "ISSUE", "issue_id": issue.id}
    return [
        Put(number, error=NumberTaken()),
        Put(to_item(issue, keys)),
        point(issue.reporter.id, issue.id),
    ]


def alarm(issue: Issue, now: datetime) -> list[Op]:
    """The write by which every desk of a community finds an urgent (L1) report that has just come."""
    if category_of(issue.category_id).sla_class != "L1":
        return []
    row = {"PK": f"COMMUNITY#{issue.community_id}", "SK": f"ALARM#{issue.id}", "issue_id": issue.id}
    return [Put({**row, "expires_at": int((now + ALARM_FOR).timestamp())})]


def alarms(db: Db, community_id: str, now: datetime, limit: int) -> list[str]:
    """Ids of the urgent reports of the last minutes, oldest first: ids sort by time, so older ones are not read."""
    since = f"ALARM#{least_id(now - ALARM_FOR)}"
    found = Key("PK").eq(f"COMMUNITY#{community_id}") & Key("SK").between(since, "ALARM#~")
    return [row["issue_id"] for row in db.query(found, limit=limit).items]


def point(account_id: str, issue_id: str) -> Op:
    """The write that puts an issue into a person's own list."""
    key = pointer_key(account_id, issue_id)
    return Put({"PK": key.pk, "SK": key.sk, "issue_id": issue_id}, replace=True)


def waiting(before: Issue, after: Issue) -> list[Op]:
    """The write that puts an issue among, or takes it from, those that wait for their owner; none if neither."""
    if waits_for_owner(before) == waits_for_owner(after):
        return []
    key = K(f"ACCOUNT#{after.reporter.id}", f"NEEDS#{after.id}")
    if waits_for_owner(after):
        return [Put({"PK": key.pk, "SK": key.sk, "issue_id": after.id}, replace=True)]
    return [Delete(key)]


def follow(account_id: str, issue_id: str) -> Op:
    """The write that makes a person follow an issue; following twice changes nothing."""
    row = {"PK": issue_pk(issue_id), "SK": f"FOLLOWER#{account_id}", "account_id": account_id}
    return Put(row, replace=True)


def followed(issue: Issue) -> Op:
    """The write that makes whoever judged the issue before judge anew, because its followers are others now;
    it fails with IssueMoved when the issue is no longer in the state in which it was read."""
    unmoved_yet = Attr("status").eq(issue.status)
    return Update(meta_key(issue.id), adds={"follows": 1}, condition=unmoved_yet, error=IssueMoved())


def same_followers(issue: Issue) -> Condition:
    """Nobody began or ceased to follow since: everybody who follows is told of each step, and goes along."""
    seen = Attr("follows").eq(issue.follows)
    return seen if issue.follows else seen | Attr("follows").not_exists()


def change(before: Issue, after: Issue, keys: Keyring, only_if: Condition | None = None) -> Op:
    """The write of what differs, on condition of version and followers as they were read, and of `only_if`;
    it fails with IssueMoved, to be read and judged anew.

    Only attributes that differ are written, so that a rating or an urge at the same moment is not undone. A
    record of an older shape or key is brought up to date along with it.
    """
    sets, removes = _difference(before, after, keys)
    condition = Attr("version").eq(before.version) & same_followers(before)
    if before.next_moment != after.next_moment:
        condition &= _same_moment(before)
    if before.outdated:
        sets |= _up_to_date(after, keys)
        condition &= same_rating(before)
    if only_if is not None:
        condition &= only_if
    return Update(meta_key(before.id), sets=sets, removes=removes, condition=condition, error=IssueMoved())


def _same_moment(issue: Issue) -> Condition:
    """The clock has not gone past a moment of the issue since it was read, nor has a message moved it."""
    seen = value_of(issue, "next_moment")
    return Attr("next_moment").eq(seen) if seen is not None else Attr("next_moment").not_exists()


def _difference(before: Issue, after: Issue, keys: Keyring) -> tuple[Item, list[str]]:
    was = before.__dict__
    changed = {name for name, value in after.__dict__.items() if value != was[name]}
    changed |= {"due", "open_queue", "status_queue", "assignee_queue"}
    old, new = to_item(before, keys), to_item(after, keys)
    sets = {name: new[name] for name in changed if new[name] is not None and new[name] != old[name]}
    return sets, sorted(name for name in changed if new[name] is None and old[name] is not None)


def _up_to_date(issue: Issue, keys: Keyring) -> Item:
    """What an older shape lacks, and the names, sealed with today's key."""
    item = to_item(issue, keys)
    names = (*ISSUE.made, "reporter", "assignee")
    return {name: item[name] for name in names if item[name] is not None}


def same_rating(issue: Issue) -> Condition:
    """Nobody rated it since it was read."""
    seen = value_of(issue, "rating")
    return Attr("rating").eq(seen) if seen is not None else Attr("rating").not_exists()


def rate(before: Issue, after: Issue, keys: Keyring) -> Op:
    """The write of a rating, unless there came another one meanwhile or the issue moved to another state; it
    fails with IssueMoved."""
    item = to_item(after, keys)
    sets = {name: item[name] for name in ("rating", *ISSUE.made)}
    condition = same_rating(before) & Attr("status").eq(before.status)
    return Update(meta_key(before.id), sets=sets, condition=condition, error=IssueMoved())


def touch(issue: Issue, name: str, value: Any, error: PortalError, only_if: Condition | None = None) -> Op:
    """The write of one attribute that has no part in the version, unless somebody set it meanwhile or moved
    the issue to another state, and on condition of `only_if`."""
    seen = value_of(issue, name)
    unchanged = Attr(name).eq(seen) if seen is not None else Attr(name).not_exists()
    condition = unchanged & Attr("status").eq(issue.status)
    if only_if is not None:
        condition &= only_if
    return Update(meta_key(issue.id), sets={name: value}, condition=condition, error=error)


def unmoved(issue: Issue) -> Op:
    """The check that an issue is still what was read, and has the same followers; it fails with IssueMoved."""
    same = Attr("version").eq(issue.version) & same_followers(issue)
    return Check(meta_key(issue.id), same, IssueMoved())


def add_entry(issue_id: str, entry: Entry, keys: Keyring) -> Op:
    """The write of a row of the timeline."""
    return Put(entry_item(issue_id, entry, keys))


def start_handoff(issue_id: str, handoff: Handoff, keys: Keyring) -> Op:
    """The write of a hand-off that begins."""
    return Put(handoff_item(issue_id, handoff, keys))


def end_handoff(issue_id: str, handoff_id: str, now: datetime) -> Op:
    """The write of a hand-off's end, once and for all."""
    return Update(
        K(issue_pk(issue_id), f"H#{handoff_id}"), sets={"ended_at": rfc3339(now)},
        condition=Attr("started_at").exists() & Attr("ended_at").not_exists(), error=VersionConflict(),
    )  # fmt: skip


def own_issues(db: Db, account_id: str, limit: int, after: str | None) -> Page:
    """Pointers to a person's issues, newest first, from behind the id `after`."""
    start = None
    if after:
        key = pointer_key(account_id, after)
        start = {"PK": key.pk, "SK": key.sk}
    condition = Key("PK").eq(f"ACCOUNT#{account_id}") & Key("SK").begins_with("ISSUE#")
    return db.query(condition, limit=limit, start=start, newest_first=True)


def own_newest(db: Db, account_id: str, limit: int) -> tuple[list[str], list[Item]]:
    """Ids of a person's issues: those that wait for them first, then the newest; and the announcements that they
    got. One query, because the three kinds of pointers lie side by side."""
    condition = Key("PK").eq(f"ACCOUNT#{account_id}") & Key("SK").between("ISSUE#", "NEEDS#~")
    found = db.query(condition, limit=limit, newest_first=True)
    ids = dict.fromkeys(item["issue_id"] for item in found.items if "issue_id" in item)
    return list(ids), [item for item in found.items if "announcement_id" in item]


def follower_key(account_id: str, issue_id: str) -> K:
    """That a person follows an issue."""
    return K(issue_pk(issue_id), f"FOLLOWER#{account_id}")


def get_many(db: Db, keys: Keyring, issue_ids: list[str]) -> list[Issue]:
    """Several issues' present states in the order asked for: one round trip per 100."""
    items = db.batch_get([meta_key(issue_id) for issue_id in issue_ids])
    return [from_item(item, keys) for item in items if item]
