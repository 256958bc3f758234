"""Drafts: a report on its way, kept with the account so that nothing typed is lost and sending twice makes one."""

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.accounts.models import Person
from chalicelib.base import Base
from chalicelib.conditions import Attr
from chalicelib.db import K, Put
from chalicelib.errors import Conflict, IdempotencyMismatch, Invalid, NotFound, Unavailable
from chalicelib.ids import is_id, new_id
from chalicelib.issues import reporting
from chalicelib.issues.models import ReportIssue
from chalicelib.issues.policy import MAX_PHOTOS
from chalicelib.once import Once, once
from chalicelib.portal import Portal

KEEP = timedelta(days=14)


class Draft(Base):
    """What was typed so far; `issue_id` once it has been sent."""

    id: str
    report: ReportIssue
    issue_id: str | None = None
    rev: int = 1


class _Changed(Conflict):
    """Another tab or upload changed the draft meanwhile."""


def _key(person: Person, draft_id: str) -> K:
    return K(f"ACCOUNT#{person.id}", f"DRAFT#{draft_id}")


def _save(portal: Portal, person: Person, draft: Draft, before: Draft | None, now: datetime) -> None:
    key = _key(person, draft.id)
    seen = Attr("rev").eq(before.rev) if before else Attr("PK").not_exists()
    item = {
        "PK": key.pk,
        "SK": key.sk,
        "report": draft.report.model_dump(mode="json"),
        "issue_id": draft.issue_id,
        "rev": draft.rev,
        "expires_at": int((now + KEEP).timestamp()),
    }
    portal.db.write(Put(item, condition=seen, error=_Changed()))


def get(portal: Portal, person: Person, draft_id: str) -> Draft:
    """One's own draft; raises NotFound."""
    item = portal.db.get(_key(person, draft_id)) if is_id(draft_id) else None
    if item is None:
        raise NotFound
    report = ReportIssue.model_validate(item["report"])
    return Draft(id=draft_id, report=report, issue_id=item.get("issue_id"), rev=item["rev"])


def begin(portal: Portal, person: Person, report: ReportIssue, now: datetime) -> Draft:
    """Keep a new draft."""
    draft = Draft(id=new_id(now), report=report)
    _save(portal, person, draft, None, now)
    return draft


def keep(portal: Portal, person: Person, draft_id: str, report: ReportIssue, now: datetime) -> Draft:
    """Keep a draft under the id that its form, or the phone, has given it from the start, however often it comes
    in: with the newest words. One that is sent already stays as it is; other words in its form, to which somebody
    has gone back, are another report. Raises NotFound for what is no id."""
    if not is_id(draft_id):
        raise NotFound
    draft = Draft(id=draft_id, report=report)
    try:
        _save(portal, person, draft, None, now)
    except _Changed:
        before = get(portal, person, draft_id)
        if before.issue_id is None:
            return rewrite(portal, person, draft_id, report, now)
        same = report == before.report.model_copy(update={"photo_ids": report.photo_ids})
        return before if same else begin(portal, person, report, now)
    return draft


def settle(portal: Portal, person: Person, draft_id: str, issue_id: str, now: datetime) -> Draft:
    """The draft has come to an issue: its own, or a neighbour's that is followed instead."""
    return _change(portal, person, draft_id, now, lambda d: d.model_copy(update={"issue_id": issue_id}))


def _change(
    portal: Portal, person: Person, draft_id: str, now: datetime, how: Callable[[Draft], Draft]
) -> Draft:
    for _ in range(MAX_PHOTOS + 3):
        before = get(portal, person, draft_id)
        after = how(before)
        if after == before:
            return before
        after = after.model_copy(update={"rev": before.rev + 1})
        try:
            _save(portal, person, after, before, now)
        except _Changed:
            continue
        return after
    raise Unavailable


def rewrite(portal: Portal, person: Person, draft_id: str, report: ReportIssue, now: datetime) -> Draft:
    """Other words for the same draft; its photos stay."""

    def how(draft: Draft) -> Draft:
        kept = report.model_copy(update={"photo_ids": draft.report.photo_ids})
        return draft.model_copy(update={"report": kept})

    return _change(portal, person, draft_id, now, how)


def add_photo(portal: Portal, person: Person, draft_id: str, photo_id: str, now: datetime) -> Draft:
    """One more photo, up to nine; adding it again changes nothing."""

    def how(draft: Draft) -> Draft:
        ids = list(dict.fromkeys([*draft.report.photo_ids, photo_id]))[:MAX_PHOTOS]
        return _with_photos(draft, ids)

    return _change(portal, person, draft_id, now, how)


def drop_photos(portal: Portal, person: Person, draft_id: str, gone: set[str], now: datetime) -> Draft:
    """Without photos that are not there any more."""

    def how(draft: Draft) -> Draft:
        return _with_photos(draft, [p for p in draft.report.photo_ids if p not in gone])

    return _change(portal, person, draft_id, now, how)


def order_photos(portal: Portal, person: Person, draft_id: str, wanted: list[str], now: datetime) -> Draft:
    """The photos in another order. Ones not named stay, at the end: another tab may have added them just now."""

    def how(draft: Draft) -> Draft:
        here = draft.report.photo_ids
        named = [photo_id for photo_id in dict.fromkeys(wanted) if photo_id in here]
        return _with_photos(draft, [*named, *(p for p in here if p not in named)])

    return _change(portal, person, draft_id, now, how)


def _with_photos(draft: Draft, ids: list[str]) -> Draft:
    return draft.model_copy(update={"report": draft.report.model_copy(update={"photo_ids": ids})})


def send(portal: Portal, person: Person, draft: Draft, now: datetime) -> str:
    """Send a draft; gives back the issue's id. Sending it again gives the same issue."""
    if draft.issue_id:
        return draft.issue_id
    # The draft's id is the key, and the words are no part of it: a draft makes one issue, whatever is
    # changed in another tab meanwhile.
    key = once(person.id, draft.id, "drafts", _Nothing())
    try:
        file, _ = reporting.report(portal, person, draft.report, key, now)
        sent = file.issue.id
    except IdempotencyMismatch:
        sent = _sent_by_the_phone(portal, key)
    except Invalid as error:
        if "place_id" not in [row.field for row in error.errors]:
            raise
        # Its place was taken off the list meanwhile; where it is still stands in the report in words.
        in_words = draft.report.model_copy(update={"place_id": None})
        file, _ = reporting.report(portal, person, in_words, key, now)
        sent = file.issue.id
    return settle(portal, person, draft.id, sent, now).issue_id or sent


def _sent_by_the_phone(portal: Portal, key: Once | None) -> str:
    """The issue that this very report became when the phone sent it over the API, with the draft's id as its key."""
    item = portal.db.get(key.row) if key else None
    if item is None or "issue" not in item["kept"]:
        raise IdempotencyMismatch
    return str(item["kept"]["issue"]["id"])


class _Nothing(Base):
    """No part of a request."""
