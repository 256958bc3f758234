"""Outages that run: the desk tells news of one and ends it, everybody who lives there is told each time and sees it."""

from datetime import datetime

from chalicelib.accounts.models import Person, UnitRef
from chalicelib.audit import store as audit
from chalicelib.dispatch import outage_store, service
from chalicelib.dispatch.outage_answers import Pair, Told, answered, kept
from chalicelib.dispatch.outage_ends import spread
from chalicelib.dispatch.outage_models import ChangeOutage, Outage, PastOutage
from chalicelib.dispatch.outage_rules import PAST, as_past, concerns
from chalicelib.dispatch.policy import OUTAGE_KINDS
from chalicelib.errors import N_, Forbidden, Invalid, NotFound, VersionConflict
from chalicelib.inbox.models import Event
from chalicelib.issues import access
from chalicelib.issues.commit import Change, commit, entry
from chalicelib.issues.notices import owners_of
from chalicelib.once import Once
from chalicelib.portal import Portal

#: So many times one that goes on in another is followed.
_CHAIN = 5
_NO_NEWS = N_("Write what is new, or choose another time.")


def change(
    portal: Portal, person: Person, issue_id: str, body: ChangeOutage, once: Once | None, now: datetime
) -> Told:
    """Tell news of an outage, or that it is over. Raises NotFound, Forbidden, Invalid, VersionConflict."""

    def work() -> Pair:
        file, roles = access.for_staff(portal, person, issue_id)
        if not roles & service.OFFICE:
            raise Forbidden
        before = outage_store.get(portal.db, file.issue.community_id, issue_id)
        if before is None:
            raise NotFound
        if before.version != body.version:
            raise VersionConflict
        after = _changed(before, body, now)
        event: Event = "outage_over" if body.over else "outage_news"
        actor = access.as_staff(person, file.issue)
        rows = [entry(now, "message", actor, text=body.text)] if body.text else []
        ops = (
            outage_store.end(before, after)
            if isinstance(after, PastOutage)
            else [outage_store.put(after, before)]
        )
        told = spread(file.issue, after, event, now, owners_of(file, person.id))
        act = audit.Act(file.issue.community_id, person.id, "outage", issue_id, event)
        step = Change(file, file.issue, rows, [], act, [*ops, told], kept=kept(after))
        return commit(portal, step, now, once), after

    return answered(portal, once, work, now)


def _changed(before: Outage, body: ChangeOutage, now: datetime) -> Outage:
    """What the news make of it; the promised end stays as it is unless they say something about it."""
    if body.over:
        return as_past(before, "over", now, text=body.text)
    until = body.until if body.says_until else before.until
    if not body.text and until == before.until:
        raise Invalid.field("text", "missing", _NO_NEWS)
    if body.until is not None and body.until <= now:
        raise Invalid.field("until", "past", PAST)
    wanted = {"text": body.text or before.text, "until": until, "version": before.version + 1}
    return before.model_copy(update=wanted)


def of_home(portal: Portal, unit: UnitRef, category_id: str | None = None) -> list[Outage]:
    """The outages that a home suffers from: one query."""
    found = outage_store.running(portal.db, unit.community_id)
    return [
        one
        for one in found
        if concerns(one, unit) and (category_id is None or category_id in _also(one.category_id))
    ]


def of_ones_own(portal: Portal, person: Person, issue_id: str, now: datetime) -> Outage | None:
    """An outage that one's home suffers from, or did: as long as its messages are kept. One that goes on in another is
    that one. One round trip, and one for each that it went on in; None for all others."""
    theirs = list(dict.fromkeys(unit.community_id for unit in person.units))
    found = outage_store.find(portal.db, theirs, issue_id, now)
    if found is None or not any(_about(found, unit) for unit in person.units):
        return None
    for _ in range(_CHAIN):
        if not isinstance(found, PastOutage) or not found.into:
            break
        found = outage_store.find(portal.db, [found.community_id], found.into, now) or found
    return found


def _about(outage: Outage, unit: UnitRef) -> bool:
    return unit.community_id == outage.community_id and concerns(outage, unit)


def _also(category_id: str) -> frozenset[str]:
    """Kinds under which people report an outage of this kind."""
    return frozenset({category_id, *OUTAGE_KINDS[category_id]})
