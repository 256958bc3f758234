"""Templates with a made-up report: what the desk shows of them, and what tests look at."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.messages import rules, words
from chalicelib.messages.models import FailedMessage, Outgoing
from chalicelib.times import rfc3339

#: As long as an issue's number is.
_NUMBER = "261231-00001"
#: As long as most names of services are.
_SUBJECT = "全屋方案沟通"
#: How the names of events begin that are about something else than an issue.
_ABOUT = {
    "complaint_": "complaint", "booking_": "booking", "project_": "project", "report_": "project",
    "commitment_": "commitment", "other_named": "booking", "referral_": "referral",
}  # fmt: skip


def names() -> list[str]:
    """All templates."""
    return sorted(folder.name for folder in words.FOLDER.iterdir() if folder.is_dir())


def sample(name: str, now: datetime) -> Outgoing:
    """A message of a template."""
    desk = name.startswith("staff_")
    event = name.removeprefix("staff_")
    about = next((kind for start, kind in _ABOUT.items() if event.startswith(start)), "issue")
    return Outgoing(
        account_id="sample", source="sample", channel="sms", kind="steps", event=event,
        desk=desk, at=now, due=now, community_id="", issue_id="sample", number=_NUMBER,
        category_id="complaint/service" if about == "complaint" else "wall_seepage", about=about,
        subject=None if about in ("issue", "complaint", "referral") else _SUBJECT,
        visit_at=rfc3339(now + timedelta(hours=3)), n=3 if name == "digest" else 1,
    )  # fmt: skip


def one(name: str, locale: str, now: datetime, origin: str) -> dict[str, Any]:
    """A template as it goes out by each channel; `origin` is the portal's address where no setting names it."""
    said_ = words.wording(sample(name, now), locale, ZoneInfo("Asia/Shanghai"), now)
    link = said_.link if said_.link.startswith("http") else f"{origin}{said_.link}"
    said_ = words.Wording(said_.subject, said_.body, link)
    return {
        "name": name,
        "subject": said_.subject,
        "sms": said_.sms,
        "parts": rules.parts(said_.sms),
        "letter": words.letter(said_, locale),
        "html": words.html(said_, locale),
    }


def all_of(locale: str, now: datetime, origin: str) -> list[dict[str, Any]]:
    """All templates in a language."""
    return [one(name, locale, now, origin) for name in names()]


def said(item: FailedMessage, locale: str) -> str:
    """What a message that failed says, without the time of a visit, and without names."""
    now = datetime.fromisoformat(item.at)
    message = Outgoing(
        account_id="", source="", channel="sms", kind="steps", event=item.event, desk=False, at=now, due=now,
        community_id="", issue_id=item.issue_id, number=item.number,
        subject=None if item.about in ("issue", "complaint") else "…",
    )  # fmt: skip
    return words.wording(message, locale, ZoneInfo("UTC"), now).subject
