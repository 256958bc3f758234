"""Phone numbers, masks and caps."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts import rules
from chalicelib.accounts.models import Account, UnitRef
from chalicelib.errors import Invalid
from tests.factories import make_person


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("13800000001", "+8613800000001"),
        (" 138 0000 0001 ", "+8613800000001"),
        ("138-0000-0001", "+8613800000001"),
        ("１３８００００００００１"[:11], "+8613800000000"),
        ("1380000001", None),
        ("7654321", None),
        ("+86 13800000001", "+8613800000001"),
        ("0086 13800000001", "+8613800000001"),
        ("+852 9123 4567", "+85291234567"),
        ("+853 6612 3456", "+85366123456"),
        ("+886 912 345 678", "+886912345678"),
        ("+65 8123 4567", "+6581234567"),
        ("+44 7400 123456", "+447400123456"),
        ("+1 (415) 555-2671", "+14155552671"),
        ("tel:+49-151-23456789", "+4915123456789"),
        ("", None),
        ("你好", None),
        ("+", None),
        ("12", None),
        ("+999 12345678", None),
        ("1380000000123456", None),
    ],
)
def test_phone_numbers_of_several_countries_are_read(typed: str, phone: str | None) -> None:
    if phone is None:
        with pytest.raises(Invalid) as raised:
            rules.parse_phone(typed)
        assert [row.field for row in raised.value.errors] == ["phone"]
    else:
        assert rules.parse_phone(typed) == phone


@pytest.mark.parametrize(("typed", "code"), [("", "missing"), ("  ", "missing"), ("12", "bad_phone")])
def test_an_empty_number_is_asked_for_and_a_wrong_one_called_wrong(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as raised:
        rules.parse_phone(typed)
    assert [row.code for row in raised.value.errors] == [code]


@given(text=st.text(max_size=60))
def test_any_text_is_a_number_or_a_named_error(text: str) -> None:
    try:
        phone = rules.parse_phone(text)
    except Invalid:
        return
    assert re.fullmatch(r"\+[1-9][0-9]{4,16}", phone)
    assert rules.parse_phone(phone) == phone


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("+8613800000001", "138****0001"), ("+85291234567", "+85****4567"), ("+12345", "+****")],
)
def test_masked_numbers_can_be_recognised(phone: str, masked: str) -> None:
    assert rules.mask_phone(phone) == masked


@given(digits=st.from_regex(r"[1-9][0-9]{5,14}", fullmatch=True))
def test_a_masked_number_hides_at_least_three_digits(digits: str) -> None:
    shown = rules.mask_phone(f"+{digits}")
    assert sum(c.isdigit() for c in shown) <= len(digits) - 3


@given(name=st.text(max_size=40))
def test_a_masked_name_shows_one_letter(name: str) -> None:
    assert len(rules.mask_name(name)) <= 2
    assert rules.mask_name(name).endswith("*")


@pytest.mark.parametrize(
    ("name", "masked"), [("王秀英", "王*"), ("Emma Clarke", "E*"), ("", "*"), ("  ", "*")]
)
def test_names_are_masked_to_the_family_name(name: str, masked: str) -> None:
    assert rules.mask_name(name) == masked


_LIMITS = st.lists(st.tuples(st.integers(1, 4000), st.integers(1, 6)), min_size=1, max_size=2)


@given(limits=_LIMITS, asked=st.lists(st.integers(0, 300), max_size=40))
def test_no_window_ever_holds_more_than_its_limit(limits: list[tuple[int, int]], asked: list[int]) -> None:
    """Whoever asks at whatever moments is let through only as often as each limit says."""
    longest = max(window for window, _ in limits)
    now, hits, granted = 10_000, list[int](), list[int]()
    for gap in asked:
        now += gap
        if rules.wait_for(hits, now, limits) == 0:
            hits = rules.remember_hit(hits, now, longest)
            granted.append(now)
    for window, most in limits:
        for end in granted:
            assert sum(end - window < moment <= end for moment in granted) <= most


@given(limits=_LIMITS, hits=st.lists(st.integers(9_000, 10_000), max_size=8))
def test_the_wait_that_is_told_is_enough_and_no_longer(
    limits: list[tuple[int, int]], hits: list[int]
) -> None:
    wait = rules.wait_for(hits, 10_000, limits)
    assert rules.wait_for(hits, 10_000 + wait, limits) == 0
    assert wait == 0 or rules.wait_for(hits, 10_000 + wait - 1, limits) > 0


def test_roles_hold_only_where_they_were_given() -> None:
    person = make_person(roles=("manager", "auditor"), community_id="maple")
    assert person.roles_in("maple") == {"manager", "auditor"}
    assert person.roles_in("cedar") == frozenset()
    assert person.communities() == ["maple"]
    assert make_person(roles=("designer",)).communities() == []
    assert not make_person(roles=("designer",)).is_desk
    assert make_person(units=("maple-1-101",)).roles == {"owner"}


def test_a_person_acts_for_no_home_but_their_own() -> None:
    home = UnitRef(id="maple-1-101", community_id="maple", label="1-101")
    account = Account(id="a1", name="王", phone="+8613800000001", units=[home])
    person = make_person().model_copy(update={"units": account.units})
    assert person.unit("maple-1-101") == home
    assert person.unit("maple-1-102") is None
