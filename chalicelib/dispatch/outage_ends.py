"""How outages end: with news that it is over, or with the work on their master issue, in whatever way that ends."""

from datetime import datetime

from chalicelib.db import Op
from chalicelib.dispatch import outage_store
from chalicelib.dispatch.outage_models import Ending, Outage, PastOutage
from chalicelib.dispatch.outage_rules import apart, as_past, as_running, meets
from chalicelib.errors import N_, ChangedMeanwhile, Invalid
from chalicelib.inbox import outbox
from chalicelib.inbox.models import Event
from chalicelib.issues import rules
from chalicelib.issues.models import Issue
from chalicelib.issues.notices import notice
from chalicelib.portal import Portal

_ONLY_OUTAGE = N_(
    "Everybody who lives there hears of this outage. Join it with another outage that runs, or end it first."
)
#: What everybody who lives there is told of each way in which one ends; of one that goes on in another, nothing.
_TOLD: dict[Ending, Event] = {"over": "outage_over", "withdrawn": "outage_withdrawn"}


def spread(issue: Issue, outage: Outage, event: Event, now: datetime, owners: tuple[str, ...] = ()) -> Op:
    """The notice for everybody who lives there, and for `owners` besides; each is told once."""
    until = None if isinstance(outage, PastOutage) else outage.until
    return outbox.add(notice(issue, event, owners=owners, homes=tuple(outage.homes), visit_at=until), now)


def when_done(portal: Portal, before: Issue, after: Issue, now: datetime, note: str = "") -> list[Op]:
    """What goes along with the end of the work on a master issue: the outage ends, and everybody is told the truth.
    What was fixed works again; what was rejected or cancelled was no outage of ours; what was merged goes on in the
    other one, which is about all of these homes from then on. Raises Invalid for one merged into something else."""
    if before.unit_id or after.status in rules.WORK or before.status not in rules.WORK:
        return []
    outage = outage_store.get(portal.db, after.community_id, after.id)
    if outage is None:
        return []
    if after.merged_into:
        return _joined(portal, outage, after.merged_into.id, now)
    how: Ending = "over" if after.status == "resolved" else "withdrawn"
    past = as_past(outage, how, now, note=note)
    # Whoever ends the work has seen the issue as it is; news that come at this moment are no reason to refuse.
    return [*outage_store.end(outage, past, ChangedMeanwhile()), spread(after, past, _TOLD[how], now)]


def _joined(portal: Portal, outage: Outage, into: str, now: datetime) -> list[Op]:
    other = outage_store.get(portal.db, outage.community_id, into)
    if other is None:
        raise Invalid.field("merge_into", "no_outage", _ONLY_OUTAGE)
    gate = outage_store.gate(portal.db, other.community_id, other.category_id)
    known = outage_store.of_kind(portal.db, other.community_id, other.category_id)
    more = apart(outage.homes, [one for one in known if one.issue_id != outage.issue_id])
    wider = other.model_copy(update={"homes": [*other.homes, *more], "version": other.version + 1})
    past = as_past(outage, "merged", now, into=into)
    gone = outage_store.end(outage, past, ChangedMeanwhile())
    return [*gone, outage_store.put(wider, other, ChangedMeanwhile()), gate]


def when_back(portal: Portal, before: Issue, after: Issue, at: datetime, now: datetime) -> list[Op]:
    """What goes along with the taking back of the step that ended the work on a master issue at `at`: the outage runs
    again and everybody is told so, unless it had ended before that step, or another one of these homes runs by now."""
    if before.unit_id or before.status in rules.WORK or after.status not in rules.WORK:
        return []
    past = outage_store.past(portal.db, after.community_id, after.id, now)
    if past is None or past.ended_at != at:
        return []
    gate = outage_store.gate(portal.db, past.community_id, past.category_id)
    if meets(past.homes, outage_store.of_kind(portal.db, past.community_id, past.category_id)):
        return []
    outage = as_running(past)
    return [*outage_store.again(past, outage), gate, spread(after, outage, "outage", now)]
