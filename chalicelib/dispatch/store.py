"""Workers' cards and a community's rules of dispatch in the table: beside its staff, so that one query reads all.

Keys: `docs/keys.md`.
"""

import time
from datetime import date
from typing import Any

from chalicelib.communities import store as communities
from chalicelib.communities.models import StaffMember
from chalicelib.conditions import Attr, Key
from chalicelib.crypto import Keyring
from chalicelib.db import Db, Item, K, Op, Put
from chalicelib.dispatch.models import Certificate, Job, Rules, Shift, Worker
from chalicelib.dispatch.policy import JOBS_SEEN
from chalicelib.errors import VersionConflict
from chalicelib.issues.models import Window
from chalicelib.kept import made
from chalicelib.times import moment, rfc3339

_KEEP_S = 60.0
#: (table, community) → (when read, rules): asked for with each acknowledged issue, changed once a year.
_kept: dict[tuple[Db, str], tuple[float, Rules]] = {}


def worker_key(community_id: str, account_id: str) -> K:
    """A worker's card."""
    return K(f"COMMUNITY#{community_id}", f"STAFFWORK#{account_id}")


def rules_key(community_id: str) -> K:
    """How a community dispatches."""
    return K(f"COMMUNITY#{community_id}", "STAFFRULES")


def team(db: Db, keys: Keyring, community_id: str) -> tuple[list[StaffMember], dict[str, Worker], Rules]:
    """A community's staff, their cards by account, and its rules: one query."""
    rows = db.query_all(Key("PK").eq(f"COMMUNITY#{community_id}") & Key("SK").begins_with("STAFF"))
    staff = [communities.member_from(row, keys) for row in rows if row["SK"].startswith("STAFF#")]
    cards = [worker_from(row) for row in rows if row["SK"].startswith("STAFFWORK#")]
    rules = next((_rules(row) for row in rows if row["SK"] == "STAFFRULES"), Rules())
    return staff, {card.id: card for card in cards}, rules


def worker(db: Db, community_id: str, account_id: str) -> Worker:
    """One card, empty where there is none yet."""
    item = db.get(worker_key(community_id, account_id))
    return worker_from(item) if item else Worker(id=account_id, community_id=community_id)


def worker_from(item: Item) -> Worker:
    """A card from the table."""
    return made(
        Worker,
        id=item["SK"].removeprefix("STAFFWORK#"),
        community_id=item["PK"].removeprefix("COMMUNITY#"),
        skills=item["skills"],
        certificates=[
            made(Certificate, kind=kind, valid_until=date.fromisoformat(until))
            for kind, until in item["certificates"]
        ],
        shifts=[made(Shift, day=day, start=start, end=end) for day, start, end in item["shifts"]],
        absences=[made(Window, start=moment(start), end=moment(end)) for start, end in item["absences"]],
        rate_fen=item.get("rate_fen"),
        version=item["version"],
    )


def save_worker(before: Worker, after: Worker) -> Op:
    """The write of a card, unless somebody changed it since it was read."""
    key = worker_key(after.community_id, after.id)
    item: dict[str, Any] = {
        "PK": key.pk,
        "SK": key.sk,
        "skills": list(after.skills),
        "certificates": [[one.kind, one.valid_until.isoformat()] for one in after.certificates],
        "shifts": [[one.day, one.start, one.end] for one in after.shifts],
        "absences": [[rfc3339(one.start), rfc3339(one.end)] for one in after.absences],
        "rate_fen": after.rate_fen,
        "version": before.version + 1,
    }
    return Put(item, condition=_unchanged(before.version), error=VersionConflict())


def _unchanged(version: int) -> Any:
    return Attr("version").eq(version) if version else Attr("PK").not_exists()


def rules_of(db: Db, community_id: str) -> Rules:
    """How a community dispatches, at most a minute old."""
    key = (db, community_id)
    read_at, rules = _kept.get(key, (0.0, None))
    if rules is None or time.monotonic() - read_at > _KEEP_S:
        item = db.get(rules_key(community_id))
        rules = _rules(item) if item else Rules()
        _kept[key] = (time.monotonic(), rules)
    return rules


def _rules(item: Item) -> Rules:
    return made(
        Rules,
        auto=item["auto"],
        order=item["order"],
        callbacks=item["callbacks"],
        version=item["version"],
    )


def save_rules(db: Db, community_id: str, rules: Rules) -> Op:
    """The write of a community's rules at a version that they had when they were read."""
    _kept.pop((db, community_id), None)
    key = rules_key(community_id)
    item = {
        "PK": key.pk,
        "SK": key.sk,
        "auto": rules.auto,
        "order": list(rules.order),
        "callbacks": dict(rules.callbacks),
        "version": rules.version + 1,
    }
    return Put(item, condition=_unchanged(rules.version), error=VersionConflict())


def jobs_of(db: Db, account_id: str) -> list[Item]:
    """The open issues that somebody has, the nearest deadline first: one query, at most so many."""
    mine = Key("assignee_queue").eq(f"ASSIGNEE#{account_id}")
    return db.query(mine, index="assignee_queue", limit=JOBS_SEEN).items


def job_from(item: Item) -> Job:
    """What a proposal looks at of a job."""
    visit = item.get("visit_at")
    return Job(item["id"], item["status"], item.get("building", ""), moment(visit) if visit else None)
