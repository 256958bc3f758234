"""Ids rise with time, and for one instant in the order in which they were made."""

from datetime import timedelta

from chalicelib.ids import least_id, new_id
from tests.factories import NOW


def test_ids_of_an_instant_rise_also_when_others_are_made_in_between() -> None:
    later = NOW + timedelta(days=1)
    pairs = [(new_id(NOW), new_id(later)) for _ in range(100)]
    for made in zip(*pairs, strict=True):
        assert list(made) == sorted(set(made))
    assert max(now for now, _ in pairs) < min(then for _, then in pairs)


def test_the_least_id_of_a_moment_lies_between_those_before_and_those_from_it_on() -> None:
    before = NOW - timedelta(milliseconds=1)
    assert new_id(before) < least_id(NOW) <= new_id(NOW)
