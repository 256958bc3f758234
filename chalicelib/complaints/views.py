"""Complaints as their readers see them: the person who sent one, or the office."""

from datetime import datetime
from typing import Any

from chalicelib.accounts.models import Person
from chalicelib.accounts.rules import mask_name
from chalicelib.complaints import rules
from chalicelib.complaints.models import Complaint, ComplaintFile, Pointer, Row
from chalicelib.complaints.view_models import (
    ComplaintSummary,
    ComplaintView,
    DeskSummary,
    DeskView,
    RowView,
)
from chalicelib.issues.models import Actor, Ref
from chalicelib.issues.view_models import ActorView
from chalicelib.kept import made
from chalicelib.photos import service as photos
from chalicelib.portal import Portal
from chalicelib.service_levels.models import ComplaintPolicy
from chalicelib.times import rfc3339

#: Rows that the person sees who sent it, and steps whose words are written for them.
_SEEN = {"stage", "message", "assigned", "called_back", "photo_removed"}
_FOR_THEM = {
    "file", "reply", "answer", "close", "mediate", "arbitrate", "litigate", "withdraw", "accept", "dissent",
}  # fmt: skip


def _time(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None


def _fields(complaint: Complaint, actions: list[str], now: datetime) -> dict[str, Any]:
    plain = (
        "id", "number", "kind", "category", "community_id", "unit_id", "content", "issue", "stage", "version",
        "handler", "result",
    )  # fmt: skip
    return {
        **{name: getattr(complaint, name) for name in plain},
        "created_at": rfc3339(complaint.created_at),
        "due_at": _time(complaint.due_at),
        "overdue": rules.is_overdue(complaint, now),
        "allowed_actions": actions,
    }


def summary(complaint: Complaint, now: datetime) -> ComplaintSummary:
    """One in the list of who sent it."""
    return made(ComplaintSummary, **_fields(complaint, rules.owner_actions(complaint), now))


def _desk_fields(
    complaint: Complaint, roles: frozenset[str], by: ComplaintPolicy, now: datetime
) -> dict[str, Any]:
    plain = ("origin", "unit_label", "departments", "links", "called_back")
    reads_only = not roles & rules.OFFICE
    return {
        **_fields(complaint, rules.staff_actions(complaint, roles), now),
        **{name: getattr(complaint, name) for name in plain},
        # Auditors judge the work; whose home it is, is no part of that.
        **({"unit_label": "", "unit_id": None} if reads_only else {}),
        "person_masked": mask_name(complaint.person.name),
        "hard": rules.is_hard(complaint, by, now),
    }


def desk_summary(complaint: Complaint, person: Person, by: ComplaintPolicy, now: datetime) -> DeskSummary:
    """One in the desk's list; `by` is what the community's policy says about complaints."""
    return made(DeskSummary, **_desk_fields(complaint, person.roles_in(complaint.community_id), by, now))


class Reader:
    """Writes out one complaint for one reader."""

    def __init__(self, portal: Portal, person: Person, origin: str | None, now: datetime) -> None:
        self._portal, self._person, self._origin, self.now = portal, person, origin, now

    def own_view(self, file: ComplaintFile, at: datetime | None = None) -> ComplaintView:
        """For the person who sent it: without notes, findings and what the clocks have told the desk."""
        complaint = file.complaint
        shown = [_for_them(one) for one in file.timeline if one.kind in _SEEN]
        return made(
            ComplaintView,
            **_fields(complaint, rules.owner_actions(complaint), at or self.now),
            **self._reply(complaint),
            **self._parts(file, shown, staff=False),
        )

    def desk_view(
        self,
        file: ComplaintFile,
        roles: frozenset[str],
        repeats: list[Pointer],
        by: ComplaintPolicy,
        at: datetime | None = None,
    ) -> DeskView:
        """For the office; `by` is what the community's policy says about complaints."""
        complaint = file.complaint
        words = ("findings", "opinion", "decision")
        return made(
            DeskView,
            **_desk_fields(complaint, roles, by, at or self.now),
            **{name: getattr(complaint, name) for name in words},
            **self._reply(complaint),
            may_repeat=[Ref(id=one.id, number=one.number) for one in repeats],
            **self._parts(file, file.timeline, staff=True),
        )

    def _reply(self, complaint: Complaint) -> dict[str, Any]:
        return {
            "reply": complaint.reply,
            "replied_at": _time(complaint.replied_at),
            "has_letter": complaint.letter_id is not None,
        }

    def _parts(self, file: ComplaintFile, rows: list[Row], *, staff: bool) -> dict[str, Any]:
        views = {
            pid: photos.view(self._portal, one, self._origin, self.now) for pid, one in file.photos.items()
        }
        return {
            "photos": list(views.values()),
            "timeline": [
                made(
                    RowView,
                    **{name: getattr(one, name) for name in _ROW},
                    at=rfc3339(one.at),
                    actor=self._actor(one.actor, staff=staff),
                    from_=one.from_stage,
                    photos=[views[pid] for pid in one.photo_ids if pid in views],
                )
                for one in rows
            ],
        }

    def _actor(self, actor: Actor, *, staff: bool) -> ActorView:
        """Owners' names are masked for everybody but themselves; staff's are for all to see."""
        open_name = actor.role != "owner" or (actor.id == self._person.id and not staff)
        return made(ActorView, name=actor.name if open_name else mask_name(actor.name), role=actor.role)


_ROW = ("id", "kind", "to", "step", "text", "departments", "handler", "link", "clock")


def _for_them(one: Row) -> Row:
    """A row without what is not written for the person who sent it."""
    theirs = one.kind == "message" or one.step in _FOR_THEM
    return one if theirs or one.text is None else one.model_copy(update={"text": None})
