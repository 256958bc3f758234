"""The same key gives the same answer again, whatever happened in between."""

from datetime import timedelta
from typing import Any

from chalicelib.accounts.models import Person
from chalicelib.issues import access
from chalicelib.issues.models import IssueFile
from chalicelib.issues.views import Reader
from chalicelib.portal import Portal
from tests.factories import NOW, People, assign, bring_to, make_key, owner_step, report, step

LATER = NOW + timedelta(hours=1)


def _seen(portal: Portal, person: Person, file: IssueFile) -> Any:
    return (
        Reader(portal, person, None, NOW)
        .desk_view(file, access.staff_roles(person, file.issue), NOW)
        .model_dump()
    )


def test_a_rejection_asked_again_shows_the_ended_hand_off(portal: Portal, people: People) -> None:
    clerk = people.clerk
    file = report(portal=portal, by=people.owner)
    key = make_key(of=clerk)
    first = step(portal=portal, by=clerk, file=file, to="rejected", note="不归我们管", once=key)
    again = step(portal=portal, by=clerk, file=file, to="rejected", note="不归我们管", once=key, now=LATER)
    assert _seen(portal, clerk, again) == _seen(portal, clerk, first)
    assert [one.ended_at for one in again.handoffs] == [NOW]


def test_an_assignment_asked_again_shows_who_had_it_then(portal: Portal, people: People) -> None:
    clerk = people.clerk
    file = bring_to(portal=portal, people=people, status="acknowledged")
    key = make_key(of=clerk)
    first = assign(portal=portal, by=clerk, file=file, to=people.technician, once=key)
    assign(portal=portal, by=clerk, file=first, to=people.other_technician, now=LATER)
    again = assign(portal=portal, by=clerk, file=file, to=people.technician, once=key, now=LATER)
    assert _seen(portal, clerk, again) == _seen(portal, clerk, first)
    assert again.issue.assignee is not None
    assert again.issue.assignee.name == "王师傅"
    assert again.handoffs[-1].ended_at is None


def test_a_confirmation_asked_again_after_reopening_is_still_one(portal: Portal, people: People) -> None:
    owner = people.owner
    file = bring_to(portal=portal, people=people, status="resolved")
    key = make_key(of=owner)
    first = owner_step(portal=portal, by=owner, file=file, action="confirm", once=key)
    owner_step(portal=portal, by=owner, file=first, action="reopen", now=LATER)
    again = owner_step(portal=portal, by=owner, file=file, action="confirm", once=key, now=LATER)
    assert again == first
