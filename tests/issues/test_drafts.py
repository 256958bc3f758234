"""A report on its way: nothing typed is lost, and sending it twice makes one issue."""

from datetime import timedelta
from functools import partial

import pytest

from chalicelib.errors import NotFound
from chalicelib.ids import new_id
from chalicelib.issues import drafts, store
from chalicelib.photos import service as photos
from chalicelib.portal import Portal
from tests.browser import Browser
from tests.factories import NOW, People, make_report
from tests.racing import codes, race
from tests.recording import Once, RecordingClient, refusal


def test_sending_a_draft_many_times_at_once_makes_one_issue(portal: Portal, people: People) -> None:
    owner = people.owner
    draft = drafts.begin(portal, owner, make_report(), NOW)
    results = race([lambda: drafts.send(portal, owner, draft, NOW)] * 8)
    assert len(set(results)) == 1, results
    assert len(store.own_issues(portal.db, owner.id, 10, None).items) == 1
    assert drafts.get(portal, owner, draft.id).issue_id == results[0]


def test_a_draft_whose_sending_broke_off_is_sent_once_by_the_next_try(
    portal: Portal, people: People, engine_client: RecordingClient
) -> None:
    owner = people.owner
    for after, at in ((False, 0), (True, 0), (False, 1), (True, 1)):
        draft = drafts.begin(portal, owner, make_report(description=f"{after} {at}"), NOW)
        fault = Once("transact_write_items", refusal("ThrottlingException"), at=at)
        with engine_client.failing(fault, after=after):
            race([lambda d=draft: drafts.send(portal, owner, d, NOW)])  # type: ignore[misc]
        assert fault.struck
        drafts.send(portal, owner, drafts.get(portal, owner, draft.id), NOW)
    assert len(store.own_issues(portal.db, owner.id, 10, None).items) == 4


def test_words_changed_in_another_tab_make_no_second_issue(portal: Portal, people: People) -> None:
    owner = people.owner
    draft = drafts.begin(portal, owner, make_report(), NOW)
    drafts.rewrite(portal, owner, draft.id, make_report(description="别的话"), NOW)
    first = drafts.send(portal, owner, draft, NOW)
    assert drafts.send(portal, owner, drafts.get(portal, owner, draft.id), NOW) == first


def test_photos_added_at_once_are_all_kept(portal: Portal, people: People) -> None:
    owner = people.owner
    draft = drafts.begin(portal, owner, make_report(), NOW)
    ids = [photos.start_plain(portal, owner, NOW) for _ in range(5)]
    results = race([lambda p=p: drafts.add_photo(portal, owner, draft.id, p, NOW) for p in ids])  # type: ignore[misc]
    assert codes(results) == ["ok"] * 5
    kept = drafts.get(portal, owner, draft.id).report.photo_ids
    assert sorted(kept) == sorted(ids)
    drafts.add_photo(portal, owner, draft.id, ids[0], NOW)
    assert drafts.get(portal, owner, draft.id).report.photo_ids == kept
    drafts.drop_photos(portal, owner, draft.id, {ids[0]}, NOW)
    assert ids[0] not in drafts.get(portal, owner, draft.id).report.photo_ids


def test_a_draft_takes_at_most_nine_photos(portal: Portal, people: People) -> None:
    draft = drafts.begin(portal, people.owner, make_report(), NOW)
    for number in range(11):
        drafts.add_photo(portal, people.owner, draft.id, f"photo-{number}", NOW)
    assert len(drafts.get(portal, people.owner, draft.id).report.photo_ids) == 9


def test_photos_are_put_in_order_and_none_is_lost_by_it(portal: Portal, people: People) -> None:
    owner = people.owner
    draft = drafts.begin(portal, owner, make_report(photo_ids=["a", "b", "c"]), NOW)
    drafts.order_photos(portal, owner, draft.id, ["c", "x", "a", "c"], NOW)
    assert drafts.get(portal, owner, draft.id).report.photo_ids == ["c", "a", "b"]


@pytest.mark.parametrize(("field", "order"), [("earlier", "bac"), ("later", "acb")])
def test_a_photo_is_moved_one_place_without_scripts(
    site: Portal, people: People, field: str, order: str
) -> None:
    draft = drafts.begin(site, people.owner, make_report(photo_ids=["a", "b", "c"]), NOW)
    browser = Browser(cookies={"session": people.token("owner")})
    page = browser.post(f"/issues/new/{draft.id}/order", {"photo_ids": ["a", "b", "c"], field: "b"})
    assert (page.status, page.headers["location"]) == (303, f"/issues/new/{draft.id}")
    assert drafts.get(site, people.owner, draft.id).report.photo_ids == list(order)


def test_a_report_kept_under_the_phones_own_id_is_one_draft(portal: Portal, people: People) -> None:
    owner, draft_id = people.owner, new_id(NOW)
    reports = [make_report(description=f"{n}") for n in range(4)]
    results = race([partial(drafts.keep, portal, owner, draft_id, report, NOW) for report in reports])
    assert codes(results) == ["ok"] * 4
    drafts.keep(portal, owner, draft_id, make_report(description="最后"), NOW)
    assert drafts.get(portal, owner, draft_id).report.description == "最后"
    with pytest.raises(NotFound):
        drafts.keep(portal, owner, "nonsense", make_report(), NOW)


@pytest.mark.parametrize("phone_first", [True, False], ids=["the phone first", "the page first"])
def test_a_report_sent_by_the_phone_and_by_its_page_is_one_issue(
    site: Portal, people: People, phone_first: bool
) -> None:
    owner = people.owner
    draft = drafts.begin(site, owner, make_report(), NOW)
    browser = Browser(cookies={"session": people.token("owner")})
    body = {"unit_id": "maple-1-101", "category_id": "plumbing", "description": "手机里的话"}
    by_phone = browser.api("POST", "/issues", body, key=draft.id) if phone_first else None
    by_page = browser.post(f"/issues/new/{draft.id}/send", {})
    issues = store.own_issues(site.db, owner.id, 10, None).items
    assert len(issues) == 1
    assert by_page.headers["location"].startswith(f"/issues/{issues[0]['issue_id']}?")
    if by_phone is None:
        again = browser.api("POST", "/issues", body, key=draft.id)
        assert (again.status, again.json["code"]) == (422, "idempotency_mismatch")
    else:
        assert by_phone.json["id"] == issues[0]["issue_id"]


def test_a_draft_is_its_owners_alone(portal: Portal, people: People) -> None:
    draft = drafts.begin(portal, people.owner, make_report(), NOW)
    for draft_id in (draft.id, "nonsense", ""):
        with pytest.raises(NotFound):
            drafts.get(portal, people.neighbour, draft_id)


def test_an_expired_session_gives_back_what_was_typed_after_signing_in(site: Portal, people: People) -> None:
    typed = {"unit_id": "maple-1-101", "category_id": "plumbing", "description": "水漏到楼下了"}
    page = Browser(cookies={"session": "gone"}).post("/issues/new", typed)
    assert page.status == 401
    assert "水漏到楼下了" in page.text
    assert page.value("next") == "/issues/new"


def test_a_double_tap_on_the_pages_makes_one_issue(site: Portal, people: People) -> None:
    draft = drafts.begin(site, people.owner, make_report(), NOW + timedelta(minutes=1))
    browser = Browser(cookies={"session": people.token("owner")})
    pages = race([lambda: browser.post(f"/issues/new/{draft.id}/send", {})] * 4)
    assert [page.status for page in pages] == [303] * 4
    assert len({page.headers["location"] for page in pages}) == 1
    assert len(store.own_issues(site.db, people.owner.id, 10, None).items) == 1


def test_other_words_in_the_form_of_a_sent_report_are_another_report(portal: Portal, people: People) -> None:
    """Back in the browser shows the form again: what is written there then must not vanish into the old issue."""
    owner, draft_id = people.owner, new_id(NOW)
    first = drafts.keep(portal, owner, draft_id, make_report(description="厨房漏水"), NOW)
    drafts.add_photo(portal, owner, draft_id, "photo-1", NOW)
    issue_id = drafts.send(portal, owner, first, NOW)
    again = drafts.keep(portal, owner, draft_id, make_report(description="厨房漏水"), NOW)
    assert (again.id, again.issue_id) == (draft_id, issue_id)
    other = drafts.keep(portal, owner, draft_id, make_report(description="客厅的灯不亮"), NOW)
    assert (other.id == draft_id, other.issue_id) == (False, None)
    assert drafts.send(portal, owner, other, NOW) != issue_id
