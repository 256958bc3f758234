"""What messages say outside of the portal: `templates/messages/<event>/<locale>.{subject,body}.txt`, filled in.

The subject is a text message, a push message and the title of a mail; the body is the mail's text. Nothing that is
nobody else's business goes out: no name, no address, but the number of a report, and a link behind which one signs in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from chalicelib import i18n, time_words
from chalicelib.company import company
from chalicelib.complaints.policy import name_of as complaint_name
from chalicelib.errors import N_
from chalicelib.inbox.places import place_of
from chalicelib.issues.policy import category_of
from chalicelib.messages.models import Outgoing
from chalicelib.messages.notifier import Message
from chalicelib.settings import settings
from chalicelib.times import moment

FOLDER = Path(__file__).resolve().parent.parent.parent / "templates" / "messages"
_VISIT = {"zh-CN": "，上门时间：{when}", "en": " Visit: {when}."}
_OPEN = N_("Open it in the portal")
_WHY = N_("You get this e-mail because you chose to. Change it in the portal under “Me”, “Notifications”.")


@dataclass(frozen=True)
class Wording:
    """A message as it is read: `sms` is the subject with the link behind it."""

    subject: str
    body: str
    link: str

    @property
    def sms(self) -> str:
        """As a text message."""
        return f"{self.subject} {self.link}".strip()


def template_of(message: Outgoing) -> str:
    """The name of a message's template: staff are told in other words than owners, and of several things at once."""
    if message.n > 1:
        return "digest"
    wanted = f"staff_{message.event}" if message.desk else message.event
    fallback = ("staff_other" if message.desk else "other") + ("_named" if message.subject else "")
    return wanted if (FOLDER / wanted).is_dir() else fallback


@cache
def _text(name: str, locale: str, part: str) -> str:
    return (FOLDER / name / f"{locale}.{part}.txt").read_text(encoding="utf-8").rstrip("\n")


def say(name: str, locale: str, link: str, values: Mapping[str, str]) -> Wording:
    """A template filled in. Raises KeyError for a word in braces that there is no value for."""
    subject, body = (_text(name, locale, part).format_map(values) for part in ("subject", "body"))
    return Wording(subject, body, link)


def wording(message: Outgoing, locale: str, zone: ZoneInfo, now: datetime) -> Wording:
    """What a message says now."""
    when = time_words.when(moment(message.visit_at), now, zone, locale) if message.visit_at else ""
    values = {
        "number": message.number,
        "category": category_name(message, locale),
        "visit": _VISIT[locale].format(when=when) if when else "",
        "when": when,
        "subject": message.subject or "",
        "n": str(message.n),
    }
    return say(template_of(message), locale, link_of(message), values)


def category_name(message: Outgoing, locale: str) -> str:
    """What a message is about, in a language; empty where that is of no kind."""
    if message.about == "complaint":
        kind, _, category = message.category_id.partition("/")
        return complaint_name(kind, category, locale)
    if message.about == "points":
        from chalicelib.points.words import subject  # most messages are about other things

        return subject(message.category_id, locale)
    return category_of(message.category_id).name(locale) if message.category_id else ""


def link_of(message: Outgoing) -> str:
    """Where a tap on a message leads. Short, for text messages; an address alone opens nothing."""
    if message.n > 1:
        return portal_url("/inbox")
    if message.event == "announcement":
        return portal_url(f"/announcements/{message.issue_id}")
    if message.about == "issue":
        return portal_url(f"/i/{message.number}")
    return portal_url(place_of(message.about, message.issue_id, desk=message.desk))


def portal_url(path: str) -> str:
    """A page's whole address; locally, where nobody knows by which name the portal is called, its path alone."""
    return f"{settings().public_origin or ''}{settings().base_path}{path}"


def ready(message: Outgoing, to: str, locale: str, zone: ZoneInfo, now: datetime) -> Message:
    """A message as it is handed to a provider. Its token is the same at each try, and another for more news."""
    words = wording(message, locale, zone, now)
    mail = message.channel == "email"
    return Message(
        to=to,
        channel=message.channel,
        template=template_of(message),
        text=letter(words, locale) if mail else words.sms if message.channel == "sms" else words.subject,
        at=now,
        subject=words.subject,
        html=html(words, locale) if mail else "",
        link=words.link,
        locale=locale,
        token=f"{message.source}.{message.account_id[-6:]}.{message.n}",
        values={
            "number": message.number,
            "category": category_name(message, locale),
            "n": str(message.n),
            "kind": message.kind,
            "link": words.link,
        },
    )


def letter(words: Wording, locale: str) -> str:
    """A mail as plain text."""
    ours, say_ = company(), i18n.translations(locale).gettext
    return f"{words.body}\n\n{words.link}\n\n-- \n{ours.name.in_(locale)} · {ours.phone}\n{say_(_WHY)}\n"


def html(words: Wording, locale: str) -> str:
    """The same mail as HTML."""
    from chalicelib.page_words import environment  # only mails need the templates' machine

    ours, say_ = company(), i18n.translations(locale).gettext
    return environment().get_template("messages/mail.html").render(
        locale=locale, subject=words.subject, lines=words.body.split("\n"), link=words.link, link_words=say_(_OPEN),
        company=ours.name.in_(locale), phone=ours.phone, why=say_(_WHY),
    )  # fmt: skip
