"""An issue that is joined with another: its followers and their rights go along."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.desk import service as desk
from chalicelib.desk.models import Transition
from chalicelib.errors import Forbidden, Invalid, NotFound
from chalicelib.inbox import outbox
from chalicelib.inbox import service as inbox
from chalicelib.issues import access, service
from chalicelib.issues.models import IssueFile, OwnerStep, RateIssue, WriteMessage
from chalicelib.issues.store import follow
from chalicelib.issues.views import Reader
from chalicelib.portal import Portal
from tests.factories import NOW, People, bring_to, report, step

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def target(portal: Portal, people: People) -> IssueFile:
    """The owner's issue, into which the neighbour's goes."""
    return report(portal=portal, by=people.owner, description="楼道灯不亮，我的电话写在门上")


@pytest.fixture
def merged(portal: Portal, people: People, target: IssueFile) -> IssueFile:
    """The neighbour's issue, merged into the target."""
    source = report(portal=portal, by=people.neighbour, unit_id="maple-1-102")
    return step(portal=portal, by=people.clerk, file=source, to="merged", merge_into=target.issue.number)


def test_the_merged_issue_says_where_it_went(merged: IssueFile, target: IssueFile) -> None:
    assert merged.issue.merged_into is not None
    assert (merged.issue.merged_into.id, merged.issue.merged_into.number) == (
        target.issue.id,
        target.issue.number,
    )
    assert merged.issue.status == "merged"


def test_its_reporter_reads_and_writes_on_in_the_other(
    portal: Portal, people: People, merged: IssueFile, target: IssueFile
) -> None:
    file, relation = access.for_owner(portal, people.neighbour, target.issue.id)
    assert relation == "follower"
    service.message(portal, people.neighbour, file.issue.id, WriteMessage(text="我也看到了"), None, LATER)
    service.urge(portal, people.neighbour, file.issue.id, LATER)
    for action in ("cancel", "confirm", "reopen"):
        with pytest.raises(Forbidden):
            service.step(portal, people.neighbour, file.issue.id, action, OwnerStep(version=1), None, LATER)
    marks = RateIssue(professionalism=1, attitude=1, efficiency=1)
    with pytest.raises(Forbidden):
        service.rate(portal, people.neighbour, file.issue.id, marks, LATER)


def test_a_follower_sees_neither_the_others_home_nor_name(
    portal: Portal, people: People, merged: IssueFile, target: IssueFile
) -> None:
    file, relation = access.for_owner(portal, people.neighbour, target.issue.id)
    view = Reader(portal, people.neighbour, None, LATER).owner_view(file, relation)
    assert (view.unit_id, view.unit_label) == (None, None)
    text = view.model_dump_json()
    assert "王秀英" not in text
    assert "1-101" not in text
    assert set(view.allowed_actions) <= {"message", "urge"}


def test_followers_of_followers_go_along_and_are_told(
    portal: Portal, people: People, merged: IssueFile, target: IssueFile
) -> None:
    final = report(portal=portal, by=people.owner)
    step(portal=portal, by=people.clerk, file=target, to="merged", merge_into=final.issue.id)
    file, relation = access.for_owner(portal, people.neighbour, final.issue.id)
    assert (relation, file.followers) == ("follower", [people.neighbour.id])
    step(portal=portal, by=people.clerk, file=final, to="acknowledged")
    outbox.sweep(portal, LATER)
    for person in (people.owner, people.neighbour):
        newest = inbox.read(portal, person, 50, None, "en", NOW)[0]
        assert (final.issue.id, True) in [(item.issue_id, "has read" in item.text) for item in newest]


def test_others_still_see_nothing_of_it(
    portal: Portal, people: People, merged: IssueFile, target: IssueFile
) -> None:
    for issue_id in (merged.issue.id, target.issue.id):
        with pytest.raises(NotFound):
            access.for_owner(portal, people.cedar_owner, issue_id)
    with pytest.raises(NotFound):
        access.for_owner(portal, people.owner, merged.issue.id)


@pytest.mark.parametrize("into", ["itself", "cedar", "closed", "nothing", "no number"])
def test_it_goes_only_into_another_open_issue_of_the_community(
    portal: Portal, people: People, target: IssueFile, into: str
) -> None:
    places: dict[str, Any] = {
        "itself": lambda: target.issue.id,
        "cedar": lambda: report(portal=portal, by=people.cedar_owner, unit_id="cedar-2-201").issue.id,
        "closed": lambda: bring_to(portal=portal, people=people, status="closed").issue.id,
        "nothing": lambda: "01K00000000000000000000000",
        "no number": lambda: "261120-99999x",
    }
    with pytest.raises(Invalid) as raised:
        step(portal=portal, by=people.clerk, file=target, to="merged", merge_into=places[into]())
    assert [row.field for row in raised.value.errors] == ["merge_into"]


def test_merging_shows_in_both_histories(
    portal: Portal, people: People, merged: IssueFile, target: IssueFile
) -> None:
    assert (merged.timeline[-1].to, merged.timeline[-1].actor.role) == ("merged", "front_line")
    file, _ = access.for_staff(portal, people.clerk, target.issue.id)
    assert (file.timeline[-1].kind, file.timeline[-1].text) == ("merged_in", merged.issue.number)
    assert file.issue.version == 1


def test_an_issue_that_half_the_building_follows_can_still_be_merged(
    portal: Portal, people: People, target: IssueFile
) -> None:

    source = report(portal=portal, by=people.neighbour, unit_id="maple-1-102")
    for start in range(0, 150, 75):
        portal.db.write(*(follow(f"somebody-{n}", source.issue.id) for n in range(start, start + 75)))
    desk.transition(
        portal, people.clerk, source.issue.id,
        Transition(to="merged", version=1, merge_into=target.issue.id), None, LATER,
    )  # fmt: skip
    file, _ = access.for_staff(portal, people.clerk, target.issue.id)
    assert len(file.followers) == 151
