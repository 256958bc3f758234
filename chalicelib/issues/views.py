"""Issues as their readers see them: an owner, a follower, or staff."""

from datetime import datetime
from typing import Any

from chalicelib.accounts.models import Person
from chalicelib.accounts.rules import mask_name
from chalicelib.due import plan
from chalicelib.due.views import Promises
from chalicelib.i18n import LOCALES
from chalicelib.issues import rules
from chalicelib.issues.models import Actor, Entry, Issue, IssueFile, Rating, SopMark
from chalicelib.issues.view_models import (
    ActorView,
    DeskIssueView,
    EntryView,
    HandoffView,
    IssueSummary,
    IssueView,
    RatingView,
    ReporterView,
    SopMarkView,
    WindowView,
)
from chalicelib.kept import made
from chalicelib.photos import service as photos
from chalicelib.photos.models import PhotoView
from chalicelib.portal import Portal
from chalicelib.sops import views as sop_views
from chalicelib.times import rfc3339


def _for_owners(row: Entry, file: IssueFile) -> bool:
    """Whether owners see a row: not internal notes, nor that a photo of one could not be used."""
    if row.kind == "photo_rejected":
        return not any(file.photos.get(photo_id, {}).get("internal") for photo_id in row.photo_ids)
    return row.kind != "internal"


def _time(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None


def _rating(issue: Issue) -> RatingView | None:
    return _marks(issue.rating) if issue.rating else None


def _marks(given: Rating) -> RatingView:
    return made(RatingView, **given.model_dump(exclude={"at", "resolution"}), at=rfc3339(given.at))


def summary_fields(issue: Issue, actions: list[str], now: datetime) -> dict[str, Any]:
    """What a list shows of an issue."""
    return {
        "id": issue.id,
        "number": issue.number,
        "unit_id": issue.unit_id,
        "unit_label": issue.unit_label,
        "community_id": issue.community_id,
        "category_id": issue.category_id,
        "description": issue.description,
        "location": issue.location,
        "area": issue.area,
        "place_id": issue.place_id,
        "relation": "staff",
        "status": issue.status,
        "version": issue.version,
        "created_at": rfc3339(issue.created_at),
        "promised_at": rfc3339(issue.promised_at),
        "overdue": rules.is_overdue(issue, now),
        "visit_at": _time(issue.visit_at),
        "pause_reason": issue.pause_reason,
        "assignee": issue.assignee,
        "merged_into": issue.merged_into,
        "rating": _rating(issue),
        "allowed_actions": actions,
    }


def owner_summary(issue: Issue, relation: rules.Relation, now: datetime) -> IssueSummary:
    """An issue in the list of who reported or follows it, or of a neighbour who may."""
    return made(IssueSummary, **owner_fields(issue, relation, now))


def owner_fields(issue: Issue, relation: rules.Relation, now: datetime) -> dict[str, Any]:
    """An issue's own fields for owners: whose home it is, and the reporter's marks, are nobody else's business."""
    fields = summary_fields(issue, rules.owner_actions(issue, relation, now), now) | {"relation": relation}
    hidden = {} if relation == "reporter" else {"unit_id": None, "unit_label": None, "rating": None}
    return fields | hidden


def desk_summary(issue: Issue, person: Person, now: datetime) -> IssueSummary:
    """An issue in the desk's queue."""
    actions = rules.staff_actions(issue, person.roles_in(issue.community_id), person.id)
    return made(IssueSummary, **summary_fields(issue, actions, now))


class Reader:
    """Writes out one issue for one reader."""

    def __init__(
        self, portal: Portal, person: Person, origin: str | None, now: datetime, locale: str = LOCALES[0]
    ) -> None:
        self._portal, self._person, self._origin, self.now = portal, person, origin, now
        self._locale = locale

    def owner_view(self, file: IssueFile, relation: rules.Relation, at: datetime | None = None) -> IssueView:
        """An issue for the one who reported it, or for a follower, who sees neither home nor names of others, nor
        when somebody is at home or what they thought of the repair."""
        moment = at or self.now
        standing = self.standing(file, moment)
        fields = owner_fields(file.issue, relation, moment)
        fields["sop"] = sop_views.for_owners(self._portal, file, self._locale, moment)
        rows = [row for row in file.timeline if _for_owners(row, file)]
        if relation == "reporter":
            return made(IssueView, **fields, **self._parts(file, rows, standing, staff=False))
        rows = [row for row in rows if row.kind != "rated"]
        return made(
            IssueView, **fields, **{**self._parts(file, rows, standing, staff=False), "visit_windows": []}
        )

    def desk_view(self, file: IssueFile, roles: frozenset[str], at: datetime | None = None) -> DeskIssueView:
        """An issue for staff."""
        moment = at or self.now
        standing = self.standing(file, moment)
        actions = rules.staff_actions(file.issue, roles, self._person.id)
        return made(
            DeskIssueView,
            **summary_fields(file.issue, actions, moment),
            **self._parts(file, file.timeline, standing, staff=True),
            reporter=made(ReporterView, name_masked=mask_name(file.issue.reporter.name)),
            handoffs=[
                made(
                    HandoffView,
                    stage=row.stage,
                    holder=row.holder,
                    started_at=rfc3339(row.started_at),
                    ended_at=_time(row.ended_at),
                )
                for row in file.handoffs
            ],
            followers=len(file.followers),
            reopened=file.issue.reopened,
            first_time_fix=rules.fixed_first_time(file.issue),
            ratings=[_marks(given) for given in file.issue.ratings],
            sla=standing.sla(),
            sop=sop_views.for_staff(self._portal, file, self._locale, moment),
        )

    def standing(self, file: IssueFile, at: datetime | None = None) -> Promises:
        """How an issue stands with its promises."""
        return Promises(file, plan.terms_for(self._portal, file.issue), at or self.now, self._locale)

    def _parts(
        self, file: IssueFile, rows: list[Entry], standing: Promises, *, staff: bool
    ) -> dict[str, Any]:
        shown = {pid: row for pid, row in file.photos.items() if staff or not row.get("internal")}
        views = {pid: photos.view(self._portal, row, self._origin, self.now) for pid, row in shown.items()}
        first = next((row.photo_ids for row in rows), [])
        windows = file.issue.visit_windows
        return {
            "visit_windows": [made(WindowView, start=rfc3339(w.start), end=rfc3339(w.end)) for w in windows],
            "photos": [views[pid] for pid in first if pid in views],
            "timeline": [self.entry_view(row, views, staff=staff) for row in rows],
            "paused_until": _time(standing.paused_until),
            "next_word_by": _time(standing.next_word_by),
        }

    def entry_view(self, row: Entry, views: dict[str, PhotoView], *, staff: bool) -> EntryView:
        """One row of the timeline."""
        return made(
            EntryView,
            id=row.id,
            at=rfc3339(row.at),
            kind=row.kind,
            actor=self._actor(row.actor, staff=staff),
            from_=row.from_status,
            to=row.to,
            text=row.text,
            photos=[views[pid] for pid in row.photo_ids if pid in views],
            assignee=row.assignee,
            pause_reason=row.pause_reason,
            visit_at=_time(row.visit_at),
            taken_at=_time(row.taken_at),
            sop=self._mark(row.sop) if row.sop else None,
        )

    def _mark(self, mark: SopMark) -> SopMarkView:
        named = {"id": mark.id, "number": mark.number, "name": mark.name(self._locale)}
        return made(SopMarkView, **named, measurement=mark.measurement)

    def _actor(self, actor: Actor, *, staff: bool) -> ActorView:
        """Names of owners are masked for everybody but themselves; staff's names are for all to see."""
        open_name = actor.role != "owner" or (actor.id == self._person.id and not staff)
        return made(ActorView, name=actor.name if open_name else mask_name(actor.name), role=actor.role)
