"""What staff do about an alert: say that they know."""

from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.audit import store as audit
from chalicelib.conditions import Attr
from chalicelib.db import Op, Update
from chalicelib.due.views import ALERTS
from chalicelib.errors import Forbidden
from chalicelib.issues import access, rules, store
from chalicelib.issues.commit import attempt
from chalicelib.issues.items import issue_pk
from chalicelib.issues.models import IssueFile
from chalicelib.portal import Portal
from chalicelib.records import Item, K
from chalicelib.times import rfc3339

#: A transaction takes a hundred writes; an issue with more alerts than these is acknowledged by a second tap.
_AT_ONCE = 90


def acknowledge(portal: Portal, person: Person, issue_id: str, now: datetime) -> IssueFile:
    """Say "I know" to all alerts of an issue: who did it first, and when, is kept with each. Again changes nothing.

    It stops nothing but reminders of these alerts: the ladder goes on until the work is done. Raises NotFound, or
    Forbidden for those who handle no issues.
    """

    def work() -> IssueFile:
        file, roles = access.for_staff(portal, person, issue_id)
        if not roles & rules.ASSIGNEE_ROLES:
            raise Forbidden
        unseen = [name for name, row in file.done.items() if row["kind"] in ALERTS and "seen_by" not in row]
        if not unseen:
            return file
        seen: Item = {"seen_by": person.id, "seen_at": rfc3339(now)}
        act = audit.Act(file.issue.community_id, person.id, "alert_seen", issue_id)
        portal.db.write(*(_seen(issue_id, name, seen) for name in unseen[:_AT_ONCE]), audit.add(act, now))
        done = {
            name: {**row, **seen} if name in unseen[:_AT_ONCE] else row for name, row in file.done.items()
        }
        return file.model_copy(update={"done": done})

    return attempt(portal, None, work, now)[0]


def _seen(issue_id: str, name: str, seen: Item) -> Op:
    fresh = Attr("kind").exists() & Attr("seen_by").not_exists()
    return Update(K(issue_pk(issue_id), f"DONE#{name}"), sets=seen, condition=fresh, error=store.IssueMoved())
