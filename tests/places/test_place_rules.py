"""Names of places that mean the same, lists as people paste them, codes for posters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Invalid
from chalicelib.places import rules, service
from chalicelib.places.models import NewPlace, Place


@pytest.mark.parametrize(
    "same", ["1 号楼电梯", "1号楼电梯", "１号楼 电梯", " 1 号楼，电梯。", "1号楼\u3000电梯"]
)
def test_spaces_width_and_points_make_no_other_place(same: str) -> None:
    assert rules.normalised(same) == rules.normalised("1号楼电梯")


def test_other_letters_make_another_place() -> None:
    assert len({rules.normalised(name) for name in ("1号楼电梯", "2号楼电梯", "1号楼大堂", "Lift A")}) == 4
    assert rules.normalised("LIFT a") == rules.normalised("lift A")


@given(st.text(max_size=120))
def test_any_name_fits_into_a_key_and_is_plain_already_the_second_time(name: str) -> None:
    plain = rules.normalised(name)
    assert len(plain.encode("utf-8", "surrogatepass")) <= 512
    assert plain == "" or plain.isprintable() or not plain.isspace()


def test_a_list_has_one_place_a_line_with_its_building_behind_a_tab_or_comma() -> None:
    text = "1 号楼电梯\t1\n\n  地下车库入口  \n南门，S\r\n1号楼电梯,2\n。。\n"
    assert rules.read_lines(text) == [
        NewPlace(name="1 号楼电梯", building="1"),
        NewPlace(name="地下车库入口"),
        NewPlace(name="南门", building="S"),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "missing"), (" \n。\n", "missing"), ("长" * 61, "too_long"), ("门," + "长" * 31, "too_long"),
     ("\n".join(f"门 {n}" for n in range(201)), "too_many")],
)  # fmt: skip
def test_a_list_that_can_not_be_taken_says_why(text: str, code: str) -> None:
    with pytest.raises(Invalid) as raised:
        rules.read_lines(text)
    assert [(row.field, row.code) for row in raised.value.errors] == [("places", code)]


@given(st.text(max_size=200))
def test_any_list_is_read_or_refused(text: str) -> None:
    try:
        found = rules.read_lines(text)
    except Invalid:
        return
    assert all(0 < len(place.name) <= 60 and len(place.building) <= 30 for place in found)


def test_codes_are_drawn_anew_and_can_be_told_from_anything_else() -> None:
    codes = {service._code() for _ in range(200)}
    assert len(codes) == 200
    assert all(rules.is_code(code) for code in codes)
    for other in ("", "abc", "a" * 9, "ABCDEFGH", "abcdefg\n", "abcdefg1", "abcdefgO", "中" * 8):
        assert not rules.is_code(other)


def test_places_stand_in_the_order_in_which_people_count() -> None:
    names = ["10 号楼电梯", "2 号楼电梯", "南门", "2 号楼大堂"]
    places = [Place(id=str(n), community_id="maple", name=name) for n, name in enumerate(names)]
    ordered = [place.name for place in sorted(places, key=service.by_name)]
    assert ordered == ["2 号楼大堂", "2 号楼电梯", "10 号楼电梯", "南门"]
