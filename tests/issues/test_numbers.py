"""An issue's number: short as long as a day has few reports, and never a reason to refuse one."""

import pytest

from chalicelib.issues import store
from chalicelib.portal import Portal
from tests.factories import People, report


def test_a_number_that_is_taken_is_drawn_again_with_a_digit_more(
    portal: Portal, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    spaces: list[int] = []

    def seven(below: int) -> int:
        spaces.append(below)
        return 7

    monkeypatch.setattr("chalicelib.issues.reporting.secrets.randbelow", seven)
    files = [report(portal=portal, by=people.owner) for _ in range(4)]
    numbers = [file.issue.number for file in files]
    assert [number.partition("-")[2] for number in numbers] == ["00007", "000007", "0000007", "00000007"]
    assert spaces == [10**5, 10**5, 10**6, 10**5, 10**6, 10**7, 10**5, 10**6, 10**7, 10**8]
    found = [store.id_of_number(portal.db, number) for number in numbers]
    assert found == [file.issue.id for file in files]
