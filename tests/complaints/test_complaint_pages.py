"""Complaints over their pages and the API: nothing typed is lost, nobody reads what is not theirs."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.complaints import listing, store
from chalicelib.inbox import outbox
from chalicelib.portal import Portal
from tests.browser import Browser, Page
from tests.factories import NOW, PHONES, People, report
from tests.factories_complaints import complain, complaint_step, handle

TYPED = {"kind": "complaint", "category": "service", "content": "秘密的投诉", "unit_id": "maple-1-101"}
#: What only the person and the office may read.
PRIVATE = ("王秀英", PHONES["owner"], PHONES["owner"].removeprefix("+86"))


def _sent(page: Page) -> str:
    assert page.status == 303, page.text
    return page.headers["location"].rsplit("/", 1)[-1]


def test_a_double_tap_sends_one_and_leads_to_it(portal: Portal, people: People, signed_in: Any) -> None:
    owner = signed_in("owner")
    form = owner.get("/feedback/new?kind=complaint")
    fields = {**TYPED, "key": form.value("key")}
    assert _sent(owner.post("/feedback/new", fields)) == _sent(owner.post("/feedback/new", fields))
    assert len(listing.own(portal, people.owner, 9, None)[0]) == 1


def test_what_was_typed_comes_back_with_what_is_wrong(signed_in: Any) -> None:
    owner = signed_in("owner")
    page = owner.post("/feedback/new", {**TYPED, "category": ""})
    assert page.status == 422
    assert "秘密的投诉" in page.text
    assert 'href="#f-category"' in page.text


def test_what_was_typed_survives_an_expired_session(people: People, signed_in: Any) -> None:
    owner = signed_in("owner")
    owner.cookies.clear()
    page = owner.post("/feedback/new", {**TYPED, "key": "form-key-1"})
    assert page.status == 401
    assert 'name="resume.content"' in page.text
    assert "秘密的投诉" in page.text


def test_an_issues_page_leads_to_a_complaint_about_it(portal: Portal, people: People, signed_in: Any) -> None:
    issue = report(portal=portal, by=people.owner).issue
    owner = signed_in("owner")
    assert f"/feedback/new?kind=complaint&amp;issue={issue.id}" in owner.get(f"/issues/{issue.id}").text
    form = owner.get(f"/feedback/new?kind=complaint&issue={issue.id}")
    assert issue.number in form.text
    made = _sent(owner.post("/feedback/new", {**TYPED, "issue_id": form.value("issue_id")}))
    assert issue.number in owner.get(f"/feedback/{made}").text
    theirs = signed_in("neighbour").get(f"/feedback/new?kind=complaint&issue={issue.id}")
    assert issue.number not in theirs.text


def test_the_office_reads_masked_names_and_the_phone_only_when_it_asks(
    portal: Portal, people: People, signed_in: Any
) -> None:
    file = complain(portal=portal, by=people.owner)
    clerk, path = signed_in("clerk"), f"/desk/complaints/{file.complaint.id}"
    for page in (clerk.get("/desk/complaints"), clerk.get(path), clerk.get("/api/v1/desk/complaints")):
        assert page.status == 200
        assert not [secret for secret in PRIVATE if secret in page.text]
    assert "王*" in clerk.get(path).text
    asked = clerk.post(f"{path}/contact", {})
    assert "王秀英" in asked.text
    assert PHONES["owner"] in asked.text


def test_an_auditor_reads_the_case_without_home_name_and_letter(
    portal: Portal, people: People, caller: Any, signed_in: Any
) -> None:
    file = complain(portal=portal, by=people.owner)
    for do in ("start", "conclude", "decide", "reply"):
        file = complaint_step(portal=portal, by=people.manager, file=file, do=do)
    auditor = caller("auditor")
    seen = auditor.api("GET", f"/desk/complaints/{file.complaint.id}").json
    assert (seen["person_masked"], seen["unit_label"], seen["unit_id"]) == ("王*", "", None)
    assert seen["allowed_actions"] == []
    assert auditor.api("GET", f"/desk/complaints/{file.complaint.id}/letter").status == 403
    page = signed_in("auditor").get(f"/desk/complaints/{file.complaint.id}").text
    assert not [secret for secret in (*PRIVATE, "1-101", "/step", "/contact") if secret in page]


def test_the_person_reads_the_reply_and_nothing_of_what_was_worked_out(
    portal: Portal, people: People, caller: Any
) -> None:
    file = complain(portal=portal, by=people.owner)
    secrets = {"conclude": "秘密的调查", "decide": "秘密的意见", "reply": "我们的答复"}
    for do in ("start", *secrets):
        file = complaint_step(
            portal=portal, by=people.manager, file=file, do=do, text=secrets.get(do), decision="秘密的决定"
        )
    handle(portal=portal, by=people.clerk, file=file, do="call_back", satisfied=True, text="秘密的回访")
    owner = caller("owner")
    seen = owner.api("GET", f"/complaints/{file.complaint.id}")
    assert "秘密" not in seen.text
    assert seen.json["reply"] == "我们的答复"
    assert [row["step"] for row in seen.json["timeline"]] == [
        "file",
        "start",
        "conclude",
        "decide",
        "reply",
        None,
    ]
    letter = owner.api("GET", f"/complaints/{file.complaint.id}/letter").json["url"]
    assert re.search(rf"/letters/{file.complaint.id}/\w+\.pdf\?.*X-Amz-Signature=", letter)


def test_each_side_reads_the_stage_in_words_that_fit_what_comes_next(
    portal: Portal, people: People, signed_in: Any
) -> None:
    file = complain(portal=portal, by=people.owner)
    badges = {}
    for do in ("start", "conclude", "decide"):
        file = complaint_step(portal=portal, by=people.manager, file=file, do=do)
        pages = (
            signed_in("owner").get(f"/feedback/{file.complaint.id}"),
            signed_in("manager").get(f"/desk/complaints/{file.complaint.id}"),
        )
        badges[do] = [re.search(r'class="badge[^>]*>.*?</svg>([^<]*)<', page.text) for page in pages]
    told = {do: tuple(found[1] for found in both if found) for do, both in badges.items()}
    assert (told["conclude"], told["decide"]) == (("研究处理办法", "拟定意见"), ("准备答复", "准备答复"))


def test_a_case_says_what_and_when_its_likely_double_was(
    portal: Portal, people: People, signed_in: Any
) -> None:
    first = complain(portal=portal, by=people.owner, now=NOW - timedelta(days=30))
    second = complain(portal=portal, by=people.owner)
    text = signed_in("manager").get(f"/desk/complaints/{second.complaint.id}").text
    card = text[text.index("可能是重复投诉") :]
    assert card.index(first.complaint.number) < card.index("服务 · ") < card.index("10月21日")


def test_a_letter_is_previewed_as_it_will_be_sent_and_nothing_is_sent_by_that(
    portal: Portal, people: People, signed_in: Any
) -> None:
    file = complain(portal=portal, by=people.owner)
    for do in ("start", "conclude", "decide"):
        file = complaint_step(portal=portal, by=people.manager, file=file, do=do)
    manager, path = signed_in("manager"), f"/desk/complaints/{file.complaint.id}"
    assert "加强培训" in manager.get(path).text, "the draft holds the decision"
    fields = {"step": "reply", "version": 4, "text": "我们的答复", "key": "form-key-1"}
    page = manager.post(f"{path}/step", {**fields, "preview": 1})
    assert page.status == 200
    assert page.text.count("我们的答复") == 2, "in the letter, and kept in the form"
    assert re.search(r"日期：\d{4}年\d{1,2}月\d{1,2}日<", page.text)
    assert '<p class="pre"></p>' not in page.text, "the paragraphs' own gaps are enough"
    kept = store.load(portal.db, portal.keys, file.complaint.id)
    assert kept is not None
    assert kept.complaint.stage == "opinion"
    assert manager.post(f"{path}/step", fields).status == 303
    assert manager.post(f"{path}/step", fields).status == 303, "a double tap"


def test_the_second_of_two_clerks_keeps_the_words_and_is_told(
    portal: Portal, people: People, signed_in: Any
) -> None:
    file = complain(portal=portal, by=people.owner)
    complaint_step(portal=portal, by=people.manager, file=file, do="start")
    fields = {"step": "conclude", "version": 1, "text": "写了很久的调查", "key": "form-key-1"}
    page = signed_in("clerk").post(f"/desk/complaints/{file.complaint.id}/step", fields)
    assert page.status == 409
    assert "写了很久的调查" in page.text


def test_the_weekly_list_comes_as_a_file_without_names_and_words(
    portal: Portal, people: People, signed_in: Any
) -> None:
    file = complain(portal=portal, by=people.owner, content="秘密的投诉")
    assert signed_in("manager").get("/desk/complaints/hard.csv").text.count("\n") == 1
    file = handle(portal=portal, by=people.manager, file=file, do="assign", departments=["legal", "property"])
    page = signed_in("manager").get("/desk/complaints/hard.csv")
    rows = list(csv.DictReader(io.StringIO(page.text.removeprefix("\ufeff"))))
    assert [row["number"] for row in rows] == [file.complaint.number]
    assert "attachment" in page.headers["content-disposition"]
    assert not [secret for secret in (*PRIVATE, "秘密") if secret in page.text]
    assert file.complaint.number in signed_in("manager").get("/desk/complaints/hard").text


def test_departments_are_chosen_on_their_page_and_none_can_be_left_without(
    portal: Portal, people: People, signed_in: Any
) -> None:
    manager, path = signed_in("manager"), "/desk/complaints/departments"
    even = {"service": "legal", "product": "legal", "environment": "legal"}
    page = manager.post(path, {"community_id": "maple", "version": 0, **even})
    assert page.status == 422
    assert 'href="#f-other"' in page.text
    fields = {"community_id": "maple", "version": 0, **even, "other": ["legal", "property"]}
    assert manager.post(path, fields).status == 303
    assert manager.post(path, {**fields, "service": "property"}).status == 409
    found = Browser(token=people.token("clerk")).api("GET", "/desk/complaint-departments").json
    assert (found["other"], found["version"]) == (["legal", "property"], 1)


def test_messages_about_complaints_lead_to_them(portal: Portal, people: People, signed_in: Any) -> None:
    file = complain(portal=portal, by=people.owner)
    outbox.sweep(portal, NOW.replace(year=2027))
    assert f'href="/feedback/{file.complaint.id}"' in signed_in("owner").get("/inbox").text
    assert f'href="/desk/complaints/{file.complaint.id}"' in signed_in("clerk").get("/inbox").text


@pytest.mark.parametrize("path", ["/complaints", "/desk/complaints"])
def test_a_list_goes_on_by_a_cursor_that_is_nobody_elses(
    portal: Portal, people: People, caller: Any, path: str
) -> None:
    for _ in range(3):
        complain(portal=portal, by=people.owner)
    who, other = ("owner", "neighbour") if path == "/complaints" else ("clerk", "manager")
    first = caller(who).api("GET", f"{path}?limit=2").json
    second = caller(who).api("GET", f"{path}?limit=2&cursor={first['next_cursor']}").json
    ids = [item["id"] for item in first["items"] + second["items"]]
    assert (len(ids), len(set(ids)), second["next_cursor"]) == (3, 3, None)
    assert caller(other).api("GET", f"{path}?limit=2&cursor={first['next_cursor']}").status == 422
