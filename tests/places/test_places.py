"""The list of a community's public places, kept by its managers."""

from typing import Any

import pytest

from chalicelib.errors import NotFound, VersionConflict
from chalicelib.places import service, store
from chalicelib.places.models import ChangePlace, NewPlace, Place
from chalicelib.portal import Portal
from tests.browser import Browser
from tests.factories import NOW, People, make_place
from tests.racing import codes, race

LIFT = NewPlace(name="1 号楼电梯", building="1")


def _names(portal: Portal, community_id: str = "maple") -> list[str]:
    return [place.name for place in service.in_use(portal, community_id)]


def _change(portal: Portal, people: People, place: Place, **fields: Any) -> Place:
    body = ChangePlace.model_validate({"version": place.version, "name": place.name, **fields})
    return service.change(portal, people.manager, place.id, body, NOW)


def test_the_same_list_twice_makes_one_set_of_places(portal: Portal, people: People) -> None:
    wanted = [LIFT, NewPlace(name="南门")]
    assert service.add(portal, "m", "maple", wanted, NOW) == 2
    assert service.add(portal, "m", "maple", [NewPlace(name="１号楼电梯"), *wanted], NOW) == 0
    assert _names(portal) == ["1 号楼电梯", "南门"]
    assert service.add(portal, "m", "cedar", [LIFT], NOW) == 1


def test_two_managers_adding_one_list_at_once_make_one_set_of_places(portal: Portal, people: People) -> None:
    wanted = [NewPlace(name=f"门 {n}") for n in range(5)]
    added = race([lambda: service.add(portal, "m", "maple", wanted, NOW)] * 4)
    assert sum(added) == 5
    assert len(_names(portal)) == 5


def test_a_place_keeps_its_code_under_another_name(portal: Portal, people: People) -> None:
    place = make_place(portal=portal)
    after = _change(portal, people, place, name="1 号楼南电梯", building="1A")
    found = service.at(portal, place.id)
    assert found == after
    assert (found.name, found.building, found.version) == ("1 号楼南电梯", "1A", 2)
    assert service.named(portal, "maple", "1号楼电梯") is None
    assert service.named(portal, "maple", "1号楼 南电梯") == place.id
    assert make_place(portal=portal).id != place.id, "the old name is free"


def test_a_name_belongs_to_one_place_at_a_time(portal: Portal, people: People) -> None:
    lift, gate = make_place(portal=portal), make_place(portal=portal, name="南门")
    with pytest.raises(store.NameTaken):
        _change(portal, people, gate, name="1号楼电梯")
    retired = _change(portal, people, lift, act="retire")
    _change(portal, people, gate, name="1号楼电梯")
    with pytest.raises(store.NameTaken):
        _change(portal, people, retired, act="restore")


def test_a_retired_place_is_no_longer_offered_and_can_come_back(portal: Portal, people: People) -> None:
    place = make_place(portal=portal)
    retired = _change(portal, people, place, act="retire")
    assert service.at(portal, place.id) is None
    assert _names(portal) == []
    again = _change(portal, people, retired, act="restore")
    assert service.at(portal, place.id) == again


def test_the_second_of_two_managers_is_told_and_a_second_tap_is_not(portal: Portal, people: People) -> None:
    place = make_place(portal=portal)
    _change(portal, people, place, name="甲")
    assert _change(portal, people, place, name="甲").version == 2
    with pytest.raises(VersionConflict):
        _change(portal, people, place, name="乙")


def test_of_managers_who_rename_at_once_one_is_quicker(portal: Portal, people: People) -> None:
    place = make_place(portal=portal)
    results = race([lambda n=n: _change(portal, people, place, name=f"名 {n}") for n in range(4)])  # type: ignore[misc]
    assert codes(results) == ["ok"] + ["version_conflict"] * 3
    names = [row["SK"] for row in portal.db.query_all("COMMUNITY#maple") if "PLACENAME#" in row["SK"]]
    assert len(names) == 1


def test_nobody_but_the_communitys_managers_changes_a_place(portal: Portal, people: People) -> None:
    place = make_place(portal=portal)
    body = ChangePlace(version=1, name="别的")
    for who in (people.clerk, people.cedar_manager, people.owner):
        with pytest.raises(NotFound):
            service.change(portal, who, place.id, body, NOW)
    for code in ("", "abcdefgh", "x" * 300, place.id.upper()):
        with pytest.raises(NotFound):
            service.change(portal, people.manager, code, body, NOW)


def test_places_are_added_and_changed_at_the_desk(signed_in: Any, site: Portal, people: People) -> None:
    manager: Browser = signed_in("manager")
    assert 'name="places"' in manager.get("/desk/places").text
    page = manager.post("/desk/places", {"community_id": "maple", "places": ""})
    assert page.status == 422
    shown = manager.post(
        "/desk/places", {"community_id": "maple", "places": "南门\n<b>北门</b>,2"}, follow=True
    )
    assert "南门" in shown.text
    assert "&lt;b&gt;北门" in shown.text
    place = service.in_use(site, "maple")[-1]
    stale = {"version": 9, "name": "东门", "building": "", "act": "save"}
    refused = manager.post(f"/desk/places/{place.id}", stale)
    assert (refused.status, 'value="东门"' in refused.text) == (409, True)
    assert manager.post("/desk/places", {"community_id": "cedar", "places": "门"}).status == 404
    done = manager.post(f"/desk/places/{place.id}", {**stale, "version": 1}, follow=True)
    assert "东门" in done.text


def test_posters_carry_the_place_its_address_and_the_number_to_call(signed_in: Any, site: Portal) -> None:
    lift, gate = make_place(portal=site), make_place(portal=site, name="南门 <i>")
    clerk: Browser = signed_in("clerk")
    page = clerk.get("/desk/posters")
    assert page.text.count("<article") == 2
    for wanted in (
        f"portal.example/p/{lift.id}",
        "Scan to report",
        "扫码报修",
        "400-800-0119",
        "南门 &lt;i&gt;",
    ):
        assert wanted in page.text
    assert " style=" not in page.text
    one = clerk.get(f"/desk/posters?place={gate.id}&place=nothing")
    assert one.text.count("<article") == 1
    assert clerk.get("/desk/posters?community_id=cedar").status == 404
    for cursor in ("-1", "x", "9" * 30, "²"):
        assert clerk.get(f"/desk/posters?cursor={cursor}").status == 200


def test_the_code_on_a_poster_is_the_places_address() -> None:
    import segno

    from chalicelib.places.posters import qr_code

    drawn = qr_code("https://home.example.com/p/abcdefgh", "QR <code>")
    plain = segno.make("https://home.example.com/p/abcdefgh", error="q", micro=False)
    path = plain.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None, dark="#000", light="#fff")
    assert path.partition(">")[2] in drawn
    assert 'aria-label="QR &lt;code&gt;"' in drawn


def test_residents_and_staff_of_a_community_read_its_places(caller: Any, site: Portal) -> None:
    place = make_place(portal=site)
    for who in ("owner", "clerk"):
        page = caller(who).api("GET", "/communities/maple/places")
        assert page.json == {"items": [{"id": place.id, "name": "1 号楼电梯", "building": "1"}]}
    assert caller("cedar_owner").api("GET", "/communities/maple/places").status == 404
