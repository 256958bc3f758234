"""What a community's policy says about complaints holds there from its moment on, and nowhere else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.complaints import listing, store
from chalicelib.complaints.models import Complaint, ComplaintFile
from chalicelib.managing import levels
from chalicelib.portal import Portal
from chalicelib.service_levels.models import Span
from chalicelib.service_levels.policy import COMPLAINTS, DEFAULT_POLICY
from tests.browser import Browser
from tests.factories import NOW, People
from tests.factories_complaints import complain, complaint_step, handle

HOUR = timedelta(hours=1)
QUICK = replace(
    DEFAULT_POLICY,
    complaints=replace(
        COMPLAINTS,
        goals=dict.fromkeys(COMPLAINTS.goals, Span("always", hours=1)),
        call_back_percent=50,
        hard_after=2 * HOUR,
        hard_departments=3,
    ),
)


@pytest.fixture
def before(portal: Portal, people: People) -> ComplaintFile:
    """A complaint of a time before the policy that holds from an hour later on in its community."""
    file = complain(portal=portal, by=people.owner)
    levels.save_policy(portal, people.manager, "maple", QUICK, 0, NOW + HOUR, NOW)
    return file


def _now(portal: Portal, file: ComplaintFile) -> Complaint:
    found = store.load(portal.db, portal.keys, file.complaint.id)
    assert found
    return found.complaint


def test_a_clock_that_runs_keeps_its_time_and_the_next_one_is_the_new_policys(
    portal: Portal, people: People, before: ComplaintFile
) -> None:
    kept = (before.complaint.due_at, before.complaint.warn_at)
    assert kept[0] == NOW + COMPLAINTS.goals["start"].wall
    early = complain(portal=portal, by=people.owner, now=NOW + HOUR / 2)
    assert early.complaint.due_at == NOW + HOUR / 2 + COMPLAINTS.goals["start"].wall
    late = complain(portal=portal, by=people.owner, now=NOW + HOUR)
    assert late.complaint.due_at == NOW + 2 * HOUR
    assert (_now(portal, before).due_at, _now(portal, before).warn_at) == kept
    step = complaint_step(portal=portal, by=people.clerk, file=before, do="start", now=NOW + 2 * HOUR)
    assert step.complaint.due_at == NOW + 3 * HOUR


def test_hard_cases_and_the_goal_of_call_backs_are_the_communitys_own(
    portal: Portal, people: People, before: ComplaintFile
) -> None:
    two = ["legal", "property"]
    handle(portal=portal, by=people.manager, file=before, do="assign", departments=two)
    assert [one.id for one in listing.hard(portal, "maple", NOW)] == [before.complaint.id]
    assert listing.hard(portal, "maple", NOW + HOUR) == []
    assert listing.hard(portal, "maple", NOW + 3 * HOUR) != []
    assert listing.terms(portal, "maple", NOW + HOUR) == QUICK.complaints
    assert listing.terms(portal, "cedar", NOW + HOUR) == COMPLAINTS


def test_the_ledger_and_the_weekly_list_say_what_the_policy_says(site: Portal, people: People) -> None:
    manager = Browser(cookies={"session": people.token("manager"), "lang": "en"})
    assert (
        "open for more than 7 d, or with at least 2 departments" in manager.get("/desk/complaints/hard").text
    )
    levels.save_policy(site, people.manager, "maple", QUICK, 0, NOW, NOW - HOUR)
    assert (
        "open for more than 2 h, or with at least 3 departments" in manager.get("/desk/complaints/hard").text
    )
    assert "the goal is 50 %" in manager.get("/desk/complaints").text
    api = Browser(token=people.token("manager"))
    assert api.api("GET", "/desk/complaints").json["call_back_goal"] == 50
    other = Browser(token=people.token("cedar_manager"))
    assert other.api("GET", "/desk/complaints").json["call_back_goal"] == COMPLAINTS.call_back_percent
