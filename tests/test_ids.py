"""Ids rise with time, and for one instant in the order in which they were made."""

from datetime import timedelta

from chalicelib.ids import new_id
from tests.factories import NOW


def test_ids_of_an_instant_rise_also_when_others_are_made_in_between() -> None:
    later = NOW + timedelta(days=1)
    pairs = [(new_id(NOW), new_id(later)) for _ in range(100)]
    for made in zip(*pairs, strict=True):
        assert list(made) == sorted(set(made))
    assert max(now for now, _ in pairs) < min(then for _, then in pairs)
