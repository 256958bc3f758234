"""What neighbours have reported at a public place is found, followed instead of repeated, and followed no longer."""

import dataclasses
from datetime import timedelta
from typing import Any, get_args

import pytest

from chalicelib.accounts.models import Person
from chalicelib.desk import service as desk
from chalicelib.desk.models import Transition
from chalicelib.errors import IllegalTransition, Invalid, NotFound, TooMany
from chalicelib.inbox import outbox
from chalicelib.inbox import service as inbox
from chalicelib.issues import access, following, listing, rules, service, store
from chalicelib.issues.models import FindSimilar, IssueFile, Status, Window, WriteMessage
from chalicelib.places.models import Place
from chalicelib.portal import Portal
from tests.browser import Browser
from tests.factories import (
    NOW,
    People,
    bring_to,
    import_people,
    make_issue,
    make_key,
    make_place,
    make_settings,
    owner_step,
    report,
    step,
)
from tests.racing import codes, race
from tests.recording import Meanwhile, RecordingClient

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def place(portal: Portal, people: People) -> Place:
    return make_place(portal=portal)


@pytest.fixture
def broken(portal: Portal, people: People, place: Place) -> IssueFile:
    """The owner's report of a lift."""
    return report(portal=portal, by=people.owner, category_id="lift", place_id=place.id, description="电梯抖")


def _similar(portal: Portal, person: Person, **asked: Any) -> list[str]:
    given = {"community_id": "maple", "category_id": "lift", **asked}
    return [one.issue.id for one in following.similar(portal, person, FindSimilar.model_validate(given))]


def _follow(portal: Portal, person: Person, file: IssueFile) -> IssueFile:
    return following.follow(portal, person, file.issue.id, None, LATER)[0]


def _file(portal: Portal, file: IssueFile) -> IssueFile:
    found = store.load(portal.db, portal.keys, file.issue.id)
    assert found
    return found


def test_the_same_place_by_code_and_in_words_is_one_place(
    portal: Portal, people: People, place: Place, broken: IssueFile
) -> None:
    words = report(
        portal=portal, by=people.owner, category_id="lift", area="public", location="１号楼电梯", now=LATER
    )
    assert words.issue.place_id == place.id
    both = [words.issue.id, broken.issue.id]
    assert _similar(portal, people.neighbour, place_id=place.id) == both
    assert _similar(portal, people.neighbour, location="1 号楼 电梯") == both


def test_places_that_are_on_no_list_are_found_by_their_words(portal: Portal, people: People) -> None:
    file = report(portal=portal, by=people.owner, category_id="noise", area="public", location="三层楼道")
    assert _similar(portal, people.neighbour, category_id="noise", location="三层 楼道。") == [file.issue.id]
    assert _similar(portal, people.neighbour, category_id="noise", location="四层楼道") == []
    assert _similar(portal, people.neighbour, category_id="noise", location="。！") == []
    assert _similar(portal, people.neighbour, category_id="noise") == []


def test_only_open_ones_of_the_same_kind_in_a_public_place_are_found(
    portal: Portal, people: People, place: Place, broken: IssueFile
) -> None:
    report(portal=portal, by=people.owner, category_id="lift", location="1 号楼电梯")
    assert _similar(portal, people.neighbour, category_id="cleaning", place_id=place.id) == []
    assert _similar(portal, people.neighbour, place_id=place.id) == [broken.issue.id]
    after = step(portal=portal, by=people.clerk, file=broken, to="acknowledged")
    assert _similar(portal, people.neighbour, place_id=place.id) == [broken.issue.id]
    step(portal=portal, by=people.clerk, file=after, to="rejected", note="不归我们管")
    assert _similar(portal, people.neighbour, place_id=place.id) == []


def test_what_is_fixed_is_not_found_until_it_is_open_again(
    portal: Portal, people: People, place: Place
) -> None:
    fixed = bring_to(portal=portal, people=people, status="resolved", category_id="lift", place_id=place.id)
    assert _similar(portal, people.neighbour, place_id=place.id) == []
    with pytest.raises(IllegalTransition):
        _follow(portal, people.neighbour, fixed)
    owner_step(portal=portal, by=people.owner, file=fixed, action="reopen")
    assert _similar(portal, people.neighbour, place_id=place.id) == [fixed.issue.id]


@pytest.mark.parametrize("status", sorted(get_args(Status)))
def test_neighbours_find_what_staff_work_on_in_a_named_public_place(status: Any) -> None:
    for area, where, named in (("public", "门", True), ("public", None, False), ("unit", "门", False)):
        issue = make_issue(area=area, location=where, status=status)
        assert rules.is_shared(issue) is (named and status in rules.WORK)
        assert rules.owner_actions(issue, "neighbour", NOW) == (["follow"] if rules.is_shared(issue) else [])


def test_nobody_finds_or_follows_where_they_have_no_home(
    portal: Portal, people: People, place: Place, broken: IssueFile
) -> None:
    for who in (people.cedar_owner, people.clerk, people.manager):
        with pytest.raises(NotFound):
            _similar(portal, who, place_id=place.id)
        with pytest.raises(NotFound):
            _follow(portal, who, broken)
    with pytest.raises(Invalid):
        _similar(portal, people.neighbour, category_id="nothing", place_id=place.id)
    assert _similar(portal, people.cedar_owner, community_id="cedar", place_id=place.id) == []


def test_an_issue_at_home_can_be_followed_by_nobody(portal: Portal, people: People) -> None:
    file = report(portal=portal, by=people.owner)
    with pytest.raises(NotFound):
        _follow(portal, people.neighbour, file)
    with pytest.raises(NotFound):
        following.follow(portal, people.neighbour, "01K00000000000000000000000", None, NOW)


def test_a_follower_has_it_in_the_list_and_gets_the_same_messages(
    portal: Portal, people: People, broken: IssueFile
) -> None:
    neighbour = people.neighbour
    _follow(portal, neighbour, broken)
    found, _ = listing.own(portal, neighbour, 10, None, None)
    assert [issue.id for issue in found] == [broken.issue.id]
    step(portal=portal, by=people.clerk, file=broken, to="acknowledged", now=LATER)
    outbox.sweep(portal, LATER + timedelta(minutes=1))
    for person in (people.owner, neighbour):
        newest = inbox.read(portal, person, 5, None, "en", LATER)[0][0]
        assert (newest.issue_id, "has read" in newest.text) == (broken.issue.id, True)


def test_following_twice_and_following_ones_own_change_nothing(
    portal: Portal, people: People, broken: IssueFile
) -> None:
    first = _follow(portal, people.neighbour, broken)
    again = _follow(portal, people.neighbour, broken)
    own = _follow(portal, people.owner, broken)
    assert first.followers == again.followers == own.followers == [people.neighbour.id]
    assert _file(portal, broken).issue.follows == 1


def test_who_follows_no_longer_has_it_no_more_and_hears_no_more(
    portal: Portal, people: People, broken: IssueFile
) -> None:
    neighbour = people.neighbour
    _follow(portal, neighbour, broken)
    following.unfollow(portal, neighbour, broken.issue.id, LATER)
    with pytest.raises(NotFound):
        access.for_owner(portal, neighbour, broken.issue.id)
    with pytest.raises(NotFound):
        following.unfollow(portal, neighbour, broken.issue.id, LATER)
    assert listing.own(portal, neighbour, 10, None, None)[0] == []
    step(portal=portal, by=people.clerk, file=broken, to="acknowledged", now=LATER)
    outbox.sweep(portal, LATER + timedelta(minutes=1))
    assert inbox.read(portal, neighbour, 5, None, "en", LATER)[0] == []
    following.unfollow(portal, people.owner, broken.issue.id, LATER)
    assert access.for_owner(portal, people.owner, broken.issue.id)[1] == "reporter"
    assert _follow(portal, neighbour, broken).followers == [neighbour.id]


def test_the_api_shows_neighbours_what_is_open_and_neither_name_nor_home(
    caller: Any, site: Portal, people: People, place: Place, broken: IssueFile
) -> None:
    neighbour, path = caller("neighbour"), f"/issues/{broken.issue.id}/follow"
    asked = f"/issues/similar?community_id=maple&category_id=lift&place_id={place.id}"
    assert neighbour.api("GET", f"/issues/{broken.issue.id}").status == 404
    (item,) = neighbour.api("GET", asked).json["items"]
    assert (item["relation"], item["allowed_actions"], item["place_id"]) == (
        "neighbour",
        ["follow"],
        place.id,
    )
    assert (item["unit_id"], item["unit_label"], item["rating"]) == (None, None, None)
    assert "王秀英" not in str(item)
    followed = neighbour.api("POST", path, key="follow-key-1")
    assert (followed.status, followed.json["relation"]) == (200, "follower")
    assert set(followed.json["allowed_actions"]) == {"message", "urge"}
    assert neighbour.api("POST", path, key="follow-key-1").json == followed.json
    assert neighbour.api("GET", asked).json["items"][0]["relation"] == "follower"
    assert neighbour.api("GET", "/issues").json["items"][0]["unit_label"] is None
    assert caller("owner").api("GET", asked).json["items"][0]["relation"] == "reporter"
    assert caller("owner").api("POST", path).json["relation"] == "reporter"
    assert neighbour.api("DELETE", path).status == 204
    assert neighbour.api("DELETE", path).status == 404
    assert caller("cedar_owner").api("GET", asked).status == 404
    assert neighbour.api("GET", "/issues/similar?community_id=maple").status == 422


def test_a_follower_learns_neither_when_somebody_is_at_home_nor_what_they_thought(
    caller: Any, site: Portal, people: People, place: Place
) -> None:
    windows = [Window(start=NOW + timedelta(days=1), end=NOW + timedelta(days=1, hours=3))]
    file = bring_to(
        portal=site,
        people=people,
        status="assigned",
        category_id="lift",
        place_id=place.id,
        visit_windows=windows,
    )
    neighbour = caller("neighbour")
    neighbour.api("POST", f"/issues/{file.issue.id}/follow")
    owner, path = caller("owner"), f"/issues/{file.issue.id}"
    file = step(portal=site, by=people.technician, file=file, to="in_progress")
    step(portal=site, by=people.technician, file=file, to="resolved")
    marks = {"professionalism": 1, "attitude": 1, "efficiency": 1, "comment": "太慢了"}
    assert owner.api("PUT", f"{path}/rating", marks).status == 200
    mine, theirs = owner.api("GET", path).json, neighbour.api("GET", path).json
    assert (len(mine["visit_windows"]), mine["rating"]["comment"]) == (1, "太慢了")
    assert (theirs["visit_windows"], theirs["rating"]) == ([], None)
    assert "太慢了" not in str(theirs)


def test_a_report_for_a_place_that_is_not_there_is_refused(caller: Any, site: Portal, place: Place) -> None:
    body = {"unit_id": "cedar-2-201", "category_id": "lift", "description": "抖"}
    for place_id in (place.id, "abcdefgh", "nothing"):
        page = caller("cedar_owner").api("POST", "/issues", {**body, "place_id": place_id})
        assert (page.status, page.json["errors"][0]["field"]) == (422, "place_id")


def test_what_was_typed_before_following_goes_into_the_box_for_a_message(
    signed_in: Any, site: Portal, people: People, place: Place, broken: IssueFile
) -> None:
    neighbour: Browser = signed_in("neighbour")
    fields = {"category_id": "lift", "description": "门还夹人"}
    check = neighbour.post(f"/p/{place.id}", fields, follow=True)
    assert "电梯抖" in check.text
    draft_id = check.url.rsplit("/", 1)[1]
    for _ in range(2):
        followed = neighbour.post(f"/issues/{broken.issue.id}/follow", {"draft_id": draft_id}, follow=True)
        assert followed.url.startswith(f"/issues/{broken.issue.id}")
    assert neighbour.get(check.url).headers["location"] == f"/issues/{broken.issue.id}"
    assert "门还夹人" in neighbour.get(f"/issues/{broken.issue.id}?kept=1&again=1").text
    assert (
        neighbour.post(f"{check.url}/send", {}).headers["location"].startswith(f"/issues/{broken.issue.id}")
    )
    assert _file(site, broken).followers == [people.neighbour.id]


@pytest.mark.parametrize(
    "draft_id", ["", "x", "../..", "a\r\nb", "//evil.example", "01K00000000000000000000000"]
)
def test_a_made_up_draft_changes_nothing_about_following(
    signed_in: Any, site: Portal, people: People, broken: IssueFile, draft_id: str
) -> None:
    page = signed_in("neighbour").post(f"/issues/{broken.issue.id}/follow", {"draft_id": draft_id})
    assert (page.status, page.headers["location"]) == (303, f"/issues/{broken.issue.id}")


def test_who_comes_too_late_to_follow_is_led_back_to_the_report(
    signed_in: Any, site: Portal, people: People, place: Place
) -> None:
    fixed = bring_to(portal=site, people=people, status="resolved", category_id="lift", place_id=place.id)
    neighbour: Browser = signed_in("neighbour")
    check = neighbour.post(f"/p/{place.id}", {"category_id": "lift", "description": "又坏了"}, follow=True)
    draft_id = check.url.rsplit("/", 1)[1]
    page = neighbour.post(f"/issues/{fixed.issue.id}/follow", {"draft_id": draft_id})
    assert page.headers["location"] == check.url
    assert "又坏了" in neighbour.get(check.url).text


def _neighbours(portal: Portal, number: int) -> list[Person]:
    from chalicelib.accounts import store as accounts
    from chalicelib.accounts.models import Person as Somebody

    rows = [f"maple,7,{n},maple-7-{n},邻居,+86137{n:08d},owner" for n in range(number)]
    import_people(
        portal=portal, text="community_id,building,unit,unit_id,name,phone,role\n" + "\n".join(rows)
    )
    found = [accounts.find_by_phone(portal.db, portal.keys, f"+86137{n:08d}") for n in range(number)]
    return [Somebody.model_construct(**dict(one), session="SESSION#test") for one in found if one]


def test_ten_neighbours_following_at_once_all_follow(
    portal: Portal, people: People, broken: IssueFile
) -> None:
    neighbours = _neighbours(portal, 10)
    works = [lambda who=who: _follow(portal, who, broken) for who in neighbours]
    results = race(works)
    assert codes(results) == ["ok"] * 10
    after = _file(portal, broken)
    assert sorted(after.followers) == sorted(who.id for who in neighbours)


def test_one_neighbours_taps_at_once_follow_once(portal: Portal, people: People, broken: IssueFile) -> None:
    neighbour, key = people.neighbour, make_key(of=people.neighbour)
    follow = lambda: following.follow(portal, neighbour, broken.issue.id, key, LATER)  # noqa: E731
    assert codes(race([follow] * 6)) == ["ok"] * 6
    after = _file(portal, broken)
    assert (after.followers, after.issue.follows) == ([neighbour.id], 1)


def test_whoever_follows_while_it_is_merged_goes_along_or_is_told(
    portal: Portal, people: People, place: Place
) -> None:
    neighbours, clerk = _neighbours(portal, 5), people.clerk
    for who in neighbours:
        source = report(portal=portal, by=people.owner, category_id="lift", place_id=place.id)
        target = report(portal=portal, by=people.neighbour, unit_id="maple-1-102")
        body = Transition(to="merged", version=1, merge_into=target.issue.id)
        followed, merged = race(
            [
                lambda w=who, s=source: _follow(portal, w, s),  # type: ignore[misc]
                lambda s=source, b=body: desk.transition(portal, clerk, s.issue.id, b, None, LATER),  # type: ignore[misc]
            ]
        )
        assert not isinstance(merged, Exception)
        assert (who.id in _file(portal, target).followers) is not isinstance(followed, Exception)


def test_whoever_follows_while_it_is_closed_hears_of_it_or_is_told(
    portal: Portal, people: People, place: Place
) -> None:
    neighbours, owner = _neighbours(portal, 5), people.owner
    for who in neighbours:
        file = report(portal=portal, by=owner, category_id="lift", place_id=place.id)
        followed, cancelled = race(
            [
                lambda w=who, f=file: _follow(portal, w, f),  # type: ignore[misc]
                lambda f=file: owner_step(portal=portal, by=owner, file=f, action="cancel", now=LATER),  # type: ignore[misc]
            ]
        )
        assert not isinstance(cancelled, Exception)
        outbox.sweep(portal, LATER + timedelta(minutes=1))
        heard = [m for m in inbox.read(portal, who, 9, None, "en", LATER)[0] if m.issue_id == file.issue.id]
        assert bool(heard) is not isinstance(followed, Exception)


def test_who_follows_between_reading_and_writing_of_a_message_hears_of_it(
    portal: Portal, people: People, broken: IssueFile, engine_client: RecordingClient
) -> None:
    neighbour = people.neighbour
    meanwhile = Meanwhile("transact_write_items", lambda: _follow(portal, neighbour, broken))
    with engine_client.failing(meanwhile):
        service.message(portal, people.owner, broken.issue.id, WriteMessage(text="还在抖"), None, LATER)
    outbox.sweep(portal, LATER + timedelta(minutes=1))
    assert "new message" in inbox.read(portal, neighbour, 5, None, "en", LATER)[0][0].text


def test_nobody_follows_and_ceases_to_follow_all_day(
    engine_client: RecordingClient, portal: Portal, people: People, broken: IssueFile
) -> None:
    """Each time, steps that somebody is just taking are judged anew: done all the time, none would get through."""
    few = dataclasses.replace(portal, settings=make_settings(follows_per_day=2))
    for _ in range(2):
        _follow(few, people.neighbour, broken)
        following.unfollow(few, people.neighbour, broken.issue.id, LATER)
    with pytest.raises(TooMany):
        _follow(few, people.neighbour, broken)
    assert _file(portal, broken).followers == []
    later = LATER + timedelta(days=1)
    following.follow(few, people.neighbour, broken.issue.id, None, later)
