"""Giving issues to whoever is proposed: several at the desk's wish, or each new one where a community wants it."""

import hashlib
from datetime import datetime

from chalicelib import i18n
from chalicelib.accounts.models import Person
from chalicelib.desk import batch, bulk, service
from chalicelib.desk.models import Bulk, BulkStep, Refused
from chalicelib.dispatch import rules, store
from chalicelib.dispatch.models import AutoAssign, AutoStep
from chalicelib.dispatch.proposing import Picture, task_of
from chalicelib.errors import N_, Conflict, PortalError
from chalicelib.issues import store as issues
from chalicelib.issues.commit import commit
from chalicelib.issues.models import SYSTEM, Holder, Issue, IssueFile
from chalicelib.issues.rules import CLAIMABLE, DISPATCH_ROLES
from chalicelib.logs import log_failure
from chalicelib.once import AlreadyDone, Once, once
from chalicelib.portal import Portal


class NobodyFits(Conflict):
    """409: nobody of the community's staff may take it, or is there for it."""

    code = "nobody_fits"
    detail = N_("Nobody is known to fit: look at the people's skills, certificates and working hours.")


def several(
    portal: Portal, person: Person, steps: list[AutoStep], key: str | None, locale: str, now: datetime
) -> list[batch.Outcome]:
    """Give each issue to the person proposed for it, and say what became of each, in the order sent.

    Who was proposed is kept with the key: sent again, each goes to the same person and is done once. Raises what
    `bulk.run` raises.
    """
    chosen = _chosen(portal, person, steps, key, now)
    wanted = [
        BulkStep(issue_id=one.issue_id, version=one.version, assignee_id=chosen[one.issue_id])
        for one in steps
        if chosen.get(one.issue_id)
    ]
    part = f"{key}.a" if key else None
    done = bulk.run(portal, person, Bulk(steps=wanted), part, locale, now) if wanted else []
    found = {one.issue_id: one for one in done}
    words = i18n.translations(locale).gettext(NobodyFits.detail)
    return [
        found.get(one.issue_id) or Refused(issue_id=one.issue_id, code=NobodyFits.code, detail=words)
        for one in steps
    ]


def _chosen(
    portal: Portal, person: Person, steps: list[AutoStep], key: str | None, now: datetime
) -> dict[str, str]:
    """Who is proposed for each issue: as it was told before where the key was used already."""
    whole = once(person.id, key, "desk/auto-assign", AutoAssign.model_construct(steps=steps))
    if whole is not None and (kept := whole.find(portal.db)) is not None:
        return dict(kept)
    found = _proposed(portal, person, steps, now)
    return _claimed(portal, whole, found, now) if whole else found


def _claimed(portal: Portal, whole: Once, found: dict[str, str], now: datetime) -> dict[str, str]:
    try:
        portal.db.write(whole.put(found, now))
    except AlreadyDone:
        return dict(whole.find(portal.db) or {})
    return found


def _proposed(portal: Portal, person: Person, steps: list[AutoStep], now: datetime) -> dict[str, str]:
    found = issues.get_many(portal.db, portal.keys, [one.issue_id for one in steps])
    pictures: dict[str, Picture] = {}
    chosen: dict[str, str] = {}
    for issue in found:
        if not person.roles_in(issue.community_id) & DISPATCH_ROLES:
            # As `service.assign` will say of it in its own words.
            chosen[issue.id] = person.id
            continue
        if issue.community_id not in pictures:
            pictures[issue.community_id] = Picture(portal, issue.community_id, now)
        picture, task = pictures[issue.community_id], task_of(issue)
        if best := rules.best(picture.propose(task)):
            picture.give(best.id, task)
            chosen[issue.id] = best.id
    return chosen


def form_key(steps: list[AutoStep]) -> str:
    """A double tap sends the same choice twice; the second one gets the first one's answers."""
    text = "|".join(f"{one.issue_id}.{one.version}" for one in steps)
    return "auto-" + hashlib.sha256(text.encode()).hexdigest()[:40]


def when_acknowledged(portal: Portal, file: IssueFile, now: datetime) -> None:
    """Where a community wants it, give an issue that was just acknowledged to whoever is proposed.

    The acknowledgement stands whatever becomes of this: it waits in the queue then, as without.
    """
    issue = file.issue
    try:
        if store.rules_of(portal.db, issue.community_id).auto:
            _give(portal, file, issue, now)
    except PortalError:
        log_failure("auto_assign_failed", issue_id=issue.id)


def _give(portal: Portal, file: IssueFile, issue: Issue, now: datetime) -> None:
    picture = Picture(portal, issue.community_id, now)
    best = rules.best(picture.propose(task_of(issue)))
    if best is None or issue.status not in CLAIMABLE:
        return
    assignee = Holder(id=best.id, name=best.name)
    commit(portal, service.given(portal, SYSTEM, file, assignee, None, now), now)
