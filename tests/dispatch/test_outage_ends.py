"""How an outage ends, and that nobody is told what is not so: its messages lead somewhere for as long as they are kept,
one runs for each kind and home, and what goes on elsewhere is not called over."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.desk import service as desk
from chalicelib.desk import undo
from chalicelib.desk.models import Transition
from chalicelib.dispatch import outage_opening, outage_store, outages
from chalicelib.dispatch.outage_models import BeginOutage, ChangeOutage, Outage
from chalicelib.dispatch.outage_rules import apart, meets
from chalicelib.errors import Invalid
from chalicelib.inbox import outbox
from chalicelib.inbox import service as inbox
from chalicelib.inbox.outbox import KEEP
from chalicelib.issues import service as issues
from chalicelib.issues.models import IssueFile, OwnerStep
from chalicelib.portal import Portal
from tests.factories import NOW, PEOPLE, People, assign, import_people, report, step
from tests.racing import codes, race
from tests.recording import Meanwhile, RecordingClient

MINUTE = timedelta(minutes=1)


def _begin(portal: Portal, people: People, **more: Any) -> IssueFile:
    fields = {
        "community_id": "maple",
        "category_id": "plumbing",
        "buildings": ["1"],
        "text": "主管爆裂，正在抢修",
        **more,
    }
    body = BeginOutage.model_validate(fields)
    return outage_opening.begin(portal, people.clerk, body, None, NOW).file


def _move(portal: Portal, people: People, file: IssueFile, to: str, **more: Any) -> IssueFile:
    body = Transition.model_validate({"to": to, "version": file.issue.version, **more})
    return desk.transition(portal, people.clerk, file.issue.id, body, None, NOW + MINUTE)[0]


def _texts(portal: Portal, people: People, name: str) -> list[str]:
    """What somebody was told of outages, the oldest first."""
    while outbox.sweep(portal, NOW + timedelta(hours=2)):
        pass
    items, _ = inbox.read(portal, getattr(people, name), 50, None, "en", NOW)
    return [one.text for one in reversed(items) if "your building" in one.text]


def _two_buildings(portal: Portal) -> None:
    head = PEOPLE.splitlines()[0]
    import_people(portal=portal, text=f"{head}\nmaple,枫林苑,2,201,maple-2-201,钱一,+8613700000201,owner\n")


# What its messages lead to.


def test_messages_of_an_outage_lead_to_what_became_of_it_for_as_long_as_they_are_kept(
    portal: Portal, people: People, signed_in: Any, caller: Any
) -> None:
    file = _begin(portal, people)
    change = ChangeOutage(version=1, over=True, text="已换好水管，恢复供水")
    outages.change(portal, people.clerk, file.issue.id, change, None, NOW + 90 * MINUTE)
    _texts(portal, people, "neighbour")
    neighbour = signed_in("neighbour")
    for path in (f"/issues/{file.issue.id}", f"/i/{file.issue.number}"):
        assert neighbour.get(path).headers["location"] == f"/outages/{file.issue.id}"
    page = neighbour.get(f"/outages/{file.issue.id}?lang=en").text
    assert "It is over: it works again" in page
    assert "已换好水管" in page
    assert "/follow" not in page
    assert all(moment in page for moment in ("10:00", "11:30")), "since when, and until when"
    answer = caller("neighbour").api("GET", f"/outages/{file.issue.id}").json
    assert (answer["ended"], answer["ended_at"][:16]) == ("over", "2026-11-20T03:30")
    assert caller("neighbour").api("GET", "/outages").json["items"] == []
    ended = NOW + 90 * MINUTE
    assert outages.of_ones_own(portal, people.neighbour, file.issue.id, ended + KEEP - MINUTE)
    assert outages.of_ones_own(portal, people.neighbour, file.issue.id, ended + KEEP) is None


def test_nobody_elses_home_sees_an_outage_that_is_over_nor_by_its_number(
    portal: Portal, people: People, signed_in: Any, caller: Any
) -> None:
    file = _begin(portal, people, buildings=[], unit_ids=["maple-1-102"])
    for over in (False, True):
        if over:
            outages.change(portal, people.clerk, file.issue.id, ChangeOutage(version=1, over=True), None, NOW)
        for name in ("owner", "cedar_owner"):
            for path in (f"/outages/{file.issue.id}", f"/issues/{file.issue.id}", f"/i/{file.issue.number}"):
                assert signed_in(name).get(path).status == 404, (over, name, path)
            assert caller(name).api("GET", f"/outages/{file.issue.id}").status == 404
        assert signed_in("neighbour").get(f"/outages/{file.issue.id}").status == 200
    assert caller("owner").api("GET", "/outages/nothing").status == 404


# The end of the work on its issue.


def test_an_outage_that_was_none_is_withdrawn_with_the_reason_and_not_called_over(
    portal: Portal, people: People, signed_in: Any
) -> None:
    file = _begin(portal, people)
    _move(portal, people, file, "rejected", note="是小区外的施工，已结束")
    texts = _texts(portal, people, "neighbour")
    assert len(texts) == 2
    assert "works again" not in texts[1]
    assert "withdrawn" in texts[1]
    page = signed_in("neighbour").get(f"/outages/{file.issue.id}?lang=en").text
    assert "We have withdrawn this message" in page
    assert "是小区外的施工" in page
    assert outage_store.running(portal.db, "maple") == []


def test_whoever_opened_it_cancels_it_with_its_issue(portal: Portal, people: People) -> None:
    file = _begin(portal, people)
    body = OwnerStep(version=file.issue.version, reason="误报")
    issues.step(portal, people.clerk, file.issue.id, "cancel", body, None, NOW + MINUTE)
    assert outage_store.running(portal.db, "maple") == []
    assert "withdrawn" in _texts(portal, people, "neighbour")[1]


def test_what_goes_on_in_another_outage_is_told_by_that_one_to_all_homes_of_both(
    portal: Portal, people: People, signed_in: Any
) -> None:
    _two_buildings(portal)
    file = _begin(portal, people)
    other = _begin(portal, people, buildings=["2"], text="二次供水泵房停机")
    _move(portal, people, file, "merged", merge_into=other.issue.number)
    assert len(_texts(portal, people, "neighbour")) == 1, "nothing but that it began"
    (running,) = outage_store.running(portal.db, "maple")
    assert (running.issue_id, running.homes) == (other.issue.id, ["2", "1"])
    neighbour = signed_in("neighbour")
    assert neighbour.get(f"/issues/{file.issue.id}").headers["location"] == f"/outages/{file.issue.id}"
    assert "二次供水泵房停机" in neighbour.get(f"/outages/{file.issue.id}").text
    change = ChangeOutage(version=running.version, over=True)
    outages.change(portal, people.clerk, other.issue.id, change, None, NOW + 2 * MINUTE)
    assert "works again" in _texts(portal, people, "neighbour")[1]
    assert "It is over" in neighbour.get(f"/outages/{file.issue.id}?lang=en").text


def test_messages_follow_an_outage_through_all_that_it_went_on_in(portal: Portal, people: People) -> None:
    _two_buildings(portal)
    first = _begin(portal, people, buildings=[], unit_ids=["maple-1-102"])
    second = _begin(portal, people, buildings=[], unit_ids=["maple-1-101"])
    third = _begin(portal, people, buildings=["2"])
    _move(portal, people, first, "merged", merge_into=second.issue.number)
    _move(portal, people, second, "merged", merge_into=third.issue.number)
    found = outages.of_ones_own(portal, people.neighbour, first.issue.id, NOW)
    assert found
    assert (found.issue_id, found.homes) == (third.issue.id, ["2", "1#maple-1-101", "1#maple-1-102"])


def test_an_outage_is_not_joined_with_what_tells_nobody(portal: Portal, people: People) -> None:
    file, plain = _begin(portal, people), report(portal=portal, by=people.owner)
    with pytest.raises(Invalid) as refused:
        _move(portal, people, file, "merged", merge_into=plain.issue.number)
    assert [(one.field, one.code) for one in refused.value.errors] == [("merge_into", "no_outage")]
    assert len(outage_store.running(portal.db, "maple")) == 1


@pytest.mark.parametrize("to", ["resolved", "rejected"])
def test_taking_back_the_step_that_ended_it_says_that_it_runs_again(
    portal: Portal, people: People, to: str
) -> None:
    file = _begin(portal, people)
    if to == "resolved":
        file = assign(portal=portal, by=people.manager, file=file, to=people.technician)
        file = step(portal=portal, by=people.manager, file=file, to="in_progress")
        file = step(portal=portal, by=people.manager, file=file, to="resolved")
    else:
        file = step(portal=portal, by=people.manager, file=file, to=to, note="误报")
    undo.undo(portal, people.manager, file.issue.id, file.issue.version, None, NOW + MINUTE / 6)
    (running,) = outage_store.running(portal.db, "maple")
    assert (running.homes, running.version) == (["1"], 2)
    assert "outage in your building" in _texts(portal, people, "owner")[-1]
    assert outage_store.past(portal.db, "maple", file.issue.id, NOW) is None


def test_taking_a_step_back_does_not_begin_an_outage_again_that_was_over_before_it(
    portal: Portal, people: People
) -> None:
    file = _begin(portal, people)
    change = ChangeOutage(version=1, over=True)
    outages.change(portal, people.clerk, file.issue.id, change, None, NOW - MINUTE)
    done = step(portal=portal, by=people.clerk, file=file, to="rejected", note="误报")
    undo.undo(portal, people.clerk, file.issue.id, done.issue.version, None, NOW)
    assert outage_store.running(portal.db, "maple") == []


def test_news_that_come_as_the_work_ends_are_no_reason_to_refuse_its_end(
    portal: Portal, people: People, engine_client: RecordingClient
) -> None:
    file = _begin(portal, people)
    news = ChangeOutage(version=1, text="快好了")
    quicker = Meanwhile(
        "transact_write_items",
        lambda: outages.change(portal, people.manager, file.issue.id, news, None, NOW),
    )
    with engine_client.failing(quicker):
        _move(portal, people, file, "rejected", note="误报")
    assert quicker.done
    assert outage_store.running(portal.db, "maple") == []


# One for each kind and home.


def test_a_second_outage_of_one_kind_and_building_is_refused_with_the_number_of_the_first(
    portal: Portal, people: People, caller: Any
) -> None:
    number = _begin(portal, people).issue.number
    body = {"community_id": "maple", "category_id": "plumbing", "text": "停水", "buildings": ["1"]}
    for homes in ({}, {"buildings": [], "unit_ids": ["maple-1-101"]}):
        answer = caller("clerk").api("POST", "/desk/outages", {**body, **homes})
        assert (answer.status, answer.json["code"]) == (409, "outage_runs")
        assert number in answer.json["errors"][0]["message"]
    assert caller("clerk").api("POST", "/desk/outages", {**body, "category_id": "lift"}).status == 201


def test_the_page_names_the_one_that_runs(portal: Portal, people: People, signed_in: Any) -> None:
    number = _begin(portal, people).issue.number
    fields = {"community_id": "maple", "category_id": "plumbing", "buildings": "1", "text": "停水"}
    page = signed_in("clerk").post("/desk/outages", fields)
    assert page.status == 409
    assert f"{number}。" in page.text


def test_of_several_who_begin_one_at_the_same_moment_one_does(portal: Portal, people: People) -> None:
    done = race([lambda: _begin(portal, people) for _ in range(4)])
    assert codes(done) == ["ok", *["outage_runs"] * 3]
    assert len(outage_store.running(portal.db, "maple")) == 1


def test_once_it_is_over_another_one_may_begin(portal: Portal, people: People) -> None:
    file = _begin(portal, people)
    outages.change(portal, people.clerk, file.issue.id, ChangeOutage(version=1, over=True), None, NOW)
    assert _begin(portal, people).issue.id != file.issue.id


def _running(*homes: str) -> Outage:
    return Outage(
        issue_id="1", number="1", community_id="m", category_id="lift", homes=list(homes), text="", since=NOW
    )


@pytest.mark.parametrize(
    ("homes", "running", "same"),
    [
        (["1"], ["1"], True),
        (["1"], ["1#a"], True),
        (["1#a"], ["1"], True),
        (["1#a"], ["1#a"], True),
        (["1#a"], ["1#b"], False),
        (["1"], ["11", "11#a"], False),
    ],
)
def test_a_building_has_all_its_homes(homes: list[str], running: list[str], same: bool) -> None:
    assert (meets(homes, [_running(*running)]) is not None) == same


def test_whoever_hears_already_is_not_told_twice_and_everybody_is_told() -> None:
    assert apart(["1", "2#a", "3"], [_running("2"), _running("3#a")]) == ["1", "3"]


# What is told, and what stays.


def test_news_leave_the_promised_end_as_it_is_unless_they_say_something_of_it(
    portal: Portal, people: People, caller: Any
) -> None:
    until = "2099-01-01T00:00:00.000Z"
    file = _begin(portal, people, until=until)
    path = f"/desk/outages/{file.issue.id}"
    clerk = caller("clerk")
    kept = clerk.api("POST", path, {"version": 1, "text": "还在修"}).json["outage"]
    assert (kept["until"], kept["version"]) == (until, 2)
    assert clerk.api("POST", path, {"version": 2}).json["errors"][0]["field"] == "text"
    assert clerk.api("POST", path, {"version": 2, "until": until}).status == 422, "nothing new"
    for version, nothing in ((2, None), (4, "")):
        gone = clerk.api("POST", path, {"version": version, "until": nothing}).json["outage"]
        assert (gone["until"], gone["text"]) == (None, "还在修")
        back = clerk.api("POST", path, {"version": version + 1, "until": until}).json["outage"]
        assert back["until"] == until


def test_the_page_takes_a_promised_end_away_when_its_field_is_emptied(
    portal: Portal, people: People, signed_in: Any
) -> None:
    file = _begin(portal, people, until="2099-01-01T00:00:00Z")
    fields = {"community_id": "maple", "version": "1", "text": "还在修", "until": ""}
    assert signed_in("clerk").post(f"/desk/outages/{file.issue.id}", fields).status == 303
    assert outage_store.running(portal.db, "maple")[0].until is None


def test_a_client_goes_on_from_the_version_that_it_was_answered(caller: Any, people: People) -> None:
    body = {"community_id": "maple", "category_id": "lift", "buildings": ["1"], "text": "停运"}
    clerk = caller("clerk")
    answer = clerk.api("POST", "/desk/outages", body)
    path = f"/desk/outages/{answer.json['id']}"
    for words in ("修", "还在修", "快好了"):
        answer = clerk.api("POST", path, {"version": answer.json["outage"]["version"], "text": words})
        assert (answer.status, answer.json["outage"]["text"]) == (200, words)


def test_one_key_gives_one_answer_whatever_came_in_between(caller: Any, people: People) -> None:
    clerk = caller("clerk")
    body = {"community_id": "maple", "category_id": "lift", "buildings": ["1"], "text": "停运"}
    first = clerk.api("POST", "/desk/outages", body, key="outage-begun-1")
    path = f"/desk/outages/{first.json['id']}"
    news = clerk.api("POST", path, {"version": 1, "text": "修"}, key="outage-news-1")
    over = clerk.api("POST", path, {"version": 2, "over": True}, key="outage-over-1")
    assert over.json["outage"]["ended"] == "over"
    assert clerk.api("POST", "/desk/outages", body, key="outage-begun-1").json == first.json
    assert clerk.api("POST", path, {"version": 1, "text": "修"}, key="outage-news-1").json == news.json
    assert clerk.api("POST", path, {"version": 2, "over": True}, key="outage-over-1").json == over.json
    mixed = clerk.api("POST", path, {"version": 1, "text": "修", "until": None}, key="outage-news-1")
    assert mixed.json["code"] == "idempotency_mismatch"


def test_what_is_not_there_is_named_and_nothing_begins(portal: Portal, people: People, caller: Any) -> None:
    body = {"community_id": "maple", "category_id": "lift", "text": "停运", "buildings": ["1", "99"]}
    answer = caller("clerk").api(
        "POST", "/desk/outages", {**body, "unit_ids": ["maple-9-999", "cedar-2-201"]}
    )
    assert answer.status == 422
    said = {one["field"]: one["message"] for one in answer.json["errors"]}
    assert "99" in said["buildings"]
    assert "1," not in said["buildings"]
    assert all(one in said["unit_ids"] for one in ("maple-9-999", "cedar-2-201"))
    assert outage_store.running(portal.db, "maple") == []


def test_the_office_is_told_in_its_own_words_but_not_whoever_began_it(portal: Portal, people: People) -> None:
    _begin(portal, people)
    while outbox.sweep(portal, NOW + timedelta(hours=2)):
        pass
    for name, told in (("manager", 1), ("clerk", 0)):
        items, _ = inbox.read(portal, getattr(people, name), 50, None, "en", NOW)
        texts = [one.text for one in items if one.desk]
        assert len(texts) == told, name
        assert all("was announced" in text and "your report" not in text for text in texts)
