"""Records of older shapes: read as today's, brought up to date with the next write, old and new code side by side."""

import re
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.db import Item
from chalicelib.issues import items, service, store
from chalicelib.issues.models import Issue, IssueFile, RateIssue, Rating
from chalicelib.portal import Portal
from chalicelib.records import decode_item, encode_item
from chalicelib.upgrades import ENTITIES, ISSUE, SCHEMA, Entity, Step
from tests.factories import NOW, People, assign, bring_to, make_issue, make_portal, owner_step, step
from tests.recording import Meanwhile, RecordingClient
from tests.upkeep import release_1

KEYS = make_portal(client=None, table="none").keys
MARKS = st.integers(1, 5)
RATINGS = st.builds(
    Rating,
    professionalism=MARKS,
    attitude=MARKS,
    efficiency=MARKS,
    comment=st.none() | st.just("好"),
    at=st.integers(0, 9).map(lambda days: NOW + timedelta(days=days)),
    resolution=st.integers(1, 4),
)
STATES = st.sampled_from(["submitted", "assigned", "paused", "resolved", "closed", "reopened", "merged"])
ISSUES = st.builds(
    lambda rating, status, follows, begun: make_issue(
        rating=rating, status=status, follows=follows, begun=begun
    ),
    st.none() | RATINGS,
    STATES,
    st.integers(0, 3),
    st.booleans(),
)


def _kept(item: Item) -> Item:
    """As the table gives it back."""
    return decode_item(encode_item(item))


def _raw(portal: Portal, issue_id: str) -> Item:
    item = portal.db.get(store.meta_key(issue_id))
    assert item is not None
    return item


def _load(portal: Portal, issue_id: str) -> IssueFile:
    file = store.load(portal.db, portal.keys, issue_id)
    assert file is not None
    return file


def _rate(portal: Portal, people: People, issue_id: str, marks: int) -> Rating:
    body = RateIssue(professionalism=marks, attitude=marks, efficiency=marks)
    return service.rate(portal, people.owner, issue_id, body, NOW)


def _repaired_again(portal: Portal, people: People, issue_id: str) -> None:
    """Reopened by the owner and repaired once more."""
    file = _load(portal, issue_id)
    file = owner_step(portal=portal, by=people.owner, file=file, action="reopen", reason="还在漏")
    file = assign(portal=portal, by=people.clerk, file=file, to=people.technician)
    file = step(portal=portal, by=people.technician, file=file, to="in_progress")
    step(portal=portal, by=people.technician, file=file, to="resolved")


def _marks(portal: Portal, issue_id: str) -> list[int]:
    return [one.attitude for one in _load(portal, issue_id).issue.ratings]


@given(issue=ISSUES)
def test_whatever_the_code_before_has_written_is_read_in_todays_shape(issue: Issue) -> None:
    kept = _kept(release_1.to_item(issue, KEYS))
    read = items.from_item(kept, KEYS)
    assert read.outdated
    assert read.ratings == ([issue.rating] if issue.rating else [])
    same = {"ratings": [], "outdated": False}
    assert read.model_copy(update=same) == issue.model_copy(update=same)


@given(issue=ISSUES, later=st.none() | RATINGS)
def test_the_code_before_reads_what_todays_writes(issue: Issue, later: Rating | None) -> None:
    rated = [one for one in (issue.rating, later) if one]
    ratings = sorted({one.resolution: one for one in rated}.values(), key=lambda one: one.resolution)
    now = issue.model_copy(update={"rating": ratings[-1] if ratings else None, "ratings": ratings})
    read = release_1.from_item(_kept(items.to_item(now, KEYS)), KEYS)
    assert read == now.model_copy(update={"ratings": []})


@given(issue=ISSUES, old=st.booleans(), marked=st.booleans(), behind=st.none() | RATINGS)
def test_upgrading_twice_is_upgrading_once_and_touches_nothing_else(
    issue: Issue, old: bool, marked: bool, behind: Rating | None
) -> None:
    """Also for what old code leaves behind when it writes into a record that is marked as new."""
    item = _kept(release_1.to_item(issue, KEYS))
    item |= {SCHEMA: 2} if marked else {}
    item |= {} if old or not behind else {"ratings": [_kept(items.rating_item(behind))]}
    before = dict(item)
    now = ISSUE.current(item)
    assert ISSUE.current(now) is now
    assert item == before
    made = set(ISSUE.made)
    assert {k: v for k, v in now.items() if k not in made} == {k: v for k, v in item.items() if k not in made}
    if issue.rating:
        assert _kept(items.rating_item(issue.rating)) in now["ratings"]


def test_an_up_to_date_record_is_not_even_copied() -> None:
    rating = Rating(professionalism=1, attitude=2, efficiency=3, at=NOW, resolution=1)
    item = _kept(items.to_item(make_issue(rating=rating, ratings=[rating]), KEYS))
    assert ISSUE.current(item) is item
    assert not items.from_item(item, KEYS).outdated


def test_a_record_of_a_shape_yet_to_come_is_left_alone() -> None:
    item = {"PK": "ISSUE#1", "SK": "META", SCHEMA: 99, "later": True}
    assert ISSUE.current(item) is item


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=ENTITIES)
def test_chains_have_no_gap_and_drop_nothing_that_they_still_read(entity: Entity) -> None:
    assert [one.to for one in entity.steps] == list(range(entity.steps[0].to, entity.version + 1))
    assert entity.steps[0].to >= 2
    assert not {name for one in entity.steps for name in one.reads} & set(entity.dropped)


def test_steps_are_taken_one_after_another_from_wherever_a_record_is() -> None:
    chain = Entity(
        "thing",
        "THING#",
        "META",
        (
            Step(2, lambda item: {**item, "words": item["text"].split()}, ("text",), ("words",)),
            Step(3, lambda item: {**item, "count": len(item["words"])}, ("words",), ("count",)),
        ),
    )
    first = {"PK": "THING#1", "SK": "META", "text": "a b"}
    second = {**first, SCHEMA: 2, "words": ["x"]}
    assert chain.current(first) == {**first, SCHEMA: 3, "words": ["a", "b"], "count": 2}
    assert chain.current(second) == {**second, SCHEMA: 3, "count": 1}


def test_reading_writes_nothing_and_the_next_step_brings_the_record_up_to_date(
    portal: Portal, people: People
) -> None:
    with release_1.release_1():
        issue_id = bring_to(portal=portal, people=people, status="resolved").issue.id
        _rate(portal, people, issue_id, 2)
    before = _raw(portal, issue_id)
    assert _marks(portal, issue_id) == [2]
    assert _raw(portal, issue_id) == before
    file = _load(portal, issue_id)
    owner_step(portal=portal, by=people.owner, file=file, action="confirm")
    after = _raw(portal, issue_id)
    assert (SCHEMA in before, after[SCHEMA], after["ratings"]) == (False, 2, [before["rating"]])


def test_marks_for_the_first_repair_stay_when_the_second_is_rated(portal: Portal, people: People) -> None:
    issue_id = bring_to(portal=portal, people=people, status="resolved").issue.id
    _rate(portal, people, issue_id, 1)
    _repaired_again(portal, people, issue_id)
    _rate(portal, people, issue_id, 4)
    _rate(portal, people, issue_id, 5)
    assert _marks(portal, issue_id) == [1, 5]
    with release_1.release_1():
        read = _load(portal, issue_id).issue
    assert read.rating is not None
    assert read.rating.attitude == 5


def test_old_and_new_code_take_turns_on_one_issue_and_lose_nothing(portal: Portal, people: People) -> None:
    """Two versions at work while traffic shifts: new, old, old, new."""
    issue_id = bring_to(portal=portal, people=people, status="resolved").issue.id
    _rate(portal, people, issue_id, 1)
    with release_1.release_1():
        _repaired_again(portal, people, issue_id)
        _rate(portal, people, issue_id, 3)
    assert _raw(portal, issue_id)[SCHEMA] == 2, "marked as new, although the old code has written into it"
    assert _marks(portal, issue_id) == [1, 3]
    _repaired_again(portal, people, issue_id)
    assert [one["resolution"] for one in _raw(portal, issue_id)["ratings"]] == [1, 2]
    with release_1.release_1():
        _rate(portal, people, issue_id, 4)
    assert _marks(portal, issue_id) == [1, 3, 4]


def test_a_rating_of_the_old_code_at_the_very_moment_of_a_new_step_is_kept(
    portal: Portal, people: People, engine_client: RecordingClient
) -> None:
    with release_1.release_1():
        issue_id = bring_to(portal=portal, people=people, status="resolved").issue.id

    def rate() -> None:
        with release_1.release_1():
            _rate(portal, people, issue_id, 2)

    file = _load(portal, issue_id)
    quicker: Any = Meanwhile("transact_write_items", rate)
    with engine_client.failing(quicker):
        owner_step(portal=portal, by=people.owner, file=file, action="confirm")
    assert quicker.done
    after = _raw(portal, issue_id)
    assert (after["status"], after["ratings"]) == ("closed", [after["rating"]])


def test_the_desk_sees_the_marks_of_every_repair_and_the_owner_the_last(
    signed_in: Any, caller: Any, site: Portal, people: People
) -> None:
    issue_id = bring_to(portal=site, people=people, status="resolved").issue.id
    _rate(site, people, issue_id, 1)
    _repaired_again(site, people, issue_id)
    _rate(site, people, issue_id, 4)
    seen = caller("clerk").api("GET", f"/desk/issues/{issue_id}").json
    assert [one["attitude"] for one in seen["ratings"]] == [1, 4]
    assert seen["rating"]["attitude"] == 4
    page = signed_in("clerk").get(f"/desk/issues/{issue_id}").text
    card = page[page.index("业主评价") :]
    assert re.findall(r"(\d) · \S+ \1 · \S+ \1", card) == ["4", "1"]
    assert "ratings" not in caller("owner").api("GET", f"/issues/{issue_id}").json
