"""What owners do with an issue: follow it, write, urge, cancel, confirm, reopen, rate."""

from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.db import Op
from chalicelib.errors import (
    IllegalTransition,
    Unavailable,
)
from chalicelib.inbox.models import DESK, OFFICE, Event, Notice
from chalicelib.issues import access, rules, store
from chalicelib.issues.commit import Change, Filed, attempt, commit, entry
from chalicelib.issues.items import value_of
from chalicelib.issues.models import (
    Entry,
    Issue,
    IssueFile,
    OwnerStep,
    RateIssue,
    Rating,
    Status,
    WriteMessage,
)
from chalicelib.issues.notices import moved_counts, notice, owners_of, staff_of
from chalicelib.issues.rules import Relation
from chalicelib.once import Once
from chalicelib.photos import service as photos
from chalicelib.photos import store as photo_store
from chalicelib.photos.models import Photo
from chalicelib.portal import Portal

#: How often a rating or the clock's closing is judged anew when others get in between.
_TRIES = 5


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
    to, event = _TARGETS[action]

    def work() -> IssueFile:
        file, relation = access.for_owner(portal, person, issue_id)
        issue = file.issue
        rules.check_owner_step(issue, action, relation, now, body.version)
        after = rules.moved(issue, to, now)
        actor = access.as_owner(person)
        row = entry(now, "status", actor, from_status=issue.status, to=to, text=body.reason or None)
        told = notice(
            issue,
            event,
            owners=owners_of(file, person.id),
            staff=_concerned(file),
            roles=_office(action, file),
            counts=moved_counts(issue, after),
        )
        extra = [] if issue.unit_id else _of_outage(portal, issue, after, body.reason or "", now)
        return commit(portal, Change(file, after, [row], [told], extra=extra), now, once)

    return attempt(portal, once, work, now)


def _of_outage(portal: Portal, before: Issue, after: Issue, note: str, now: datetime) -> list[Op]:
    """What whoever opened an outage's master issue does to the outage by cancelling that."""
    from chalicelib.dispatch import outage_ends  # owners' issues never need it

    return outage_ends.when_done(portal, before, after, now, note)


_TARGETS: dict[str, tuple[Status, Event]] = {
    "cancel": ("cancelled", "cancelled"),
    "confirm": ("closed", "closed"),
    "reopen": ("reopened", "reopened"),
}


def _office(action: str, file: IssueFile) -> tuple[str, ...]:
    """Which roles are told besides: of work that was not right all who must act, else only where nobody has it."""
    if action == "reopen":
        return (OFFICE,)
    return () if _concerned(file) else (DESK,)


def _concerned(file: IssueFile) -> tuple[str, ...]:
    """Who of the staff is told what the owner did: whoever has the issue, or had it last; not whoever it was given
    to by a step that was taken back, for whom it is none of their business any more."""
    taken_back = {row.at for row in file.timeline if row.kind == "undone"}
    handled = [row for row in file.handoffs if row.stage == "handle" and row.ended_at not in taken_back]
    held = [row.holder.id for row in handled if row.holder]
    return (held[-1],) if held else ()


def message(
    portal: Portal, person: Person, issue_id: str, body: WriteMessage, once: Once | None, now: datetime
) -> tuple[IssueFile, Relation, Entry]:
    """Write to the staff; gives back the file with the message, how the person stands to it, and the message."""

    def work() -> IssueFile:
        file, relation = access.for_owner(portal, person, issue_id)
        rules.check_owner_step(file.issue, "message", relation, now)
        attached = photos.free_photos(portal, person, body.photo_ids)
        actor = access.as_owner(person)
        row = entry(now, "message", actor, text=body.text, photo_ids=[p.id for p in attached])
        staff = _concerned(file) if file.issue.assignee is None else staff_of(file.issue, person.id)
        told = notice(
            file.issue,
            "message",
            owners=owners_of(file, person.id),
            staff=staff,
            roles=() if staff else (DESK,),
        )
        change = message_change(portal, file, row, attached, [told], now)
        cap = photos.daily_cap(person.id, "messages", portal.settings.messages_per_day, now)
        change.extra.append(cap)
        return commit(portal, change, now, once)

    file, _ = attempt(portal, once, work, now)
    return file, relation_of(person, file), file.timeline[-1]


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
    talking = issue.status == "resolved" and not internal and issue.quiet_since != now
    after = issue.model_copy(update={"quiet_since": now}) if talking else issue
    rows = {p.id: photo_store.row_item(p, issue.id, internal=internal) for p in attached}
    return Change(file, after, [row], notices, extra=extra, photos=rows)


def urge(portal: Portal, person: Person, issue_id: str, now: datetime) -> IssueFile:
    """Ask the staff to hurry, at most once in 4 h. Raises NotFound or IllegalTransition."""
    file, relation = access.for_owner(portal, person, issue_id)
    rules.check_owner_step(file.issue, "urge", relation, now)
    issue = file.issue
    after = issue.model_copy(update={"urged_at": now})
    row = entry(now, "urged", access.as_owner(person))
    staff = staff_of(issue, person.id)
    told = notice(issue, "urged", staff=staff, roles=() if staff else (OFFICE,))
    mark = store.touch(issue, "urged_at", value_of(after, "urged_at"), IllegalTransition())
    done = commit(portal, Change(file, issue, [row], [told], extra=[mark], promises=False), now)
    return done.model_copy(update={"issue": after})


def rate(portal: Portal, person: Person, issue_id: str, body: RateIssue, now: datetime) -> Rating:
    """Rate the last resolution, or change that rating within 7 days. Raises NotFound or IllegalTransition."""
    for _ in range(_TRIES):
        try:
            return _rate(portal, person, issue_id, body, now)
        except store.IssueMoved:
            continue  # a second tap, or a step of somebody else: judge anew
    raise Unavailable


def _rate(portal: Portal, person: Person, issue_id: str, body: RateIssue, now: datetime) -> Rating:
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
    others = [one for one in issue.ratings if one.resolution != rating.resolution]
    after = issue.model_copy(update={"rating": rating, "ratings": [*others, rating]})
    row = entry(now, "rated", access.as_owner(person), text=_marks(rating))
    told = notice(issue, "rated", staff=_concerned(file))
    mark = store.rate(issue, after, portal.keys)
    extra = [mark] if issue.ratings else [mark, _worth_points(person, issue, now)]
    commit(portal, Change(file, issue, [row], [told], extra=extra, promises=False), now)
    return rating


def _worth_points(person: Person, issue: Issue, now: datetime) -> Op:
    """The write that has the first rating of an issue counted: an issue earns once, however often it is repaired."""
    from chalicelib.points import earning  # nothing else here needs it

    event = earning.EarningEvent(f"rating:{issue.id}", "rating", person.id, issue.community_id, now)
    return earning.ask(event)


def _marks(rating: Rating) -> str:
    marks = f"{rating.professionalism} · {rating.attitude} · {rating.efficiency}"
    return f"{marks}\n{rating.comment}" if rating.comment else marks
