"""Ticking a step of an issue's SOP: a step of the issue like any other, with its version, told in its timeline."""

from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.audit import store as audit
from chalicelib.issues import access
from chalicelib.issues.commit import Change, Filed, attempt, commit, entry
from chalicelib.issues.models import Entry, IssueFile, SopMark
from chalicelib.issues.notices import notice, owners_of
from chalicelib.managing.models import Version
from chalicelib.once import Once
from chalicelib.photos import service as photos
from chalicelib.photos import store as photo_store
from chalicelib.photos.models import Photo
from chalicelib.portal import Portal
from chalicelib.sops import rules, standing
from chalicelib.sops.models import Sop, TickStep


def tick(
    portal: Portal, person: Person, issue_id: str, body: TickStep, once: Once | None, now: datetime
) -> Filed:
    """A step is done, or is not after all. Raises NotFound, Forbidden, VersionConflict, IllegalTransition, or Invalid
    when the SOP has no such step, or the step lacks its photo or measurement."""

    def work() -> IssueFile:
        file, roles = access.for_staff(portal, person, issue_id)
        version = standing.sop_of(portal, file.issue)
        rules.check_tick(file.issue, version.body, body, roles, person.id)
        attached = photos.free_photos(portal, person, body.photo_ids) if body.done else []
        return commit(portal, _ticked(person, file, version, body, attached, now), now, once)

    return attempt(portal, once, work, now)


def _ticked(
    person: Person,
    file: IssueFile,
    version: Version[Sop],
    body: TickStep,
    attached: list[Photo],
    now: datetime,
) -> Change:
    issue = file.issue
    row = _row(person, file, version, body, [photo.id for photo in attached], now)
    told = notice(issue, "step_done", owners=owners_of(file, person.id) if body.done else ())
    act = audit.Act(issue.community_id, person.id, "sop_step", issue.id, f"{body.step_id}:{body.done}")
    return Change(
        before=file,
        after=issue.model_copy(update={"version": issue.version + 1}),
        entries=[row],
        notices=[told],
        act=act,
        extra=[op for photo in attached for op in photo_store.attach(photo, issue.id)],
        photos={p.id: photo_store.row_item(p, issue.id) for p in attached},
    )


def _row(
    person: Person,
    file: IssueFile,
    version: Version[Sop],
    body: TickStep,
    photo_ids: list[str],
    now: datetime,
) -> Entry:
    number, step = rules.step_of(version.body, body.step_id)
    mark = SopMark(
        id=step.id,
        number=number,
        zh=step.name.zh,
        en=step.name.en,
        version=version.number,
        measurement=body.measurement if body.done else "",
    )
    return entry(
        now,
        "sop_done" if body.done else "sop_opened",
        access.as_staff(person, file.issue),
        text=body.note or None,
        photo_ids=photo_ids,
        sop=mark,
    )
