"""How much work a warm request is, counted in calls of functions: the same number on any machine in any mood.

Times waver by half on a busy machine, and Python under a simulated processor takes minutes. Calls of Python and C
functions, as `sys.setprofile` sees them, are exact, and went down with the times of `bench/warm.py` step by step.
"""

import dataclasses
import itertools
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from types import FrameType
from typing import Any

import pytest
from botocore.session import Session

from chalicelib.db import Db
from chalicelib.portal import Portal
from chalicelib.table_client import connect
from tests.browser import Browser, Page
from tests.engines import Engine
from tests.factories import NOW, People, report

#: The most calls that a request may make. A number here goes up only for something that people see.
CEILINGS = {"get": 1470, "list": 3120, "queue": 2920, "transaction": 3725, "page": 8045}


@pytest.fixture(scope="module")
def people(shared_site: People, engine: Engine) -> Iterator[People]:
    """People and 24 issues, on a client as Lambda has it: without validation, and with nothing in between."""
    for number in range(24):
        report(portal=shared_site.portal, by=shared_site.owner, now=NOW - timedelta(hours=number))
    session = Session()
    session.set_credentials(engine.access_key, engine.secret_key)
    with closing(connect("us-east-1", engine.url, session)) as client, pytest.MonkeyPatch.context() as patch:
        db = Db(client, shared_site.portal.db.table)
        portal: Portal = dataclasses.replace(shared_site.portal, db=db)
        patch.setattr("chalicelib.routes.portal", lambda: portal)
        yield People(portal)


def _counted(request: Callable[[], Page]) -> tuple[int, Counter[str]]:
    """How many calls a request makes once it is warm, and of which functions."""
    calls: Counter[str] = Counter()

    def count(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            calls[f"{frame.f_code.co_filename.rsplit('/', 2)[-1]}:{frame.f_code.co_name}"] += 1
        elif event == "c_call":
            calls[getattr(argument, "__qualname__", "?")] += 1

    for _ in range(2):
        page = request()
        assert page.status == 200, page.text
    sys.setprofile(count)
    try:
        request()
    finally:
        sys.setprofile(None)
    return calls.total(), calls


def _requests(people: People) -> dict[str, Callable[[], Page]]:
    owner, clerk = (Browser(token=people.token(name)) for name in ("owner", "clerk"))
    pages = Browser(cookies={"session": people.token("owner")})
    ids = iter(item["id"] for item in owner.api("GET", "/issues?limit=20").json["items"])
    shown, keys = next(ids), itertools.count()
    step = {"to": "acknowledged", "version": 1}
    return {
        "get": lambda: owner.api("GET", f"/issues/{shown}"),
        "list": lambda: owner.api("GET", "/issues?limit=20"),
        "queue": lambda: clerk.api("GET", "/desk/issues?limit=20"),
        "transaction": lambda: clerk.api(
            "POST", f"/desk/issues/{next(ids)}/transition", step, key=f"a-key-{next(keys):03}"
        ),
        "page": lambda: pages.get("/issues"),
    }


@pytest.fixture(scope="module")
def counted(people: People) -> dict[str, tuple[int, Counter[str]]]:
    """Each row's calls, in all and by function."""
    return {name: _counted(request) for name, request in _requests(people).items()}


def test_a_warm_request_makes_no_more_calls_than_its_ceiling(
    counted: dict[str, tuple[int, Counter[str]]],
) -> None:
    above = {name: total for name, (total, _) in counted.items() if total > CEILINGS[name]}
    said = [
        f"{name}: {total} calls, the ceiling is {CEILINGS[name]}; the most: {counted[name][1].most_common(12)}"
        for name, total in above.items()
    ]
    assert not above, (
        "A warm request does more work than before. See with `make bench` what it costs, look for it among these "
        "functions, and raise the ceiling only where people get something for it:\n" + "\n".join(said)
    )


def test_the_ceilings_are_near_enough_to_notice(counted: dict[str, tuple[int, Counter[str]]]) -> None:
    far = {name: total for name, (total, _) in counted.items() if total < 0.8 * CEILINGS[name]}
    assert not far, f"lower these ceilings, the work has become less: {far}"
