"""Issues as the owner's pages show them: the API's view, with moments instead of texts and words beside ids."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chalicelib import i18n, time_words
from chalicelib.accounts.models import Person
from chalicelib.communities import store as communities
from chalicelib.errors import N_
from chalicelib.issues import rules
from chalicelib.issues.models import Issue, IssueFile, Window
from chalicelib.issues.policy import category_of
from chalicelib.issues.tree import CategoryView
from chalicelib.page_words import gettext
from chalicelib.portal import Portal
from chalicelib.times import moment, rfc3339

if TYPE_CHECKING:
    from chalicelib.issues.view_models import EntryView, IssueView
    from chalicelib.photos.models import PhotoView

_TITLE_LETTERS = 40
#: Times of day that an owner may offer for a visit, in the community's zone.
_VISIT_HOURS = ((9, 12), (14, 18), (18, 20))
_VISIT_DAYS = 3
_NEXT = {
    "submitted": N_("the office will read it and arrange a technician."),
    "acknowledged": N_("the office will arrange a technician and tell you who is coming and when."),
    "assigned": N_("a technician will come, look and repair. You'll get a message when work starts."),
    "in_progress": N_("when it is done, you'll get a message asking whether you are happy with it."),
    "paused": N_("work resumes as soon as that is settled; you'll get a message."),
    "resolved": N_("tell us whether it is really fixed."),
    "reopened": N_("the office will send someone again."),
}
_NEXT_ON_HOLD = {
    "appointment": N_("a technician will come at the agreed time."),
    "waiting_owner": N_("once you have answered, the repair continues."),
    "waiting_parts": N_("once the parts are here, the repair continues; you'll get a message."),
}
_NEXT_IN_DANGER = N_("the duty team is acting now and will call you if they need more details.")
_NEXT_FOR_FOLLOWERS = N_(
    "whoever reported it tells us whether it is really fixed. If you see that it is not, write us a message."
)


def zone_of(portal: Portal, community_id: str) -> ZoneInfo:
    """The zone in which a community's times are said."""
    return communities.get(portal.db, community_id).zone


@cache
def category_view(category_id: str, locale: str) -> CategoryView:
    """A category in the page's language."""
    return CategoryView.of(category_of(category_id), locale)


def title(issue: Issue) -> str:
    """The first words of what was reported."""
    first = issue.description.strip().split("\n", 1)[0]
    return first if len(first) <= _TITLE_LETTERS else first[: _TITLE_LETTERS - 1].rstrip() + "…"


def card(issue: Issue, locale: str, now: datetime, relation: rules.Relation = "reporter") -> dict[str, Any]:
    """An issue in a list; a follower is asked for nothing, and not told whose home it hangs on."""
    mine = relation == "reporter"
    return {
        "id": issue.id,
        "number": issue.number,
        "category": category_view(issue.category_id, locale),
        "title": title(issue),
        "status": issue.status,
        "version": issue.version,
        "assignee_name": issue.assignee.name if issue.assignee else None,
        "promised_at": issue.promised_at,
        "overdue": rules.is_overdue(issue, now),
        "visit_at": issue.visit_at,
        "pause_reason": issue.pause_reason,
        "created_at": issue.created_at,
        "place": issue.place if mine else issue.location or "",
        "merged_into": issue.merged_into,
        "needs": needs(issue, now) if mine else None,
        "relation": relation,
        "unread": False,
    }


def needs(issue: Issue, now: datetime) -> str | None:
    """What an issue is waiting for the owner for."""
    actions = rules.owner_actions(issue, "reporter", now)
    if "confirm" in actions:
        return "confirm"
    if issue.status == "paused" and issue.pause_reason == "waiting_owner":
        return "answer"
    unrated = issue.rating is None or issue.rating.resolution != issue.resolutions
    return "rate" if issue.status == "closed" and "rate" in actions and unrated else None


def photo(view: "PhotoView", owner_id: str | None, person: Person, alt: str) -> dict[str, Any]:
    """A photo with what the page needs besides: whether it is one's own, and words for who can't see it."""
    return {**view.model_dump(), "mine": owner_id == person.id, "alt": alt}


def shown(file: IssueFile, view: "IssueView", person: Person, locale: str) -> dict[str, Any]:
    """An issue's page."""
    from chalicelib.sops.views import on_page  # which lists need none of

    issue = file.issue
    category = category_view(issue.category_id, locale)
    owners = {photo_id: row["owner_id"] for photo_id, row in file.photos.items()}

    def photos(views: "Iterable[PhotoView]", stage: str) -> list[dict[str, Any]]:
        alts = ((f"{category.name} – {stage} {n}", p) for n, p in enumerate(views, 1))
        return [photo(p, owners.get(p.id), person, alt) for alt, p in alts]

    mine = view.relation == "reporter"
    entries = [
        {**_entry(row, locale, mine), "photos": photos(row.photos, _stage(row))} for row in view.timeline
    ]
    held = next((row for row in reversed(view.timeline) if row.to == "paused"), None)
    rejected = next((row for row in reversed(file.timeline) if row.to == "rejected"), None)
    return {
        **view.model_dump(
            include={"id", "number", "description", "status", "version", "assignee", "merged_into"}
        ),
        "relation": view.relation,
        "category": category,
        "place": issue.place if view.unit_label else (issue.location or ""),
        "unit_label": view.unit_label,
        "created_at": issue.created_at,
        "promised_at": issue.promised_at,
        "overdue": view.overdue,
        "visit_at": issue.visit_at,
        "visit_windows": issue.visit_windows if view.visit_windows else [],
        "pause_reason": issue.pause_reason,
        "pause_note": held.text if held else None,
        "paused_until": moment(view.paused_until) if view.paused_until else None,
        "next_word_by": moment(view.next_word_by) if view.next_word_by else None,
        "photos": photos(view.photos, gettext("before")),
        "timeline": entries,
        "rating": view.rating,
        "rejected_reason": issue.reject_note,
        "rejected_by": rejected.actor.name if rejected else None,
        "sop": on_page(view.sop),
    }


def _stage(row: "EntryView") -> str:
    return gettext("after") if row.to == "resolved" else gettext("photo")


def _entry(row: "EntryView", locale: str, mine: bool) -> dict[str, Any]:
    return {
        "id": row.id,
        "at": moment(row.at),
        "taken_at": moment(row.taken_at) if row.taken_at else None,
        "kind": row.kind,
        "actor": row.actor,
        "from_status": row.from_,
        "to": row.to,
        "pause_reason": row.pause_reason,
        "text": _text(row, locale, mine),
        "assignee_name": row.assignee.name if row.assignee else None,
        "sop": row.sop,
    }


def _text(row: "EntryView", locale: str, mine: bool) -> str | None:
    """What a row says besides what happened; codes become words."""
    if row.kind == "photo_rejected":
        return i18n.photo_words(row.text or "", locale)
    if row.kind == "rated" and row.text:
        return _rating_words(row.text)
    if row.sop and row.sop.measurement:
        measured = gettext("Measured: %(what)s", what=row.sop.measurement)
        return f"{measured}\n{row.text}" if row.text else measured
    if row.pause_reason == "appointment":
        return row.text  # the row itself is called so
    if row.pause_reason == "waiting_owner" and mine:
        reason = gettext("we need an answer from you")
        return f"{reason}\n{row.text}" if row.text else reason
    if row.pause_reason:
        reason = i18n.pause_words(row.pause_reason, locale)
        return f"{reason}\n{row.text}" if row.text else reason
    return row.text


def _rating_words(text: str) -> str:
    """A rating's marks with what they are for, then the comment."""
    marks, _, comment = text.partition("\n")
    skill, friendliness, speed = marks.split(" · ")
    words = gettext("Skill %(skill)s · Friendliness %(friendliness)s · Speed %(speed)s, of 5") % {
        "skill": skill,
        "friendliness": friendliness,
        "speed": speed,
    }
    return f"{words}\n{comment}" if comment else words


def next_step(issue: Issue, relation: rules.Relation = "reporter") -> str | None:
    """What happens next, in the page's language."""
    words = _NEXT.get(issue.status)
    mine = relation == "reporter"
    if issue.status == "resolved" and not mine:
        words = _NEXT_FOR_FOLLOWERS
    elif issue.status == "paused" and issue.pause_reason and (mine or issue.pause_reason != "waiting_owner"):
        words = _NEXT_ON_HOLD[issue.pause_reason]
    elif issue.status == "submitted" and mine and category_of(issue.category_id).emergency:
        words = _NEXT_IN_DANGER
    return gettext(words) if words else None


def windows(now: datetime, zone: ZoneInfo, locale: str, checked: set[str]) -> list[dict[str, Any]]:
    """Times that an owner may offer: morning, afternoon and evening of the next days."""
    today = now.astimezone(zone).date()
    found = []
    for day in (today + timedelta(days=n) for n in range(_VISIT_DAYS + 1)):
        for first, last in _VISIT_HOURS:
            start = datetime.combine(day, time(first), zone)
            end = datetime.combine(day, time(last), zone)
            if start > now + timedelta(hours=1):
                value = f"{rfc3339(start)}/{rfc3339(end)}"
                found.append(
                    {
                        "start": rfc3339(start),
                        "end": rfc3339(end),
                        "date": f"{day}",
                        "day": time_words.day(start, now, zone, locale),
                        "hours": f"{start:%H:%M}–{end:%H:%M}",
                        "checked": value in checked,
                    }
                )
    return found[: _VISIT_DAYS * len(_VISIT_HOURS)]


def window_label(window: Window, now: datetime, zone: ZoneInfo, locale: str) -> dict[str, str]:
    """A chosen time in words."""
    return {"label": time_words.time_range(window.start, window.end, now, zone, locale)}
