"""A tick of the clock: no part waits for another one that fails."""

import pytest

from chalicelib.due import clock


def test_a_part_that_fails_keeps_none_waiting_and_is_still_a_failure() -> None:
    did: list[str] = []

    def fails() -> int:
        did.append("fails")
        raise ConnectionError("no table")

    def works() -> int:
        did.append("works")
        return 3

    with pytest.raises(ConnectionError):
        clock.run({"first": fails, "second": works, "third": works})
    assert did == ["fails", "works", "works"]
    assert clock.run({"second": works}) == {"second": 3}
