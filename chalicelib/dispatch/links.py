"""Linking issues, and splitting one report into two jobs. Keys: `docs/keys.md`."""

from datetime import datetime
from itertools import count
from typing import Any

from chalicelib.accounts.models import Person
from chalicelib.audit import store as audit
from chalicelib.db import Item, Op, Put
from chalicelib.dispatch import service
from chalicelib.dispatch.link_models import AddLink, Link, LinkKind, LinkView, Split
from chalicelib.due import rows as due_rows
from chalicelib.errors import N_, Forbidden, IllegalTransition, Invalid, NotFound
from chalicelib.ids import is_id, new_id
from chalicelib.inbox import outbox
from chalicelib.inbox.models import DESK
from chalicelib.issues import access, policy, reporting, rules, spot_store, store
from chalicelib.issues.commit import Filed, attempt, entry, snapshot
from chalicelib.issues.items import issue_pk
from chalicelib.issues.models import Actor, Handoff, Issue, IssueFile
from chalicelib.issues.notices import moved_counts, notice, owners_of
from chalicelib.kept import changed, made
from chalicelib.once import Once, settled
from chalicelib.portal import Portal
from chalicelib.times import kept as kept_as
from chalicelib.times import moment, rfc3339

_SAME = (
    "community_id", "unit_id", "unit_label", "building", "area", "location", "place_id", "reporter", "visit_windows",
)  # fmt: skip
_NOT_THERE = N_("Give the number of another report in this community.")


def of(file: IssueFile) -> list[Link]:
    """What an issue belongs together with, oldest first."""
    rows = file.extras.get("L", [])
    found = [
        made(Link, issue_id=row["issue_id"], number=row["number"], kind=row["kind"], at=moment(row["at"]))
        for row in rows
    ]
    return sorted(found, key=lambda one: one.at)


def view(link: Link) -> LinkView:
    """A link as the API shows it."""
    return LinkView(**link.model_dump(exclude={"at"}), at=rfc3339(link.at))


def _put(issue_id: str, other: Issue, kind: LinkKind, now: datetime) -> Op:
    row: Item = {
        "PK": issue_pk(issue_id),
        "SK": f"L#{other.id}",
        "issue_id": other.id,
        "number": other.number,
        "kind": kind,
        "at": rfc3339(now),
    }
    return Put(row, replace=True)


def link(
    portal: Portal, person: Person, issue_id: str, body: AddLink, once: Once | None, now: datetime
) -> list[Link]:
    """Link two issues of one community, each to the other; those linked already stay as they are. Gives back all links
    of the first, by a key that was used those of then. Raises NotFound, Forbidden, or Invalid for another issue that
    can't be linked."""

    def work() -> list[Link]:
        file, roles = access.for_staff(portal, person, issue_id)
        if not roles & service.OFFICE:
            raise Forbidden
        other = _other(portal, person, file.issue, body.to)
        links, ops = of(file), list[Op]()
        if all(one.issue_id != other.id for one in links):
            new = Link(issue_id=other.id, number=other.number, kind="related", at=kept_as(now))
            act = audit.Act(file.issue.community_id, person.id, "linked", issue_id, other.id)
            here, there = _put(issue_id, other, "related", now), _put(other.id, file.issue, "related", now)
            links, ops = [*links, new], [here, there, audit.add(act, now)]
        first = [once.put({"links": [one.issue_id for one in links]}, now)] if once else []
        if first or ops:
            portal.db.write(*first, *ops)
        return links

    def replay(kept: dict[str, Any]) -> tuple[list[Link], datetime]:
        file, _ = access.for_staff(portal, person, issue_id)
        return [one for one in of(file) if one.issue_id in kept["links"]], now

    return settled(portal.db, once, work, replay, now)[0]


def _other(portal: Portal, person: Person, issue: Issue, wanted: str) -> Issue:
    text = wanted.strip()
    found = text if is_id(text) else store.id_of_number(portal.db, text)
    try:
        other = access.for_staff(portal, person, found or "")[0].issue
    except NotFound as error:
        raise Invalid.field("link_to", "not_found", _NOT_THERE) from error
    if other.id == issue.id or other.community_id != issue.community_id:
        raise Invalid.field("link_to", "not_possible", _NOT_THERE)
    return other


def split(
    portal: Portal, person: Person, issue_id: str, body: Split, once: Once | None, now: datetime
) -> Filed:
    """Make a second job of one report, in the same owner's name; gives back the new one. Both owners' pages say so and
    why. Raises NotFound, Forbidden, VersionConflict, Invalid, or IllegalTransition where the work has ended."""
    digits = count(policy.NUMBER_DIGITS)
    if body.category_id not in policy.CATEGORIES:
        raise Invalid.field("split_category", "unknown_category", reporting.UNKNOWN_CATEGORY)

    def work() -> IssueFile:
        file, roles = access.for_staff(portal, person, issue_id)
        if not roles & service.OFFICE:
            raise Forbidden
        rules.check_version(file.issue, body.version)
        if file.issue.status not in rules.WORK or not file.issue.unit_id:
            raise IllegalTransition
        number = reporting.draw_number(portal, file.issue.community_id, next(digits), now)
        actor = access.as_staff(person, file.issue)
        new = reporting.begun(portal, _second(file.issue, actor, body, number, now), now)
        first = [once.put(snapshot(new, now), now)] if once else []
        portal.db.write(*first, *_ops(portal, file, new, actor, body, now))
        return new

    return attempt(portal, once, work, now)


def _second(issue: Issue, actor: Actor, body: Split, number: str, now: datetime) -> IssueFile:
    """The second job: of the same home, place, owner and times, new to the office in all else."""
    handoff = Handoff(id=new_id(now), stage="report", holder=None, started_at=now)
    same = {name: getattr(issue, name) for name in _SAME}
    new = Issue(
        **same,
        id=new_id(now),
        number=number,
        category_id=body.category_id,
        description=body.description,
        created_at=now,
        promised_at=now,  # until the plan says
        handoff=handoff.id,
    )
    rows = [
        entry(now, "status", actor, to="submitted"),
        entry(now, "split", actor, text=f"{issue.number} · {body.why}"),
    ]
    return IssueFile(issue=new, timeline=rows, handoffs=[handoff], photos={}, followers=[])


def _ops(
    portal: Portal, file: IssueFile, new: IssueFile, actor: Actor, body: Split, now: datetime
) -> list[Op]:
    """All writes of a split: the new issue, a row in the old one, the links, what is told. The old one's version rises:
    who saw it before is to see first that there are two jobs now."""
    issue = new.issue
    row = entry(now, "split", actor, text=f"{issue.number} · {body.why}")
    owners, counts = owners_of(new, actor.id), moved_counts(None, issue)
    told = notice(issue, "split", owners=owners, roles=(DESK,), but=(actor.id,), counts=counts)
    return [
        store.change(file.issue, changed(file.issue, version=file.issue.version + 1), portal.keys),
        *store.add(issue, portal.keys),
        *spot_store.moved(None, issue, portal.keys),
        *due_rows.moved(issue.id, None, issue.next_moment),
        *store.alarm(issue, now),
        *(store.add_entry(issue.id, one, portal.keys) for one in new.timeline),
        store.start_handoff(issue.id, new.handoffs[0], portal.keys),
        store.add_entry(file.issue.id, row, portal.keys),
        _put(file.issue.id, issue, "split_into", now),
        _put(issue.id, file.issue, "split_from", now),
        outbox.add(told, now),
        audit.add(audit.Act(issue.community_id, actor.id, "split", file.issue.id, issue.id), now),
    ]
