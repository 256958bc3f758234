"""The audit trail: one row for each thing that staff do or look at; rows are only ever added."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chalicelib.conditions import Key
from chalicelib.db import Db, Item, K, Op, Page, Put
from chalicelib.ids import new_id
from chalicelib.times import rfc3339

Action = Literal[
    "transition", "assign", "message", "contact_seen", "undo", "import_row", "account_imported", "photo_removed",
    "place_added", "place_changed", "booking", "booking_contact", "plan_changed", "project", "price", "commitment",
    "preview", "levels_changed",
    "alert_seen", "sop_changed", "roster_changed", "sop_step",
    "message_judged", "announced", "announcement_taken_back",
    "complaint_step", "complaint_assign", "complaint_note", "complaint_link",
    "complaint_call_back", "complaint_contact", "complaint_departments",
    "referral_decided", "referral_forgotten",
    "points_rule", "reward_changed", "voucher_used", "points_adjusted", "adjustment_asked", "adjustment_judged",
    "worker_changed", "absence_changed", "dispatch_rules", "cost", "called_back", "outage", "linked", "split",
]  # fmt: skip


@dataclass(frozen=True)
class Act:
    """Who did what to which object, where. Never a name, a phone number or a text that somebody wrote."""

    community_id: str
    actor_id: str
    action: Action
    subject: str
    detail: str = ""


def audit_pk(community_id: str, now: datetime) -> str:
    """The partition of one community's day (UTC)."""
    return f"AUDIT#{community_id}#{now:%Y-%m-%d}"


def add(act: Act, now: datetime) -> Op:
    """The write of an audit row."""
    key = K(audit_pk(act.community_id, now), new_id(now))
    item: Item = {
        "PK": key.pk, "SK": key.sk, "at": rfc3339(now), "actor_id": act.actor_id, "action": act.action,
        "subject": act.subject, "detail": act.detail,
    }  # fmt: skip
    return Put(item)


def read_day(db: Db, community_id: str, day: datetime, limit: int, start: Item | None) -> Page:
    """A page of a community's day, newest first."""
    return db.query(Key("PK").eq(audit_pk(community_id, day)), limit=limit, start=start, newest_first=True)
