"""Years of a portal's history, made directly in the form in which it is kept: by the same functions that make the
portal's own records, but without their transactions, so that 100,000 issues take a minute or two."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.accounts.models import Person
from chalicelib.crypto import Keyring
from chalicelib.db import Item, Put
from chalicelib.ids import new_id
from chalicelib.issues import rules, store
from chalicelib.issues.commit import entry
from chalicelib.issues.items import entry_item, handoff_item, to_item
from chalicelib.issues.models import Actor, Before, Entry, Handoff, Holder, Issue, Rating, Status
from chalicelib.issues.policy import category_of
from chalicelib.records import encode_item
from chalicelib.service_levels.policy import DEFAULT_POLICY

#: What owners write: from a line to a paragraph, as they do.
TEXTS = (
    "厨房水槽下面漏水",
    "卫生间的灯昨天晚上开始一闪一闪的，今天早上完全不亮了，换过灯泡也不行，麻烦来看一下。",
    "主卧靠窗的墙角发黑起泡，下雨以后更明显，用手摸是湿的。去年也修过一次，当时说是外墙的问题，"
    "补了以后好了几个月，现在又出现了，面积比上次还大，希望这次能找到真正的原因。",
    "楼道里的声控灯不亮",
    "入户门关不严，要用力推才能锁上，家里有老人，出门很不方便。工作日晚上七点以后在家。",
)
_CATEGORIES = (
    "plumbing",
    "electrical",
    "wall_seepage",
    "public_area",
    "doors_windows",
    "noise",
    "parking",
    "other",
)
#: What was promised to those whose issues are closed: near enough without a calendar.
_PROMISED = {name: one.goals["resolve"].wall for name, one in DEFAULT_POLICY.classes.items()}
_NOTES = {"in_progress": None, "resolved": "更换了角阀和软管，观察半小时没有再漏。", "closed": None}
_WAY: tuple[tuple[Status, int], ...] = (
    ("acknowledged", 1), ("assigned", 2), ("in_progress", 20), ("resolved", 22), ("closed", 40),
)  # fmt: skip


@dataclass(frozen=True)
class Cast:
    """Who plays in a community's history."""

    community_id: str
    owner: Actor
    clerk: Actor
    technician: Holder

    def actor(self, to: Status) -> Actor:
        """Who takes the step to a state."""
        if to == "closed":
            return self.owner
        if to in ("acknowledged", "assigned"):
            return self.clerk
        return Actor(id=self.technician.id, name=self.technician.name, role="technician")


def cast_of(community_id: str, owner: Person, clerk: Person, technician: Person) -> Cast:
    """A cast of people who are in the table."""
    return Cast(
        community_id,
        Actor(id=owner.id, name=owner.name, role="owner"),
        Actor(id=clerk.id, name=clerk.name, role="front_line"),
        Holder(id=technician.id, name=technician.name),
    )


def closed_issue(keys: Keyring, cast: Cast, n: int, at: datetime) -> Iterator[dict[str, Any]]:
    """All records that are left of an issue which was reported, repaired, confirmed and rated, in wire form."""
    issue = _reported(cast, n, at)
    rows, handoffs = [entry(at, "status", cast.owner, to="submitted")], [_handoff(issue, at)]
    for to, hours in _WAY:
        when = at + timedelta(hours=hours)
        rows.append(_row(cast, issue, to, when))
        before, issue = issue, _stepped(cast, issue, to, when)
        if rules.STAGES.get(to) != rules.STAGES.get(before.status):
            handoffs[-1] = handoffs[-1].model_copy(update={"ended_at": when})
            if to != "closed":
                handoffs.append(_handoff(issue, when))
                issue = issue.model_copy(update={"handoff": handoffs[-1].id})
    yield from map(encode_item, _records(keys, issue, rows, handoffs))


def _records(keys: Keyring, issue: Issue, rows: list[Entry], handoffs: list[Handoff]) -> Iterator[Item]:
    for op in store.add(issue, keys):
        assert isinstance(op, Put), "new issues are put"
        yield op.item if op.item["SK"] != "META" else to_item(issue, keys)
    for row in rows:
        yield entry_item(issue.id, row, keys)
    for handoff in handoffs:
        ended = handoff.ended_at.isoformat() if handoff.ended_at else None
        yield {**handoff_item(issue.id, handoff, keys), "ended_at": ended}


def _reported(cast: Cast, n: int, at: datetime) -> Issue:
    category = category_of(_CATEGORIES[n % len(_CATEGORIES)])
    home = f"{cast.community_id}-{n % 20 + 1}-{n % 200 + 100}"
    return Issue.model_construct(
        id=new_id(at),
        number=f"{at:%y%m%d}-{secrets.randbelow(10**9):09d}",
        community_id=cast.community_id,
        unit_id=home,
        unit_label=home.split("-", 1)[1],
        building=str(n % 20 + 1),
        area="unit",
        category_id=category.id,
        description=TEXTS[n % len(TEXTS)],
        visit_windows=[],
        created_at=at,
        promised_at=at + _PROMISED[category.sla_class],
        reporter=cast.owner,
        handoff="",
    )


def _row(cast: Cast, issue: Issue, to: Status, when: datetime) -> Entry:
    kind = "assigned" if to == "assigned" else "status"
    given = {"assignee": cast.technician} if to == "assigned" else {"text": _NOTES.get(to)}
    kept = None if to == "closed" else Before.of(issue)
    return entry(when, kind, cast.actor(to), from_status=issue.status, to=to, before=kept, **given)


def _stepped(cast: Cast, issue: Issue, to: Status, when: datetime) -> Issue:
    if to == "assigned":
        return rules.assigned(issue, cast.technician, when, None)
    after = rules.moved(issue, to, when)
    if to != "closed":
        return after
    marks = Rating(professionalism=5, attitude=5, efficiency=4, comment="谢谢师傅", at=when, resolution=1)
    return after.model_copy(update={"rating": marks})


def _handoff(issue: Issue, at: datetime) -> Handoff:
    stage = rules.STAGES[issue.status]
    holder = issue.assignee if stage == "handle" else None
    return Handoff(id=new_id(at), stage=stage, holder=holder, started_at=at)
