"""An outage: one issue for all, everybody who lives there is told each time, once, whatever is killed on the way."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.communities import residents
from chalicelib.dispatch import outage_opening, outage_store, outages
from chalicelib.dispatch.outage_models import BeginOutage, ChangeOutage
from chalicelib.errors import Forbidden, Invalid, NotFound
from chalicelib.inbox import outbox, spreading
from chalicelib.inbox import service as inbox
from chalicelib.issues import following, store
from chalicelib.issues.models import IssueFile
from chalicelib.portal import Portal
from infra.upkeep.residents import fill
from tests.factories import NOW, PEOPLE, PHONES, People, assign, import_people, make_key, report, step
from tests.racing import codes, race

HOUR = timedelta(hours=1)
LATER = NOW + HOUR


def _begin(portal: Portal, people: People, **more: Any) -> IssueFile:
    fields = {
        "community_id": "maple",
        "category_id": "plumbing",
        "buildings": ["1"],
        "text": "主管爆裂，正在抢修",
        **more,
    }
    return outage_opening.begin(portal, people.clerk, BeginOutage.model_validate(fields), None, NOW)[0]


def _news(portal: Portal, people: People, file: IssueFile, **more: Any) -> None:
    body = ChangeOutage.model_validate({"version": 1, **more})
    outages.change(portal, people.clerk, file.issue.id, body, None, LATER)


def _deliver(portal: Portal) -> None:
    while outbox.sweep(portal, LATER + HOUR):
        pass


def _texts(portal: Portal, people: People, name: str) -> list[str]:
    items, _ = inbox.read(portal, getattr(people, name), 50, None, "en", NOW)
    return [one.text for one in items if "building" in one.text]


def test_everybody_in_the_building_is_told_at_once_at_each_change_and_at_the_end(
    portal: Portal, people: People
) -> None:
    file = _begin(portal, people, until=(NOW + 4 * HOUR).isoformat())
    _deliver(portal)
    _news(portal, people, file, text="换管中", until=(NOW + 6 * HOUR).isoformat())
    _news(portal, people, file, version=2, over=True)
    _deliver(portal)
    for name in ("owner", "neighbour"):
        texts = _texts(portal, people, name)
        assert [text.split("(")[0][-14:].strip().removeprefix("g ") for text in reversed(texts)] == [
            "your building", "your building", "works again",
        ]  # fmt: skip
        assert "Expected back by" in texts[-1]
    assert _texts(portal, people, "cedar_owner") == []
    assert outage_store.running(portal.db, "maple") == []


def test_who_has_two_homes_and_follows_besides_gets_each_message_once(portal: Portal, people: People) -> None:
    more = f"maple,枫林苑,1,103,maple-1-103,张建国,{PHONES['neighbour']},owner\n"
    import_people(portal=portal, text=PEOPLE.splitlines()[0] + "\n" + more)
    file = _begin(portal, people)
    following.follow(portal, people.neighbour, file.issue.id, None, NOW)
    _deliver(portal)
    _news(portal, people, file, text="快好了")
    _deliver(portal)
    assert len(_texts(portal, people, "neighbour")) == 2


def test_a_large_building_is_told_by_pages_and_stopping_anywhere_loses_and_doubles_nobody(
    portal: Portal, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"maple,枫林苑,1,{n},maple-1-{n},业主{n},+86137{n:08},owner" for n in range(200, 223)]
    import_people(portal=portal, text="\n".join([PEOPLE.splitlines()[0], *rows]) + "\n")
    monkeypatch.setattr(spreading, "AT_ONCE", 5)
    _begin(portal, people)
    for stop in range(60):  # each row is begun, and half of the time its end is lost
        waiting = [
            row for shard in range(outbox.SHARDS) for row in portal.db.query(outbox.outbox_pk(shard)).items
        ]
        if not waiting:
            break
        for row in waiting:
            outbox.deliver(portal, row)
            if stop % 2:
                outbox.deliver(portal, row)  # once more, as after a crash before the answer
    assert not waiting
    for n in range(200, 223):
        account = residents.of(portal.db, "maple", f"1#maple-1-{n}", 5, None).items[0]["account_id"]
        kept = portal.db.query(f"ACCOUNT#{account}").items
        assert len([row for row in kept if row["SK"].startswith("INBOX#")]) == 1, n
        unread = next(row for row in kept if row["SK"] == "UNREAD")
        assert unread["unread"] == 1


def test_single_homes_can_be_named_instead_of_buildings(portal: Portal, people: People) -> None:
    _begin(portal, people, buildings=[], unit_ids=["maple-1-102"])
    _deliver(portal)
    assert len(_texts(portal, people, "neighbour")) == 1
    assert _texts(portal, people, "owner") == []


def test_the_end_of_the_work_ends_the_outage_and_tells_everybody(portal: Portal, people: People) -> None:
    file = _begin(portal, people)
    file = assign(portal=portal, by=people.clerk, file=file, to=people.technician)
    file = step(portal=portal, by=people.technician, file=file, to="in_progress")
    assert outage_store.running(portal.db, "maple")
    step(portal=portal, by=people.technician, file=file, to="resolved")
    _deliver(portal)
    assert outage_store.running(portal.db, "maple") == []
    assert "works again" in _texts(portal, people, "owner")[0]


def test_a_new_report_of_it_is_offered_to_be_attached_with_one_tap(
    portal: Portal, people: People, signed_in: Any
) -> None:
    file = _begin(portal, people, until="2099-01-01T00:00:00Z")
    owner = signed_in("owner")
    path = f"/issues/{file.issue.id}/follow"
    fields = {"unit_id": "maple-1-101", "area": "unit", "description": "没水了"}
    draft = owner.post("/issues/new", {**fields, "category_id": "plumbing"}).headers["location"]
    shown = owner.get(draft).text
    assert path in shown
    assert "主管爆裂" in shown
    other = owner.post("/issues/new", {**fields, "category_id": "noise"}).headers["location"]
    assert path not in owner.get(other).text
    done = owner.post(path, {"draft_id": draft.rsplit("/", 1)[1]})
    assert done.status == 303
    found = store.load(portal.db, portal.keys, file.issue.id)
    assert found is not None
    assert people.owner.id in found.followers


def test_the_message_leads_whoever_lives_there_to_the_outage_and_nobody_else(
    portal: Portal, people: People, signed_in: Any, caller: Any
) -> None:
    file = _begin(portal, people)
    path = f"/issues/{file.issue.id}"
    assert signed_in("neighbour").get(path).headers["location"] == f"/outages/{file.issue.id}"
    assert "主管爆裂" in signed_in("neighbour").get(f"/outages/{file.issue.id}").text
    assert signed_in("cedar_owner").get(path).status == 404
    assert signed_in("cedar_owner").get(f"/outages/{file.issue.id}").status == 404
    found = caller("owner").api("GET", "/outages?unit_id=maple-1-101").json["items"]
    assert [one["issue_id"] for one in found] == [file.issue.id]
    assert caller("cedar_owner").api("GET", "/outages").json["items"] == []


def test_two_who_tell_news_at_the_same_moment_tell_one(portal: Portal, people: People) -> None:
    file = _begin(portal, people)
    done = race([lambda: _news(portal, people, file, text="还要一小时") for _ in range(3)])
    assert codes(done) == ["ok", "version_conflict", "version_conflict"]


def test_begun_twice_with_one_key_it_is_one(portal: Portal, people: People) -> None:
    body = BeginOutage(community_id="maple", category_id="lift", buildings=["1"], text="电梯停运")
    key = make_key(of=people.clerk)
    ids = {outage_opening.begin(portal, people.clerk, body, key, NOW)[0].issue.id for _ in range(2)}
    assert len(ids) == 1 == len(outage_store.running(portal.db, "maple"))


def test_what_makes_no_sense_or_is_not_theirs_is_refused(portal: Portal, people: People) -> None:
    for wrong in ({"category_id": "contract"}, {"buildings": ["99"]}, {"until": (NOW - HOUR).isoformat()}):
        with pytest.raises(Invalid):
            _begin(portal, people, **wrong)
    with pytest.raises(NotFound):
        _begin(portal, people, community_id="cedar")
    file = _begin(portal, people)
    with pytest.raises(Invalid):
        _news(portal, people, file)
    body = ChangeOutage(version=1, over=True)
    with pytest.raises(Forbidden):
        outages.change(portal, people.technician, file.issue.id, body, None, NOW)
    plain = report(portal=portal, by=people.owner)
    with pytest.raises(NotFound):
        _news(portal, people, plain, text="没有")


def test_who_was_imported_before_is_found_once_the_command_has_run(portal: Portal, people: People) -> None:
    unit = people.owner.units[0]
    (row,) = residents.of(portal.db, "maple", f"1#{unit.id}", 5, None).items
    portal.db._client.delete_item(
        TableName=portal.db.table, Key={"PK": {"S": row["PK"]}, "SK": {"S": row["SK"]}}
    )
    assert fill(portal) >= 3
    assert residents.of(portal.db, "maple", f"1#{unit.id}", 5, None).items == [row]


def test_who_moves_within_the_community_is_found_at_the_new_home_only(people: People) -> None:
    unit = people.owner.units[0]
    moved = unit.model_copy(update={"building": "2"})
    ops = residents.moved("a1", [unit], [moved])
    assert [type(op).__name__ for op in ops] == ["Put", "Delete"]
    assert residents.moved("a1", [unit], [unit]) == []
    more = residents.moved("a1", [unit], [unit, moved.model_copy(update={"id": "maple-2-1"})])
    assert [type(op).__name__ for op in more] == ["Put", "Put"], "each row says all homes"
