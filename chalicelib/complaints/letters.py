"""The written reply: its words, and the letter that is kept of it in the bucket."""

from datetime import datetime

from chalicelib import i18n, time_words
from chalicelib.accounts import service as accounts
from chalicelib.communities import store as communities
from chalicelib.company import company
from chalicelib.complaints.models import Complaint
from chalicelib.errors import N_, NotFound
from chalicelib.ids import new_id
from chalicelib.portal import Portal
from chalicelib.storage import Storage

_CACHE = "private, max-age=31536000, immutable"
_TITLE = N_("Written reply")
_NUMBER = N_("Number: %(number)s")
_DATE = N_("Date: %(date)s")
_TO = N_("To: %(name)s")
_TEMPLATE = N_(
    "Thank you for telling us. On %(date)s you wrote to us (%(number)s); we have looked into it.\n\n"
    "What we found: %(opinion)s\n\nWhat we do: %(decision)s\n\n"
    "If you don't agree, please tell us on the complaint's page or call us: we then look for a solution together, "
    "and you may turn to mediation, arbitration or the courts."
)
_LANGUAGE = "zh-CN"


def object_key(complaint_id: str, letter_id: str) -> str:
    """Where a letter is kept."""
    return f"letters/{complaint_id}/{letter_id}.pdf"


def draft(portal: Portal, complaint: Complaint) -> str:
    """The text that a reply begins with, in the language of who gets it."""
    locale, _ = _addressee(portal, complaint)
    say = i18n.translations(locale).gettext
    return say(_TEMPLATE) % {
        "date": _day(portal, complaint, complaint.created_at, locale),
        "number": complaint.number,
        "opinion": complaint.opinion or "",
        "decision": complaint.decision or "",
    }


def lines(portal: Portal, complaint: Complaint, text: str, now: datetime) -> tuple[str, list[str]]:
    """A letter's title and paragraphs, as they are previewed and printed."""
    locale, name = _addressee(portal, complaint)
    say = i18n.translations(locale).gettext
    ours = company()
    head = [
        say(_NUMBER) % {"number": complaint.number},
        say(_DATE) % {"date": _day(portal, complaint, now, locale)},
        say(_TO) % {"name": " · ".join(part for part in (name, complaint.unit_label) if part)},
    ]
    return say(_TITLE), [*head, "", *text.split("\n"), "", ours.name.in_(locale), ours.phone]


def _addressee(portal: Portal, complaint: Complaint) -> tuple[str, str]:
    account = accounts.account_of(portal, complaint.person.id)
    if account is None:
        return _LANGUAGE, complaint.person.name
    return account.locale or _LANGUAGE, account.name


def _day(portal: Portal, complaint: Complaint, at: datetime, locale: str) -> str:
    zone = communities.get(portal.db, complaint.community_id).zone
    return time_words.full_date(at.astimezone(zone).date(), locale)


def write(portal: Portal, complaint: Complaint, text: str, now: datetime) -> str:
    """Make the letter and keep it; gives back its id, which no other letter has."""
    from chalicelib.complaints import pdf  # nothing else makes letters

    letter_id = new_id(now)
    title, paragraphs = lines(portal, complaint, text, now)
    data = pdf.letter(title, paragraphs)
    portal.storage.write(object_key(complaint.id, letter_id), data, "application/pdf", _CACHE)
    return letter_id


def url(storage: Storage, complaint: Complaint, origin: str | None, now: datetime) -> str:
    """A short-lived link to the letter; raises NotFound when there is none."""
    if complaint.letter_id is None:
        raise NotFound
    return storage.signed_url(object_key(complaint.id, complaint.letter_id), now=now, origin=origin)
