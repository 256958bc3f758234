"""Linking issues, and making two jobs of one report."""

from functools import partial
from typing import Any

import pytest

from chalicelib.dispatch import links
from chalicelib.dispatch.link_models import AddLink, Split
from chalicelib.errors import Forbidden, IllegalTransition, Invalid, VersionConflict
from chalicelib.inbox import outbox
from chalicelib.inbox import service as inbox
from chalicelib.issues import access
from chalicelib.issues.models import IssueFile
from chalicelib.portal import Portal
from tests.factories import NOW, People, bring_to, make_key, report
from tests.racing import codes, race

WHY = "漏水归水工，跳闸归电工"


def _split(**more: Any) -> Split:
    fields = {"version": 1, "category_id": "electrical", "description": "插座跳闸", "why": WHY, **more}
    return Split.model_validate(fields)


def _links(portal: Portal, people: People, issue_id: str) -> list[tuple[str, str]]:
    file, _ = access.for_staff(portal, people.clerk, issue_id)
    return [(one.number, one.kind) for one in links.of(file)]


def _done(portal: Portal, people: People, file: IssueFile, **more: Any) -> IssueFile:
    return links.split(portal, people.clerk, file.issue.id, _split(**more), None, NOW)[0]


def test_two_linked_issues_name_each_other_and_linking_again_changes_nothing(
    portal: Portal, people: People, signed_in: Any
) -> None:
    first = report(portal=portal, by=people.owner)
    second = report(portal=portal, by=people.neighbour, unit_id="maple-1-102")
    for _ in range(2):
        links.link(portal, people.clerk, first.issue.id, AddLink(to=second.issue.number), None, NOW)
    assert _links(portal, people, first.issue.id) == [(second.issue.number, "related")]
    assert _links(portal, people, second.issue.id) == [(first.issue.number, "related")]
    assert second.issue.number in signed_in("clerk").get(f"/desk/issues/{first.issue.id}").text
    assert second.issue.number not in signed_in("owner").get(f"/issues/{first.issue.id}").text


def test_neither_itself_nor_another_communitys_issue_can_be_linked(portal: Portal, people: People) -> None:
    first = report(portal=portal, by=people.owner)
    far = report(portal=portal, by=people.cedar_owner, unit_id="cedar-2-201")
    for wrong in (first.issue.number, far.issue.number, "261120-99999"):
        with pytest.raises(Invalid):
            links.link(portal, people.clerk, first.issue.id, AddLink(to=wrong), None, NOW)
    with pytest.raises(Forbidden):
        links.link(portal, people.technician, first.issue.id, AddLink(to="x"), None, NOW)


def test_the_owner_sees_both_jobs_and_why(
    portal: Portal, people: People, signed_in: Any, caller: Any
) -> None:
    file = report(portal=portal, by=people.owner)
    new = _done(portal, people, file)
    outbox.sweep(portal, NOW.replace(hour=3))
    owner = signed_in("owner")
    for one, other in ((file, new), (new, file)):
        shown = owner.get(f"/issues/{one.issue.id}").text
        assert other.issue.number in shown
        assert WHY in shown
        assert f"/issues/{other.issue.id}" in shown
    mine = {one["number"] for one in caller("owner").api("GET", "/issues").json["items"]}
    assert {file.issue.number, new.issue.number} <= mine
    items, _ = inbox.read(portal, people.owner, 1, None, "en", NOW)
    assert new.issue.number in items[0].text
    assert new.issue.unit_id == file.issue.unit_id


def test_the_same_key_splits_once(portal: Portal, people: People) -> None:
    file = report(portal=portal, by=people.owner)
    key = make_key(of=people.clerk)
    ids = {links.split(portal, people.clerk, file.issue.id, _split(), key, NOW)[0].issue.id for _ in range(2)}
    assert len(ids) == 1 == len(_links(portal, people, file.issue.id))


def test_what_is_stale_or_over_is_not_split(portal: Portal, people: People) -> None:
    file = report(portal=portal, by=people.owner)
    with pytest.raises(VersionConflict):
        _done(portal, people, file, version=7)
    with pytest.raises(Invalid):
        _done(portal, people, file, category_id="moon")
    over = bring_to(portal=portal, people=people, status="resolved")
    with pytest.raises(IllegalTransition):
        _done(portal, people, over, version=over.issue.version)


def test_the_page_keeps_what_was_typed_and_leads_to_the_second_job(
    portal: Portal, people: People, signed_in: Any
) -> None:
    file = report(portal=portal, by=people.owner)
    clerk, path = signed_in("clerk"), f"/desk/issues/{file.issue.id}/split"
    wrong = clerk.post(path, {"version": "1", "description": "插座跳闸", "why": WHY})
    assert wrong.status == 422
    assert WHY in wrong.text
    fields = {"version": "1", "split_category": "electrical", "description": "插座跳闸", "why": WHY}
    ways = {clerk.post(path, fields).headers["location"] for _ in range(2)}
    assert len(ways) == 1
    assert clerk.get(ways.pop()).status == 200


def test_of_two_clerks_who_split_what_both_saw_one_does(portal: Portal, people: People) -> None:
    """The second one sees first that there are two jobs already."""
    file = report(portal=portal, by=people.owner)
    clerks = ((people.clerk, "电线"), (people.manager, "插座"))

    def work(person: Any, words: str) -> Any:
        return links.split(
            portal, person, file.issue.id, _split(description=words), make_key(of=person, key=words), NOW
        )

    assert codes(race([partial(work, *one) for one in clerks])) == ["ok", "version_conflict"]
    assert len(_links(portal, people, file.issue.id)) == 1
    with pytest.raises(VersionConflict):
        _done(portal, people, file)
    again = access.for_staff(portal, people.clerk, file.issue.id)[0]
    assert again.issue.version == 2
    _done(portal, people, file, version=2)
    assert len(_links(portal, people, file.issue.id)) == 2
