"""Canned replies to choose from: the company's, the community's, one's own; filled in for an issue."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, TypeAdapter

from chalicelib import i18n, time_words
from chalicelib.accounts import store as accounts
from chalicelib.accounts.models import Account, Person
from chalicelib.accounts.rules import mask_name
from chalicelib.assets import ROOT
from chalicelib.base import Base
from chalicelib.company import Words, company
from chalicelib.desk import own_store
from chalicelib.desk.own_models import Shelf
from chalicelib.desk.reply_rules import fill
from chalicelib.issues.models import IssueFile
from chalicelib.issues.policy import category_of
from chalicelib.portal import Portal
from chalicelib.settings import settings


class CompanyReply(Base):
    """A reply that the company gives to all of its staff, in both languages."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    title: Words
    text: Words


@dataclass(frozen=True)
class Ready:
    """A reply to choose, its text filled in."""

    id: str
    title: str
    text: str


@cache
def company_replies() -> tuple[CompanyReply, ...]:
    """What stands in `replies.json` beside the company's own file; a company may have none."""
    file = ROOT / Path(settings().company_file).parent / "replies.json"
    rows = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []
    return tuple(TypeAdapter(list[CompanyReply]).validate_python(rows))


@dataclass(frozen=True)
class Around:
    """Who reported an issue, and the replies of its community and of the person at the desk."""

    reporter: Account | None
    shared: Shelf
    own: Shelf


def around(portal: Portal, person: Person, file: IssueFile) -> Around:
    """The three in one round trip."""
    issue = file.issue
    keys = [
        accounts.profile_key(issue.reporter.id),
        own_store.shared_key(issue.community_id),
        own_store.own_key(person.id),
    ]
    profile, shared, own = portal.db.batch_get(keys)
    reporter = accounts.from_item(profile, portal.keys) if profile else None
    return Around(reporter, own_store.from_item(shared), own_store.from_item(own))


def ready(
    found: Around, file: IssueFile, person: Person, locale: str, zone: ZoneInfo, now: datetime
) -> list[Ready]:
    """All replies for an issue, one's own first: titles in the reader's language, texts in the owner's."""
    spoken = i18n.pick_locale(None, found.reporter.locale if found.reporter else None, None)
    values = _values(file, person, spoken, zone, now)
    texts = [(one.id, one.title, one.text) for one in (*found.own.replies, *found.shared.replies)]
    texts += [(one.id, one.title.in_(locale), one.text.in_(spoken)) for one in company_replies()]
    return [Ready(key, title, fill(text, values)) for key, title, text in texts]


def _values(
    file: IssueFile, person: Person, locale: str, zone: ZoneInfo, now: datetime
) -> dict[str, str | None]:
    """Never an owner's full name or number: whoever wrote the text did not have to ask for them. Followers
    read messages too, and do not learn whose home it is."""
    issue = file.issue
    return {
        "name": mask_name(issue.reporter.name),
        "number": issue.number,
        "category": category_of(issue.category_id).name(locale),
        "place": issue.location if file.followers else issue.place,
        "assignee": issue.assignee.name if issue.assignee else None,
        "visit": time_words.when(issue.visit_at, now, zone, locale) if issue.visit_at else None,
        "promised": time_words.when(issue.promised_at, now, zone, locale),
        "me": person.name,
        "phone": company().phone,
    }
