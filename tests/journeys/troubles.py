"""What only time and other companies' machines bring about: messages that failed, a risk, somebody whom devices and
WeChat reach, a designer's day off. Run inside a portal: `python -m local.inside tests.journeys.troubles <phone>
<phone> <phone>`, those of a manager, of somebody who lives in cedar, and of whom is reached."""

import sys
from datetime import UTC, datetime, timedelta

from chalicelib.accounts import store as accounts
from chalicelib.accounts.models import Account, Person
from chalicelib.consultations import plans, rules
from chalicelib.consultations import store as plan_store
from chalicelib.consultations.input_models import SavePlan
from chalicelib.db import Put
from chalicelib.importing import service as importing
from chalicelib.issues import reporting
from chalicelib.issues.models import Issue, ReportIssue
from chalicelib.messages import choosing, store
from chalicelib.messages.models import Device, Outgoing
from chalicelib.messages.notifier import Channel
from chalicelib.portal import Portal, portal
from chalicelib.service_levels.policy import DEFAULT_POLICY
from chalicelib.times import rfc3339
from tests.journeys.running import DESIGNER

#: By which channel, of what, with which reason, after how many tries; the last reason is a provider's own code.
FAILED: tuple[tuple[Channel, str, str, int], ...] = (
    ("sms", "assigned", "bad_number", 1),
    ("email", "resolved", "rejected", 3),
    ("push", "message", "provider_down", 14),
    ("wechat", "paused", "no_credit", 1),
    ("sms", "reopened", "isv.BUSINESS_LIMIT_CONTROL", 12),
)


def main(manager: str, phone: str, reached: str) -> None:
    """Make somebody a manager of cedar, write the troubles of an old report into it, and let somebody be reached."""
    home, now = portal(), datetime.now(UTC)
    rows = f"community_id,community_name,building,unit,unit_id,name,phone,role\ncedar,,,,,周经理,{manager},manager\n"
    result = importing.run(home, importing.Importer("test", None), rows.encode(), "en", now, preview=False)
    assert not result.errors, result
    _reach(home, _person(home, reached), now)
    _day_off(home, _person(home, DESIGNER), now)
    person = _person(home, phone)
    old = now - DEFAULT_POLICY.unresolved - timedelta(days=1)
    said = {"unit_id": person.units[0].id, "category_id": "noise", "description": "楼上每天半夜装修，" * 9}
    issue = reporting.report(home, person, ReportIssue.model_validate(said), None, old)[0].issue
    _risk(home, issue, now)
    for number, (channel, event, reason, attempts) in enumerate(FAILED):
        message = Outgoing(
            account_id=person.id, source=f"{issue.id}-{number}", channel=channel, kind="steps", event=event,
            desk=False, at=old + timedelta(hours=number), due=old, community_id="cedar", issue_id=issue.id,
            number=issue.number, category_id=issue.category_id, state="failed", attempts=attempts, reason=reason,
        )  # fmt: skip
        home.db.write(Put(store.to_item(message)), store.fail(message))


def _person(home: Portal, phone: str) -> Person:
    account = accounts.find_by_phone(home.db, home.keys, phone)
    assert account
    return Person(**{name: getattr(account, name) for name in Account.model_fields}, session="test")


def _day_off(home: Portal, designer: Person, now: datetime) -> None:
    """The last day but one of those that owners see first."""
    (plan,) = plan_store.plans(home.db, [designer.id])
    day = rules.day_of(plan, now) + timedelta(days=12)
    fields = {**plan.model_dump(include=set(SavePlan.model_fields)), "exceptions": {str(day): []}}
    plans.save(home, designer, designer.id, SavePlan.model_validate(fields), now)


def _reach(home: Portal, person: Person, now: datetime) -> None:
    device = {"endpoint": "https://web.push.apple.com/1", "p256dh": "B" * 87, "auth": "a" * 22}
    choosing.add_device(home, person, Device.model_validate(device), now)
    choosing.bind_wechat(home, person, "an-openid")
    for kinds in (["steps", "urgent"], ["steps"]):
        choosing.add_credits(home, person, kinds, None, now)


def _risk(home: Portal, issue: Issue, now: datetime) -> None:
    row = {"PK": "RISK#cedar", "SK": f"{issue.id}#0", "issue_id": issue.id, "number": issue.number}
    home.db.write(Put({**row, "category_id": issue.category_id, "at": rfc3339(now)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
