"""What the simulated month counts as warned of in time."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from bench.month_checks import TICK, _unwarned
from chalicelib.times import rfc3339
from tests.factories import NOW

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
DUE = NOW + 8 * HOUR


def make_file(*, warned: dict[Any, Any], resumed: Any = None) -> Any:
    """An issue whose repair was late at DUE; `warned` has when which due time was warned of."""
    done = {
        f"0.resolve.0.warn.{rfc3339(of)}": {"kind": "warn", "at": rfc3339(at)} for of, at in warned.items()
    }
    done["0.resolve.0.breach"] = {"kind": "breach", "due_at": rfc3339(DUE)}
    went_on = [SimpleNamespace(from_status="paused", at=resumed)] if resumed else []
    return SimpleNamespace(issue=SimpleNamespace(number="1"), done=done, timeline=went_on)


@pytest.mark.parametrize(
    ("warned", "resumed", "well"),
    [
        ({DUE: DUE - HOUR}, None, True),
        ({}, None, False),
        ({DUE: DUE}, None, False),
        ({DUE: DUE + SECOND, DUE - HOUR: DUE - 2 * HOUR}, None, False),
        ({DUE: DUE + SECOND, DUE - HOUR: DUE - 2 * HOUR}, DUE - TICK, False),
        ({DUE: DUE + SECOND, DUE - HOUR: DUE - 2 * HOUR}, DUE - 24 * SECOND, True),
        ({DUE: DUE + SECOND}, DUE - 24 * SECOND, False),
    ],
)
def test_a_breach_counts_as_warned_of_when_somebody_could_still_act(
    warned: Any, resumed: Any, well: bool
) -> None:
    """Who went on with paused work within a tick before its end was warned before the pause, or never."""
    assert (_unwarned(make_file(warned=warned, resumed=resumed)) == []) is well
