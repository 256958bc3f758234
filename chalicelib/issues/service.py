"""What owners do: report an issue, follow it, write, urge, cancel, confirm, reopen, rate."""

import secrets
from datetime import datetime

from boto3.dynamodb.conditions import Attr

from chalicelib.accounts.models import Person, UnitRef
from chalicelib.communities import store as communities
from chalicelib.db import Op
from chalicelib.errors import (
    N_,
    Forbidden,
    IllegalTransition,
    Invalid,
    NotFound,
    Unavailable,
    VersionConflict,
)
from chalicelib.ids import new_id
from chalicelib.inbox import outbox
from chalicelib.inbox.models import Event, Notice
from chalicelib.issues import access, rules, store
from chalicelib.issues.commit import Change, commit, entry, replay, snapshot
from chalicelib.issues.items import value_of
from chalicelib.issues.models import (
    SYSTEM,
    Entry,
    Handoff,
    Issue,
    IssueFile,
    OwnerStep,
    RateIssue,
    Rating,
    ReportIssue,
    Status,
    WriteMessage,
)
from chalicelib.issues.notices import moved_counts, notice, owners_of, staff_of
from chalicelib.issues.policy import CATEGORIES, Category, category_of
from chalicelib.issues.rules import Relation
from chalicelib.once import AlreadyDone, Once
from chalicelib.photos import service as photos
from chalicelib.photos import store as photo_store
from chalicelib.photos.models import Photo
from chalicelib.photos.store import PhotoChanged
from chalicelib.portal import Portal

Filed = tuple[IssueFile, datetime]
_NOT_YOUR_HOME = N_("This home is not linked to you. Choose one of yours, or call the office.")
_UNKNOWN_CATEGORY = N_("Please choose a category.")
_TRIES = 5


def report(portal: Portal, person: Person, body: ReportIssue, once: Once | None, now: datetime) -> Filed:
    """Report an issue; gives back its file and the moment it stands for (an earlier one for a repeated key).

    Raises Forbidden for somebody else's home, Invalid for what can't be used, TooMany at the daily cap.
    """
    if once and (kept := once.find(portal.db)):
        return replay(portal, kept)
    unit, category = _checked(person, body)
    for _ in range(_TRIES):
        attached = photos.free_photos(portal, person, body.photo_ids)
        file, ops = _new_issue(portal, person, unit, category, body, attached, now)
        first = [once.put(snapshot(file, now), now)] if once else []
        try:
            portal.db.write(*first, *ops)
            return file, now
        except (store.NumberTaken, PhotoChanged):
            continue
        except AlreadyDone:
            return replay(portal, _kept(portal, once))
    raise Unavailable


def _kept(portal: Portal, once: Once | None) -> dict[str, object]:
    assert once is not None, "only a key can be used already"
    return once.find(portal.db) or {}


def _checked(person: Person, body: ReportIssue) -> tuple[UnitRef, Category]:
    category = CATEGORIES.get(body.category_id)
    if category is None:
        raise Invalid.field("category_id", "unknown_category", _UNKNOWN_CATEGORY)
    unit = person.unit(body.unit_id)
    if unit is None:
        raise Forbidden(_NOT_YOUR_HOME)
    return unit, category


def _number(portal: Portal, unit: UnitRef, now: datetime) -> str:
    """A number that can be read out on the phone: the day, and five random digits. Drawn again if taken."""
    zone = communities.get(portal.db, unit.community_id).zone
    return f"{now.astimezone(zone):%y%m%d}-{secrets.randbelow(100_000):05d}"


def _new_issue(
    portal: Portal,
    person: Person,
    unit: UnitRef,
    category: Category,
    body: ReportIssue,
    attached: list[Photo],
    now: datetime,
) -> tuple[IssueFile, list[Op]]:
    reporter = access.as_owner(person)
    handoff = Handoff(id=new_id(now), stage="report", holder=None, started_at=now)
    issue = Issue(
        id=new_id(now),
        number=_number(portal, unit, now),
        community_id=unit.community_id,
        unit_id=unit.id,
        unit_label=unit.label,
        building=unit.building,
        area=body.area,
        category_id=category.id,
        description=body.description,
        location=body.location or None,
        created_at=now,
        promised_at=rules.promised_at(category.sla_class, now),
        reporter=reporter,
        visit_windows=body.visit_windows,
        handoff=handoff.id,
    )
    row = entry(now, "status", reporter, to="submitted", photo_ids=[p.id for p in attached])
    file = IssueFile(
        issue=issue,
        timeline=[row],
        handoffs=[handoff],
        photos={p.id: photo_store.row_item(p, issue.id) for p in attached},
        followers=[],
    )
    alarm = {"roles": ("front_line", "manager"), "staff_event": "emergency"} if category.emergency else {}
    told = notice(issue, "reported", owners=(person.id,), counts=moved_counts(None, issue), **alarm)
    ops = [
        *store.add(issue, portal.keys),
        store.add_entry(issue.id, row, portal.keys),
        store.start_handoff(issue.id, handoff, portal.keys),
        photos.daily_cap(person.id, "reports", portal.settings.reports_per_day, now),
        *(op for photo in attached for op in photo_store.attach(photo, issue.id)),
        outbox.add(told, now),
    ]
    return file, ops


def step(
    portal: Portal,
    person: Person,
    issue_id: str,
    action: str,
    body: OwnerStep,
    once: Once | None,
    now: datetime,
) -> Filed:
    """Cancel, confirm or reopen. Raises NotFound, Forbidden, VersionConflict or IllegalTransition."""
    if once and (kept := once.find(portal.db)):
        return replay(portal, kept)
    file, relation = access.for_owner(portal, person, issue_id)
    rules.check_owner_step(file.issue, action, relation, now, body.version)
    to, event = _TARGETS[action]
    issue = file.issue
    after = rules.moved(issue, to, now, category_of(issue.category_id).sla_class)
    row = entry(
        now, "status", access.as_owner(person), from_status=issue.status, to=to, text=body.reason or None
    )
    told = notice(
        issue,
        event,
        owners=owners_of(file, person.id),
        staff=_concerned(file),
        roles=() if _concerned(file) else ("front_line",),
        counts=moved_counts(issue, after),
    )
    try:
        return commit(portal, Change(file, after, [row], [told]), now, once), now
    except AlreadyDone:
        return replay(portal, _kept(portal, once))


_TARGETS: dict[str, tuple[Status, Event]] = {
    "cancel": ("cancelled", "cancelled"),
    "confirm": ("closed", "closed"),
    "reopen": ("reopened", "reopened"),
}


def _concerned(file: IssueFile) -> tuple[str, ...]:
    """Who of the staff is told what the owner did: whoever has the issue, or had it last."""
    held = [row.holder.id for row in file.handoffs if row.holder and row.stage == "handle"]
    return (held[-1],) if held else ()


def message(
    portal: Portal, person: Person, issue_id: str, body: WriteMessage, once: Once | None, now: datetime
) -> tuple[IssueFile, Relation, Entry]:
    """Write to the staff; gives back the file with the message, how the person stands to it, and the message."""
    if once and (kept := once.find(portal.db)):
        file, _ = replay(portal, kept)
        return file, relation_of(person, file), file.timeline[-1]
    for _ in range(_TRIES):
        file, relation = access.for_owner(portal, person, issue_id)
        rules.check_owner_step(file.issue, "message", relation, now)
        attached = photos.free_photos(portal, person, body.photo_ids)
        row = entry(
            now, "message", access.as_owner(person), text=body.text, photo_ids=[p.id for p in attached]
        )
        staff = _concerned(file) if file.issue.assignee is None else staff_of(file.issue, person.id)
        told = notice(
            file.issue,
            "message",
            owners=owners_of(file, person.id),
            staff=staff,
            roles=() if staff else ("front_line",),
        )
        change = message_change(portal, file, row, attached, [told], now)
        cap = photos.daily_cap(person.id, "messages", portal.settings.messages_per_day, now)
        change.extra.append(cap)
        try:
            return commit(portal, change, now, once), relation, row
        except (PhotoChanged, store.IssueMoved):
            continue
        except AlreadyDone:
            file, _ = replay(portal, _kept(portal, once))
            return file, relation, file.timeline[-1]
    raise Unavailable


def relation_of(person: Person, file: IssueFile) -> Relation:
    """How a person who may see an issue stands to it."""
    return "reporter" if file.issue.reporter.id == person.id else "follower"


def message_change(
    portal: Portal, file: IssueFile, row: Entry, attached: list[Photo], notices: list[Notice], now: datetime
) -> Change:
    """A message as a change: its row and photos, while the issue stays as it is; it keeps a resolved issue
    from closing by itself for another while."""
    issue = file.issue
    internal = row.kind == "internal"
    extra = [op for photo in attached for op in photo_store.attach(photo, issue.id, internal=internal)]
    if issue.status == "resolved" and not internal:
        extra += still_talking(issue, now)
    else:
        extra.append(store.unmoved(issue))
    rows = {p.id: photo_store.row_item(p, issue.id, internal=internal) for p in attached}
    return Change(file, issue, [row], notices, extra=extra, photos=rows)


def still_talking(issue: Issue, now: datetime) -> list[Op]:
    """The writes that let the quiet days of a resolved issue begin anew."""
    later = issue.model_copy(update={"quiet_since": now})
    closes = rules.closes_at(later)
    assert closes is not None
    value = value_of(later, "quiet_since")
    mark = store.touch(issue, "quiet_since", value, store.IssueMoved())
    return [mark, store.set_timer(issue.id, closes)]


def urge(portal: Portal, person: Person, issue_id: str, now: datetime) -> IssueFile:
    """Ask the staff to hurry, at most once in 4 h. Raises NotFound or IllegalTransition."""
    file, relation = access.for_owner(portal, person, issue_id)
    rules.check_owner_step(file.issue, "urge", relation, now)
    issue = file.issue
    after = issue.model_copy(update={"urged_at": now})
    row = entry(now, "urged", access.as_owner(person))
    staff = staff_of(issue, person.id)
    told = notice(issue, "urged", staff=staff, roles=() if staff else ("front_line", "manager"))
    mark = store.touch(issue, "urged_at", value_of(after, "urged_at"), IllegalTransition())
    done = commit(portal, Change(file, issue, [row], [told], extra=[mark]), now)
    return done.model_copy(update={"issue": after})


def rate(portal: Portal, person: Person, issue_id: str, body: RateIssue, now: datetime) -> Rating:
    """Rate the last resolution, or change that rating within 7 days. Raises NotFound or IllegalTransition."""
    file, relation = access.for_owner(portal, person, issue_id)
    rules.check_owner_step(file.issue, "rate", relation, now)
    issue = file.issue
    given = issue.rating if issue.rating and issue.rating.resolution == issue.resolutions else None
    rating = Rating(
        **body.model_dump(exclude={"comment"}),
        comment=body.comment or None,
        at=given.at if given else now,  # changing a rating does not lengthen the days for changing it
        resolution=issue.resolutions,
    )
    if given == rating:
        return rating
    after = issue.model_copy(update={"rating": rating})
    row = entry(now, "rated", access.as_owner(person), text=_marks(rating))
    told = notice(issue, "rated", staff=_concerned(file))
    mark = store.touch(issue, "rating", value_of(after, "rating"), IllegalTransition())
    commit(portal, Change(file, issue, [row], [told], extra=[mark]), now)
    return rating


def _marks(rating: Rating) -> str:
    marks = f"{rating.professionalism} · {rating.attitude} · {rating.efficiency}"
    return f"{marks}\n{rating.comment}" if rating.comment else marks


def close_quiet(portal: Portal, issue_id: str, now: datetime) -> bool:
    """Close a resolved issue about which nobody has said anything for 7 days; True when it did."""
    file = store.load(portal.db, portal.keys, issue_id)
    if file is None:
        raise NotFound
    closes = rules.closes_at(file.issue)
    if closes is None or closes > now:
        return False
    issue = file.issue
    after = rules.moved(issue, "closed", now, category_of(issue.category_id).sla_class)
    row = entry(now, "status", SYSTEM, from_status="resolved", to="closed")
    told = notice(issue, "auto_closed", owners=owners_of(file, ""), counts=moved_counts(issue, after))
    # A message at this very moment changes no version, but it breaks the quiet.
    still_quiet = Attr("quiet_since").eq(value_of(issue, "quiet_since"))
    try:
        commit(portal, Change(file, after, [row], [told], only_if=still_quiet), now)
    except VersionConflict:
        return False
    return True
