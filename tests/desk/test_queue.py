"""The desk's queue: the nearest deadline first, filtered, page by page, over one's own communities."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.accounts.models import Person
from chalicelib.desk import queue
from chalicelib.desk.models import Queue
from chalicelib.errors import NotFound
from chalicelib.inbox import outbox
from chalicelib.portal import Portal
from tests.factories import NOW, PHONES, People, assign, bring_to, import_people, report, step

HOUR = timedelta(hours=1)
LATE = NOW + timedelta(hours=30)


def _ids(portal: Portal, person: Person, limit: int = 100, **filters: Any) -> list[str]:
    """All pages together."""
    query = Queue.model_validate({"limit": limit, **filters})
    found, after = queue.read(portal, person, query, None, LATE)
    ids = [issue.id for issue in found]
    while after:
        found, after = queue.read(portal, person, query, after, LATE)
        ids += [issue.id for issue in found]
    return ids


@pytest.fixture
def both(portal: Portal, people: People) -> Person:
    """Somebody at the desk of two communities."""
    import_people(
        portal=portal, text=f"community_id,name,phone,role\ncedar,李静,{PHONES['clerk']},front_line\n"
    )
    return people.clerk


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_the_nearest_deadline_comes_first_over_all_pages(portal: Portal, people: People, limit: int) -> None:
    l2 = report(portal=portal, by=people.owner, category_id="noise").issue.id
    urgent = [report(portal=portal, by=people.owner, now=NOW + n * HOUR).issue.id for n in (2, 0, 1)]
    l3 = report(portal=portal, by=people.owner, category_id="contract").issue.id
    assert _ids(portal, people.clerk, limit) == [urgent[1], urgent[2], urgent[0], l3, l2]


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_two_communities_are_woven_into_one_queue(
    portal: Portal, people: People, both: Person, limit: int
) -> None:
    made = []
    for number in range(6):
        owner, unit = (people.owner, "maple-1-101") if number % 3 else (people.cedar_owner, "cedar-2-201")
        made.append(report(portal=portal, by=owner, unit_id=unit, now=NOW + number * HOUR).issue.id)
    assert _ids(portal, both, limit) == made
    assert _ids(portal, both, limit, community_id="cedar") == [made[0], made[3]]


def test_filters_choose_and_combine(portal: Portal, people: People) -> None:
    tech = people.technician
    free = report(portal=portal, by=people.owner, category_id="noise").issue.id
    held = bring_to(portal=portal, people=people, status="assigned").issue.id
    fixed = bring_to(portal=portal, people=people, status="resolved").issue.id
    clerk = people.clerk
    assert _ids(portal, clerk) == [held, free]
    assert _ids(portal, clerk, assignee_id="none") == [free]
    assert _ids(portal, clerk, assignee_id=tech.id) == [held]
    assert _ids(portal, clerk, status="resolved") == [fixed]
    assert _ids(portal, clerk, status="resolved", assignee_id=tech.id) == [fixed]
    assert _ids(portal, clerk, status="resolved", assignee_id=clerk.id) == []
    assert _ids(portal, clerk, category_id="noise") == [free]
    assert _ids(portal, clerk, building="1") == [held, free]
    assert _ids(portal, clerk, building="2") == []
    assert _ids(portal, clerk, overdue=True) == [held]
    assert _ids(portal, clerk, overdue=True, limit=1) == [held]


def test_many_rows_that_a_filter_leaves_out_do_not_end_the_list_early(portal: Portal, people: People) -> None:
    wanted = [report(portal=portal, by=people.owner, now=NOW, category_id="lift").issue.id]
    for number in range(30):
        report(portal=portal, by=people.owner, now=NOW + number * timedelta(minutes=1))
    wanted.append(report(portal=portal, by=people.owner, now=NOW + HOUR, category_id="lift").issue.id)
    assert _ids(portal, people.clerk, 1, category_id="lift") == wanted


def test_a_list_that_gives_up_on_a_filter_goes_on_by_its_cursor(
    portal: Portal, people: People, both: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One community's rows mostly don't fit, so its reading stops early; the other's must not run ahead of it."""
    monkeypatch.setattr(queue, "_READ_AT_MOST", 3)
    monkeypatch.setattr(queue, "max", lambda *_: 1, raising=False)  # rows of a page, else too many for a test
    wanted = []
    for number in range(12):
        category = "lift" if number in (4, 8, 9, 10) else "plumbing"
        owner, unit = (people.cedar_owner, "cedar-2-201") if number > 8 else (people.owner, "maple-1-101")
        at = NOW + number * HOUR
        file = report(portal=portal, by=owner, unit_id=unit, now=at, category_id=category)
        wanted += [file.issue.id] if category == "lift" else []
    assert _ids(portal, both, 20, category_id="lift") == wanted


@pytest.mark.parametrize("community", ["cedar", "elm", "maple#submitted"])
def test_another_communitys_queue_is_not_there(portal: Portal, people: People, community: str) -> None:
    with pytest.raises(NotFound):
        queue.read(portal, people.clerk, Queue(community_id=community), None, NOW)
    with pytest.raises(NotFound):
        queue.counts(portal, people.clerk, community, NOW)


def test_somebodys_work_elsewhere_does_not_show(portal: Portal, people: People, both: Person) -> None:
    file = report(portal=portal, by=people.cedar_owner, unit_id="cedar-2-201")
    file = step(portal=portal, by=people.cedar_manager, file=file, to="acknowledged")
    assign(portal=portal, by=people.cedar_manager, file=file, to=both)
    assert _ids(portal, people.manager, assignee_id=both.id) == []
    assert _ids(portal, both, assignee_id=both.id) == [file.issue.id]


def test_numbers_say_how_many_are_where_and_late(portal: Portal, people: People) -> None:
    report(portal=portal, by=people.owner)
    bring_to(portal=portal, people=people, status="in_progress")
    bring_to(portal=portal, people=people, status="resolved")
    outbox.sweep(portal, NOW + HOUR)
    found = queue.counts(portal, people.clerk, None, LATE).model_dump()
    assert {name: number for name, number in found.items() if number} == {
        "submitted": 1,
        "in_progress": 1,
        "resolved": 1,
        "overdue": 2,
    }
    assert queue.counts(portal, people.clerk, None, NOW).overdue == 0
