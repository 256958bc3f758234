"""Handing over the work of somebody who is away: what they have, who could take it, one tap each."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib import i18n, time_words
from chalicelib.accounts.models import Person
from chalicelib.desk import service as desk
from chalicelib.desk.models import Assign
from chalicelib.dispatch import rules, store, words
from chalicelib.dispatch.models import ChosenHandOver, ProposalView, Worker
from chalicelib.dispatch.proposing import Picture, task_of
from chalicelib.errors import N_, NotFound
from chalicelib.issues.commit import Filed
from chalicelib.issues.items import from_item
from chalicelib.issues.models import Issue, Window
from chalicelib.once import Once
from chalicelib.portal import Portal

#: Work is offered to others from so long before an absence on: time enough to tell the owners.
AHEAD = timedelta(days=7)
_WHY = N_("%(name)s is away from %(start)s to %(end)s, so it was handed over.")


@dataclass(frozen=True)
class Offer:
    """A job of somebody who is away, and the people for it, the best first."""

    issue: Issue
    people: list[ProposalView]


def away(worker: Worker, now: datetime) -> Window | None:
    """The absence for which work is handed over: the one that runs, or the next within a week."""
    near = [one for one in worker.absences if one.end > now and one.start <= now + AHEAD]
    return min(near, key=lambda one: one.start, default=None)


def offers(portal: Portal, community_id: str, account_id: str, locale: str, now: datetime) -> list[Offer]:
    """What somebody has open in a community, with who could take each."""
    rows = store.jobs_of(portal.db, account_id)
    issues = [from_item(row, portal.keys) for row in rows if row["community_id"] == community_id]
    picture = Picture(portal, community_id, now)
    found = []
    for issue in issues:
        task = task_of(issue)
        proposals = picture.propose(task, but=account_id)
        if best := rules.best(proposals):
            picture.give(best.id, task)  # so that one person is not proposed for all of it
        fitting = [one for one in proposals if one.minutes is not None]
        found.append(Offer(issue, [words.view(one, locale, now, picture.zone) for one in fitting]))
    return found


def hand(
    portal: Portal,
    person: Person,
    community_id: str,
    account_id: str,
    body: ChosenHandOver,
    once: Once | None,
    locale: str,
    now: datetime,
) -> Filed:
    """Give one job to somebody else, with the reason beside. Raises NotFound when this person is not away, and what
    `desk.service.assign` raises."""
    picture = Picture(portal, community_id, now)
    card = picture.cards.get(account_id)
    name = next((one.name for one in picture.staff if one.id == account_id), None)
    absence = away(card, now) if card else None
    if absence is None or name is None:
        raise NotFound
    days = {
        "start": time_words.when(absence.start, now, picture.zone, locale),
        "end": time_words.when(absence.end, now, picture.zone, locale),
    }
    why = i18n.translations(locale).gettext(_WHY) % {"name": name, **days}
    wanted = Assign(assignee_id=body.assignee_id, version=body.version)
    return desk.assign(portal, person, body.issue_id, wanted, once, now, why)
