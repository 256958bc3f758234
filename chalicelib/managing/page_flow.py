"""The way of every page on which managers change a rule: look at it, preview, save."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from chalice.app import Response

from chalicelib.accounts.managing import managed
from chalicelib.answers import flash_words, page
from chalicelib.communities import store as communities
from chalicelib.communities.models import Community, StaffMember
from chalicelib.errors import N_, Invalid, PortalError, VersionConflict
from chalicelib.managing import rules, service
from chalicelib.managing.models import Version
from chalicelib.managing.policy import HISTORY
from chalicelib.page_words import Speech, gettext, speak
from chalicelib.pages import go, said, stay, values, whole_number
from chalicelib.service_levels.store import Saved
from chalicelib.web import Call, url

Body = TypeVar("Body")
SAVED = flash_words(
    "rules_saved", "success", N_("Saved. It holds from the time given; what was before stays as it is.")
)
_TIME = N_("Please give a date and time.")
_SOMEBODY = N_("somebody who has left")


@dataclass(frozen=True)
class Place:
    """A page of rules: of which community, and where it is."""

    call: Call
    community: Community
    path: str

    @property
    def address(self) -> str:
        """Its link."""
        return url(self.path, community_id=self.community.id)


def place(call: Call, path: str, wanted: str | None) -> Place:
    """The page for the community asked for, else for one's first; raises NotFound. What follows is written in that
    community's time."""
    community = communities.get(call.portal.db, managed(call.person, wanted))
    speak(Speech(call.now, community.zone, call.locale))
    return Place(call, community, path)


@dataclass(frozen=True)
class Edit:
    """What was typed, for the page to show again; `version` is the one that this person saw."""

    fields: dict[str, str]
    version: int | None = None
    preview: Any = None
    seen: str = ""
    error: PortalError | None = None


def flow(
    here: Place,
    read: Callable[[dict[str, str]], Body],
    current: Callable[[], int],
    preview: Callable[[Body, datetime], Any],
    save: Callable[[Body, int, datetime | None], object],
    show: Callable[[Edit], Response],
) -> Response:
    """Do what a rule's form asks for. Only what has been previewed just so is saved; anything else is previewed."""
    call, fields = here.call, values(here.call.form)

    def work() -> Response:
        body, seen = read(fields), whole_number(call.field("version", "0"), "version")
        wanted = _wanted(here)
        mark = _mark(body, seen, wanted)
        if call.field("act") == "save" and call.field("seen") == mark:
            save(body, seen, wanted)
            return go(here.address, SAVED)
        if current() != seen:
            raise VersionConflict
        found = preview(body, rules.valid_from(wanted, call.now))
        return show(Edit(fields, seen, found, mark))

    return stay(lambda error: show(Edit(fields, error=error)), work)


def _mark(body: Any, seen: int, wanted: datetime | None) -> str:
    """Stands for what was typed, as it was understood: a page shown again has more empty rows."""
    return hashlib.sha256(repr((body, seen, wanted)).encode("utf-8", "replace")).hexdigest()[:32]


def _wanted(here: Place) -> datetime | None:
    """From when it is to hold: the form's time is the community's; None for as soon as possible."""
    text = here.call.field("valid_from")
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=here.community.zone)
    except ValueError as error:
        raise Invalid.field("valid_from", "not_a_time", _TIME) from error


def shown(here: Place, template: str, edit: Edit, current: int, context: dict[str, Any]) -> Response:
    """The page with a form. After a refusal it goes on from the version that is there now, named in its history."""
    frame = {
        **tabs(here),
        "values": values({name: [text] for name, text in edit.fields.items()}),
        "errors": said(edit.error) if edit.error else [],
        "version": current if edit.version is None else edit.version,
        "preview": edit.preview,
        "seen": edit.seen,
    }
    status = edit.error.status if edit.error else 200
    return page(here.call, template, {**frame, **context}, status, here.community.zone)


def tabs(here: Place) -> dict[str, Any]:
    """The communities to choose from, and the one chosen."""
    call = here.call
    theirs = [communities.get(call.portal.db, one) for one in call.person.communities(service.MANAGER)]
    return {
        "communities": [(one.id, one.name) for one in theirs],
        "community": here.community,
        "address": url(here.path),
        "tab_path": here.path,
    }


def staff_of(here: Place) -> list[StaffMember]:
    """The community's staff: one round trip."""
    return communities.staff(here.call.portal.db, here.call.portal.keys, here.community.id)


def history(
    saved: Iterable[Saved[Any] | Version[Any]], staff: list[StaffMember], now: datetime
) -> list[dict[str, Any]]:
    """Versions that people made, newest first: when, by whom, from when on, and whether that is still to come."""
    names = {member.id: member.name for member in staff}
    made = sorted((one for one in saved if one.made_by), key=lambda one: one.made_at, reverse=True)
    return [
        {
            "made_at": one.made_at,
            "by": names.get(one.made_by) or gettext(_SOMEBODY),
            "valid_from": one.valid_from,
            "planned": one.valid_from > now,
        }
        for one in made[:HISTORY]
    ]
