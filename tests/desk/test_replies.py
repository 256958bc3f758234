"""Ready-made replies: kept within bounds, filled in for the issue, and telling nothing that is not theirs to tell."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.communities import store as communities
from chalicelib.desk import own, own_store, replies
from chalicelib.desk.own_models import SaveReply
from chalicelib.desk.policy import MAX_REPLIES
from chalicelib.desk.reply_rules import PLACEHOLDERS, fill, shown
from chalicelib.errors import Forbidden, Invalid, NotFound, VersionConflict
from chalicelib.issues import store
from chalicelib.issues.models import IssueFile
from chalicelib.portal import Portal
from tests.factories import NOW, People, bring_to, report, step
from tests.racing import codes, race

ALL = " ".join("{" + name + "}" for name in PLACEHOLDERS)


def _ready(portal: Portal, people: People, file: IssueFile, locale: str = "en") -> dict[str, str]:
    found = replies.around(portal, people.clerk, file)
    zone = communities.get(portal.db, "maple").zone
    return {one.id: one.text for one in replies.ready(found, file, people.clerk, locale, zone, NOW)}


def _save(portal: Portal, by: Any, of: str | None = None, **more: Any) -> None:
    own.save_reply(portal, by, of, SaveReply(**{"id": "r1", "title": "马上", "text": ALL, **more}))


def test_words_in_braces_are_filled_in_without_names_or_numbers_of_owners(
    portal: Portal, people: People
) -> None:
    _save(portal, people.clerk)
    file = bring_to(portal=portal, people=people, status="assigned")
    text = _ready(portal, people, file)["r1"]
    assert text == f"王* {file.issue.number} 水管下水 1-101 王师傅 {{visit}} 明天 10:00 李静 400-800-0000"


def test_braces_may_be_written_in_chinese_too(portal: Portal, people: People) -> None:
    written = "{业主} {单号} {类别} {位置} {师傅} {上门时间} {承诺时间} {我} {物业电话} {别的}"
    _save(portal, people.clerk, text=written)
    file = bring_to(portal=portal, people=people, status="assigned")
    wanted = (
        f"王* {file.issue.number} 水管下水 1-101 王师傅 {{上门时间}} 明天 10:00 李静 400-800-0000 {{别的}}"
    )
    assert _ready(portal, people, file)["r1"] == wanted
    assert [name for _, name in shown("zh-CN")] == [name for _, name in shown("en")] == list(PLACEHOLDERS)
    assert shown("zh-CN")[4] == ("师傅", "assignee")


def test_followers_do_not_learn_whose_home_it_is(portal: Portal, people: People) -> None:
    _save(portal, people.clerk)
    file = report(portal=portal, by=people.owner)
    other = report(portal=portal, by=people.neighbour, unit_id="maple-1-102")
    step(portal=portal, by=people.clerk, file=other, to="merged", merge_into=file.issue.id)
    followed = store.load(portal.db, portal.keys, file.issue.id)
    assert followed is not None
    assert "1-101" not in _ready(portal, people, followed)["r1"]


@given(text=st.text(st.sampled_from("{}namevisitmx ")), value=st.text())
def test_what_is_unknown_stays_and_what_is_filled_in_is_not_read_again(text: str, value: str) -> None:
    assert fill(text, {}) == text
    assert fill("{name}", {"name": "{me}", "me": "x"}) == "{me}"
    assert fill("a{name}b{nobody}", {"name": value}) == f"a{value or '{name}'}b{{nobody}}"


def test_the_company_has_replies_in_both_languages(portal: Portal, people: People) -> None:
    file = report(portal=portal, by=people.owner)
    ids = {one.id for one in replies.company_replies()}
    assert ids
    assert ids <= set(_ready(portal, people, file))
    for one in replies.company_replies():
        for words in (one.title, one.text):
            assert words.zh != words.en
        assert set(PLACEHOLDERS) >= {name for name in PLACEHOLDERS if "{" + name in one.text.zh}


def test_replies_are_added_changed_and_deleted_once_however_often_sent(
    portal: Portal, people: People
) -> None:
    clerk, key = people.clerk, own_store.own_key(people.clerk.id)
    for _ in range(2):
        _save(portal, clerk)
    for _ in range(2):
        _save(portal, clerk, text="十分钟到", version=1)
    with pytest.raises(VersionConflict):
        _save(portal, clerk, text="一小时到", version=1)
    (kept,) = own_store.from_item(portal.db.get(key)).replies
    assert (kept.text, kept.version) == ("十分钟到", 2)
    for _ in range(2):
        own.delete_reply(portal, clerk, None, "r1")
    assert own_store.from_item(portal.db.get(key)).replies == []


def test_they_are_bounded_in_number_and_length(portal: Portal, people: People) -> None:
    for number in range(MAX_REPLIES):
        _save(portal, people.clerk, id=f"r{number}")
    with pytest.raises(Invalid):
        _save(portal, people.clerk, id="more")
    _save(portal, people.clerk, id="r0", text="改一改", version=1)
    for fields in ({"text": "好" * 501}, {"title": "好" * 41}, {"text": " "}, {"id": "x" * 65}):
        with pytest.raises(ValueError, match="1 validation error"):
            SaveReply(**{"id": "r1", "title": "马上", "text": "好", **fields})


def test_changes_at_once_are_all_kept(portal: Portal, people: People) -> None:
    manager = people.manager
    results = race([lambda n=n: _save(portal, manager, "maple", id=f"r{n}") for n in range(4)])  # type: ignore[misc]
    assert codes(results) == ["ok"] * 4
    kept = own_store.from_item(portal.db.get(own_store.shared_key("maple"))).replies
    assert sorted(one.id for one in kept) == ["r0", "r1", "r2", "r3"]


def test_a_communitys_replies_are_its_managers_to_change(portal: Portal, people: People) -> None:
    _save(portal, people.manager, "maple")
    for who in (people.clerk, people.technician, people.auditor):
        with pytest.raises(Forbidden):
            _save(portal, who, "maple")
    with pytest.raises(NotFound):
        _save(portal, people.cedar_manager, "maple")
    with pytest.raises(Forbidden):
        _save(portal, people.auditor)
    assert "r1" in _ready(portal, people, report(portal=portal, by=people.owner))


def test_insert_fills_the_form_in_and_sends_nothing(portal: Portal, people: People, signed_in: Any) -> None:
    file = report(portal=portal, by=people.owner)
    clerk, path = signed_in("clerk"), f"/desk/issues/{file.issue.id}"
    form = {
        "text": "您好",
        "reply": "more_photos",
        "insert": "1",
        "internal": "1",
        "version": "1",
        "key": "form-key-9",
    }
    page = clerk.post(f"{path}/message?lang=en", form)
    assert page.status == 200
    shown = page.text.split('id="message"')[1].split('name="text"')[1].split("</textarea>")[0]
    assert shown.split(">")[1].strip().startswith("您好\n\n您好，为了让师傅带对工具")
    assert 'name="internal" value="1" checked' in page.text
    after = store.load(portal.db, portal.keys, file.issue.id)
    assert after is not None
    assert len(after.timeline) == 1


def test_the_page_keeps_what_was_typed_when_it_can_not_be_kept(people: People, signed_in: Any) -> None:
    clerk = signed_in("clerk")
    page = clerk.post("/desk/replies", {"key": "form-key-2", "title": " ", "text": "马上到", "version": "0"})
    assert (page.status, "马上到" in page.text) == (422, True)
    page = clerk.post("/desk/replies", {"key": "form-key-2", "title": "马上", "text": "马上到"}, follow=True)
    assert (page.status, "马上到" in page.text) == (200, True)
    gone = clerk.post("/desk/replies", {"delete": "form-key-2"}, follow=True)
    assert "马上到" not in gone.text
    assert clerk.post("/desk/replies", {"of": "cedar", "delete": "x"}).status == 404
