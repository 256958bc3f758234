"""Announcements reach whom they are for, once, whatever stops on the way; they are counted, and can be taken back."""

import contextlib
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.announcements import fanout, service, store
from chalicelib.announcements.models import Announce, Announcement
from chalicelib.db import K
from chalicelib.errors import Invalid, Unavailable
from chalicelib.inbox import reading
from chalicelib.inbox import service as inbox
from chalicelib.portal import Portal
from chalicelib.times import rfc3339
from tests.factories import NOW, PEOPLE, PHONES, People, import_people
from tests.racing import race
from tests.recording import Meanwhile, Once, RecordingClient

MINUTE = timedelta(minutes=1)
EVERYBODY = (
    "owner",
    "neighbour",
    "cedar_owner",
    "clerk",
    "technician",
    "manager",
    "auditor",
    "designer",
    "cedar_clerk",
)
LOST = ReadTimeoutError(endpoint_url="http://table.example")


def _announce(portal: Portal, people: People, **fields: Any) -> Announcement:
    body = Announce(**{"community_id": "maple", "title": "停水通知", "text": "明天 9 点停水。", **fields})
    return service.announce(portal, people.manager, body, None, NOW)


def _has(portal: Portal, people: People) -> dict[str, int]:
    """Who has how many announcements in their inbox."""
    found = {}
    for name in EVERYBODY:
        items, _ = inbox.read(portal, getattr(people, name), 50, None, "zh-CN", NOW)
        if number := sum(item.announcement_id is not None for item in items):
            found[name] = number
    return found


@pytest.mark.parametrize(
    ("fields", "reached"),
    [
        ({}, {"owner", "neighbour"}),
        ({"audience": "building", "values": ["1"]}, {"owner", "neighbour"}),
        ({"audience": "units", "values": ["maple-1-102"]}, {"neighbour"}),
        ({"audience": "role", "values": ["technician", "front_line"]}, {"clerk", "technician"}),
    ],
)
def test_an_announcement_reaches_whom_it_is_for_and_nobody_else(
    portal: Portal, people: People, fields: dict[str, Any], reached: set[str]
) -> None:
    one = _announce(portal, people, **fields)
    for _ in range(2):
        fanout.run_due(portal, NOW)
    assert _has(portal, people) == dict.fromkeys(reached, 1)
    kept = store.get(portal.db, "maple", one.id)
    assert kept
    assert kept.state == "out"
    assert kept.reached >= len(reached)
    assert portal.db.query_all(store.DUE) == []


def test_it_waits_for_its_moment_and_ends_at_its_end(portal: Portal, people: People) -> None:
    one = _announce(portal, people, publish_at=NOW + timedelta(hours=2), ends_at=NOW + timedelta(hours=5))
    fanout.run_due(portal, NOW + timedelta(hours=2) - MINUTE)
    assert _has(portal, people) == {}
    fanout.run_due(portal, NOW + timedelta(hours=2))
    assert _has(portal, people) == {"owner": 1, "neighbour": 1}
    row = portal.db.get(store.known_key(people.owner.id, one.id))
    assert row
    assert [len(service.for_home([row], NOW + timedelta(hours=h))) for h in (2, 4, 5)] == [1, 1, 0]
    assert service.read(portal, people.owner, one.id, NOW + timedelta(hours=6)).ended


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(3))
def test_a_run_that_stops_anywhere_is_finished_by_the_next(
    portal: Portal,
    people: People,
    engine_client: RecordingClient,
    monkeypatch: pytest.MonkeyPatch,
    at: int,
    after: bool,
) -> None:
    monkeypatch.setattr(fanout, "_PAGE", 1)
    one = _announce(portal, people)
    with (
        engine_client.failing(Once("transact_write_items", LOST, at=at), after=after),
        contextlib.suppress(Unavailable),
    ):
        fanout.run_due(portal, NOW)
    fanout.run_due(portal, NOW)
    assert _has(portal, people) == {"owner": 1, "neighbour": 1}
    unread = portal.db.get(K(f"ACCOUNT#{people.owner.id}", "UNREAD"))
    assert unread
    assert unread["unread"] == 1
    kept = store.get(portal.db, "maple", one.id)
    assert kept
    assert (kept.state, kept.reached) == ("out", 2)


def test_workers_at_once_tell_everybody_once(
    portal: Portal, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanout, "_PAGE", 1)
    _announce(portal, people)
    race([lambda: fanout.run_due(portal, NOW)] * 4)
    fanout.run_due(portal, NOW)
    assert _has(portal, people) == {"owner": 1, "neighbour": 1}


def test_what_is_taken_back_goes_from_everybody_and_reaches_nobody_more(
    portal: Portal, people: People, engine_client: RecordingClient
) -> None:
    one = _announce(portal, people)
    back = Meanwhile(
        "transact_write_items", lambda: service.take_back(portal, people.manager, "maple", one.id, NOW), at=1
    )
    with engine_client.failing(back):
        fanout.run_due(portal, NOW)
    assert back.done
    assert len(_has(portal, people)) == 1, "one had it already"
    for _ in range(2):
        fanout.run_due(portal, NOW)
    assert _has(portal, people) == {}
    kept = store.get(portal.db, "maple", one.id)
    assert kept
    assert kept.state == "taken_back"
    texts = [item.text for item in inbox.read(portal, people.owner, 50, None, "en", NOW)[0]]
    assert [text for text in texts if "停水" in text] == []


def test_each_person_is_counted_once_as_a_reader(
    portal: Portal, people: People, signed_in: Any, caller: Any
) -> None:
    one = _announce(portal, people)
    fanout.run_due(portal, NOW)
    for _ in range(3):
        assert signed_in("owner").get(f"/announcements/{one.id}").status == 200
    assert caller("owner").api("PUT", f"/announcements/{one.id}/read").status == 204
    assert caller("neighbour").api("PUT", f"/announcements/{one.id}/read").status == 204
    (item,) = caller("manager").api("GET", "/desk/announcements").json["items"]
    assert (item["read"], item["reached"], item["state"]) == (2, 2, "out")


def test_only_who_got_it_can_read_it(portal: Portal, people: People, caller: Any) -> None:
    one = _announce(portal, people, audience="units", values=["maple-1-102"])
    fanout.run_due(portal, NOW)
    statuses = {
        name: caller(name).api("GET", f"/announcements/{one.id}").status
        for name in ("neighbour", "owner", "clerk")
    }
    assert statuses == {"neighbour": 200, "owner": 404, "clerk": 404}


def test_the_first_page_shows_unread_ones_first(portal: Portal, people: People, signed_in: Any) -> None:
    first, second = (_announce(portal, people, title=title) for title in ("第一条", "第二条"))
    fanout.run_due(portal, NOW)
    page = signed_in("owner").get("/").text
    assert page.index("第二条") < page.index("第一条")
    signed_in("owner").get(f"/announcements/{second.id}")
    page = signed_in("owner").get("/").text
    assert page.index("第一条") < page.index("第二条")
    assert first.id in page


def test_managers_see_how_many_get_it_before_anybody_does_and_send_it_once(
    portal: Portal, people: People, signed_in: Any
) -> None:
    browser = signed_in("manager")
    form = {
        "community_id": "maple",
        "title": "停电",
        "text": "今晚停电。",
        "audience": "community",
        "key": "announce-1",
    }
    page = browser.post("/desk/announcements?lang=en", form)
    assert "2 people get this." in page.text
    assert portal.db.query_all(store.DUE) == []
    for _ in range(2):
        assert browser.post("/desk/announcements", {**form, "sure": "yes"}).status == 303
    assert len(portal.db.query_all(store.DUE)) == 1


def test_the_form_has_whom_it_is_for_ticked_and_what_is_wrong_beside_that(
    portal: Portal, people: People, signed_in: Any
) -> None:
    browser = signed_in("manager")
    assert '<textarea class="input" id="f-values" name="values"' in browser.get("/desk/announcements").text
    form = {"community_id": "maple", "title": "停电", "text": "今晚停电。", "audience": "role"}
    page = browser.post("/desk/announcements?lang=en", form)
    assert page.status == 422
    assert 'id="f-roles-why"' in page.text
    page = browser.post("/desk/announcements?lang=en", {**form, "roles": ["technician", "front_line"]})
    assert "people get this." in page.text
    shown = page.text[
        page.text.index('id="preview"') : page.text.index("</section>", page.text.index('id="preview"'))
    ]
    assert shown.count('name="roles"') == 2


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"audience": "units", "values": ["maple-9-999"]}, "values"),
        ({"audience": "building", "values": ["9"]}, "values"),
        ({"audience": "role", "values": ["owner"]}, "values"),
        ({"ends_at": "2026-01-01T00:00:00Z"}, "ends_at"),
        ({"title": "  "}, "title"),
        ({"title": "长" * 61}, "title"),
    ],
)
def test_what_would_reach_nobody_or_makes_no_sense_is_refused(
    caller: Any, fields: dict[str, Any], field: str
) -> None:
    body = {"community_id": "maple", "title": "t", "text": "x", **fields}
    answer = caller("manager").api("POST", "/desk/announcements", body)
    assert answer.status == 422
    assert answer.json["errors"][0]["field"] == field


def test_another_communitys_manager_announces_nothing_here(caller: Any) -> None:
    body = {"community_id": "maple", "title": "t", "text": "x"}
    assert caller("cedar_manager").api("POST", "/desk/announcements", body).status == 404
    assert caller("clerk").api("POST", "/desk/announcements", body).status == 403


def test_who_has_several_homes_counts_and_is_told_once(portal: Portal, people: People) -> None:
    """王秀英 has a home in each of two buildings, 张建国 one in the first."""
    import_people(
        portal=portal, text=PEOPLE + f"maple,枫林苑,9,901,maple-9-901,王秀英,{PHONES['owner']},owner\n"
    )
    told = {
        "community": [],
        "building": ["1", "9"],
        "units": ["maple-9-901", "maple-1-101"],
    }
    for audience, values in told.items():
        body = Announce(community_id="maple", title="t", text="x", audience=audience, values=values)
        assert service.recipients(portal, body, NOW) == (1 if audience == "units" else 2), audience
    _announce(portal, people, audience="building", values=["1", "9"])
    fanout.run_due(portal, NOW)
    assert _has(portal, people) == {"owner": 1, "neighbour": 1}


def test_how_many_people_something_would_reach_is_said_before_it_is_announced(
    portal: Portal, people: People, caller: Any
) -> None:
    manager, path = caller("manager"), "/desk/announcements/recipients"
    body = {"community_id": "maple", "title": "停水", "text": "明天停水。"}
    assert manager.api("POST", path, body).json == {"number": 2}
    assert manager.api("POST", path, {**body, "audience": "units", "values": ["maple-1-102"]}).json == {
        "number": 1
    }
    nobody = manager.api("POST", path, {**body, "audience": "building", "values": ["99"]})
    assert (nobody.status, nobody.json["errors"][0]["field"]) == (422, "values")
    assert manager.api("POST", path, {**body, "community_id": "cedar"}).status == 404
    assert caller("clerk").api("POST", path, body).status == 403
    assert manager.api("GET", "/desk/announcements").json["items"] == [], "nothing is kept"
    assert _has(portal, people) == {}


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"audience": "units", "values": ["maple-1-101", "maple-1-1o2"]}, "maple-1-1o2"),
        ({"audience": "units", "values": ["maple-1-101", "cedar-2-201"]}, "cedar-2-201"),
        ({"audience": "building", "values": ["1", "99"]}, "99"),
        ({"audience": "role", "values": ["front_line", "owner"]}, "owner"),
    ],
)
def test_what_is_not_there_is_named_and_nothing_is_announced(
    portal: Portal, caller: Any, fields: dict[str, Any], missing: str
) -> None:
    body = {"community_id": "maple", "title": "t", "text": "x", **fields}
    answer = caller("manager").api("POST", "/desk/announcements", body)
    assert answer.status == 422
    (error,) = answer.json["errors"]
    assert (error["field"], error["code"]) == ("values", "unknown")
    assert error["message"].endswith(f"{missing}。")
    assert portal.db.query_all(store.DUE) == []


def test_of_many_that_are_not_there_some_are_named(caller: Any) -> None:
    body = {"community_id": "maple", "title": "t", "text": "x", "audience": "units"}
    answer = caller("manager").api(
        "POST", "/desk/announcements", {**body, "values": [f"x{n}" for n in range(99)]}
    )
    assert "x9, …" in answer.json["errors"][0]["message"]


@pytest.mark.parametrize(
    ("ahead", "code"),
    [(-6 * MINUTE, "past"), (timedelta(days=367), "too_late"), (-4 * MINUTE, ""), (timedelta(days=365), "")],
)
def test_a_moment_that_is_over_or_years_ahead_is_refused(
    portal: Portal, people: People, ahead: timedelta, code: str
) -> None:
    if code:
        with pytest.raises(Invalid) as refused:
            _announce(portal, people, publish_at=NOW + ahead)
        assert [(one.field, one.code) for one in refused.value.errors] == [("publish_at", code)]
    else:
        assert _announce(portal, people, publish_at=NOW + ahead).publish_at >= rfc3339(NOW)


def test_what_waits_yet_and_is_taken_back_is_gone_at_once(portal: Portal, people: People) -> None:
    one = _announce(portal, people, publish_at=NOW + timedelta(days=30))
    assert service.take_back(portal, people.manager, "maple", one.id, NOW).state == "taken_back"
    assert portal.db.query_all(store.DUE) == []
    fanout.run_due(portal, NOW + timedelta(days=31))
    assert _has(portal, people) == {}


def test_what_may_be_going_out_by_another_clock_is_taken_from_whoever_has_it(
    portal: Portal, people: People
) -> None:
    one = _announce(portal, people, publish_at=NOW + MINUTE)
    assert service.take_back(portal, people.manager, "maple", one.id, NOW).state == "taking_back"
    fanout.run_due(portal, NOW + MINUTE)
    kept = store.get(portal.db, "maple", one.id)
    assert kept
    assert kept.state == "taken_back"


def test_pages_of_people_that_go_out_meanwhile_are_no_reason_to_refuse_taking_it_back(
    portal: Portal, people: People, engine_client: RecordingClient
) -> None:
    one = _announce(portal, people)
    going = Meanwhile("transact_write_items", lambda: fanout.run_due(portal, NOW))
    with engine_client.failing(going):
        assert service.take_back(portal, people.manager, "maple", one.id, NOW).state == "taking_back"
    assert going.done


def _unread(portal: Portal, people: People, name: str = "owner") -> tuple[int, list[bool]]:
    """The number that somebody is shown, and which of their messages stand as unread, the newest first."""
    person = getattr(people, name)
    row = portal.db.get(K(f"ACCOUNT#{person.id}", "UNREAD")) or {}
    return row.get("unread", 0), [one.unread for one in inbox.read(portal, person, 50, None, "en", NOW)[0]]


def test_opening_one_reads_its_message_and_no_other(
    portal: Portal, people: People, signed_in: Any, caller: Any
) -> None:
    first, second = (_announce(portal, people, title=title) for title in ("第一条", "第二条"))
    fanout.run_due(portal, NOW)
    assert _unread(portal, people) == (2, [True, True])
    for _ in range(2):
        assert signed_in("owner").get(f"/announcements/{first.id}").status == 200
        assert _unread(portal, people) == (1, [True, False])
    assert caller("owner").api("GET", "/inbox").json["unread"] == 1
    inbox.mark_read(portal, people.owner, first.id)
    assert _unread(portal, people) == (1, [True, False])
    assert caller("owner").api("PUT", f"/announcements/{second.id}/read").status == 204
    assert _unread(portal, people) == (0, [False, False])


def test_reading_all_counts_no_message_that_was_read_by_itself(portal: Portal, people: People) -> None:
    first, second = (_announce(portal, people, title=title) for title in ("第一条", "第二条"))
    fanout.run_due(portal, NOW)
    service.opened(portal, people.owner, second.id, NOW)
    inbox.mark_read(portal, people.owner, first.id)
    assert _unread(portal, people) == (0, [False, False])


def test_an_inbox_that_is_read_as_an_announcement_is_opened_counts_right(
    portal: Portal, people: People, engine_client: RecordingClient
) -> None:
    one = _announce(portal, people)
    fanout.run_due(portal, NOW)
    store.note_read(portal.db, people.owner.id, one.id, NOW)
    quicker = Meanwhile("transact_write_items", lambda: inbox.mark_read(portal, people.owner, one.id))
    with engine_client.failing(quicker):
        assert not reading.read_one(portal.db, people.owner.id, one.id, NOW)
    assert quicker.done
    assert _unread(portal, people) == (0, [False])


def test_a_message_says_that_it_is_about_an_announcement(portal: Portal, people: People, caller: Any) -> None:
    one = _announce(portal, people)
    fanout.run_due(portal, NOW)
    (item,) = caller("owner").api("GET", "/inbox").json["items"]
    assert (item["about"], item["issue_id"], item["announcement_id"]) == ("announcement", "", one.id)


def test_one_that_waited_comes_as_new_on_top_of_what_was_read_meanwhile(
    portal: Portal, people: People, signed_in: Any
) -> None:
    _announce(portal, people, title="早订的", publish_at=NOW + timedelta(hours=2))
    _announce(portal, people, title="先到的")
    fanout.run_due(portal, NOW)
    signed_in("owner").get("/inbox")
    assert _unread(portal, people) == (0, [False])
    fanout.run_due(portal, NOW + timedelta(hours=2))
    assert _unread(portal, people) == (1, [True, False])


def test_one_key_gives_one_answer_whatever_became_of_it(portal: Portal, caller: Any) -> None:
    manager = caller("manager")
    body = {"community_id": "maple", "title": "t", "text": "x"}
    first = manager.api("POST", "/desk/announcements", body, key="announce-once")
    manager.api("POST", f"/desk/announcements/{first.json['id']}/take-back", {"community_id": "maple"})
    assert manager.api("POST", "/desk/announcements", body, key="announce-once").json == first.json
    other = manager.api("POST", "/desk/announcements", {**body, "text": "y"}, key="announce-once")
    assert other.json["code"] == "idempotency_mismatch"
