"""The documents say what the code does: keys, settings, the API."""

import json
import re
from pathlib import Path

import pytest

from chalicelib.db import Item
from chalicelib.openapi import document
from chalicelib.settings import Settings, read_settings
from chalicelib.web import ROUTES
from tests.recording import WRITTEN, kind_of

DOCS = Path(__file__).parent.parent / "docs"
KEYS = (DOCS / "keys.md").read_text(encoding="utf-8")
Kinds = tuple[str, str]


def _kind(written: str) -> str:
    """What a documented key such as `ISSUE#<id>` begins with, as the recorder names it."""
    return "…" if written.startswith("<") else kind_of(written)


def _documented() -> dict[Kinds, set[str]]:
    table = KEYS.split("## Records")[1].split("\n## ")[0]
    found: dict[Kinds, set[str]] = {}
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split(" | ")]
        if line.startswith("| `"):
            pk, sk = (_kind(cell.strip("`")) for cell in cells[:2])
            found[pk, sk] = set(re.findall(r"`(\w+)`", cells[2]))
    return found


@pytest.fixture
def sent_by_all_tests(told: list[Item]) -> dict[Kinds, set[str]]:
    """What the story writes and, in a whole run, what all the tests before have written."""
    assert told
    return {kinds: names for kinds, names in WRITTEN.items() if kinds[0] != "P"}


def test_every_key_and_attribute_that_is_written_is_documented(
    sent_by_all_tests: dict[Kinds, set[str]],
) -> None:
    documented = _documented()
    assert {kinds for kinds in sent_by_all_tests if kinds not in documented} == set()
    unknown = {kinds: names - documented[kinds] for kinds, names in sent_by_all_tests.items()}
    assert {kinds: names for kinds, names in unknown.items() if names} == {}


def test_every_documented_key_and_attribute_is_written(sent_by_all_tests: dict[Kinds, set[str]]) -> None:
    documented = _documented()
    assert set(documented) - set(sent_by_all_tests) == set()
    unused = {kinds: names - sent_by_all_tests[kinds] for kinds, names in documented.items()}
    unused[("COMMUNITY#", "COUNTS")] -= {"cancelled"}  # a state that not every run brings about
    unused[("DUE#", "…")] -= {"after"}  # of a community with more open issues than the story has
    assert {kinds: names for kinds, names in unused.items() if names} == {}


def test_the_indexes_are_documented() -> None:
    table = json.loads((DOCS.parent / "infra" / "table.json").read_text())
    names = [index["IndexName"] for index in table["GlobalSecondaryIndexes"]]
    part = KEYS.split("## Indexes")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)`", part, re.M) == names


def test_every_setting_is_documented_with_its_default() -> None:
    text = (DOCS / "operations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", text.split("## Settings")[1].split("\n## ")[0], re.M)
    documented = {name: default.strip("`") for name, default in rows}
    fields = {name.upper(): field.default for name, field in Settings.model_fields.items()}
    assert documented == {
        name: str(default) if default not in (None, "") else "–" for name, default in fields.items()
    }


def test_every_documented_setting_is_read_from_the_environment() -> None:
    given = {"PORTAL_STAGE": "local", "TABLE_NAME": "t", "CODE_TRIES": "7", "LOG_LEVEL": "", "NOT_OURS": "x"}
    settings = read_settings(given)
    assert (settings.portal_stage, settings.table_name, settings.code_tries) == ("local", "t", 7)
    assert settings.log_level == "INFO"


@pytest.mark.parametrize("bad", [{"PORTAL_STAGE": "moon"}, {"CODE_TRIES": "0"}, {"CODE_TRIES": "x"}])
def test_a_setting_that_makes_no_sense_is_refused(bad: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(bad)).lower()):
        read_settings(bad)


def test_the_api_document_is_fresh() -> None:
    kept = json.loads((DOCS / "openapi.json").read_text(encoding="utf-8"))
    assert kept == document(), "run `make openapi`"


def test_every_api_route_is_in_the_api_document() -> None:
    paths = document()["paths"]
    routes = {(route.path, route.method.lower()) for route in ROUTES if route.kind == "api"}
    assert {(path, method) for path, methods in paths.items() for method in methods} == routes
    for route in ROUTES:
        if route.kind == "api":
            told = paths[route.path][route.method.lower()]
            assert str(route.status) in told["responses"]
            assert ("security" in told) is route.access.public
            assert any(p["name"] == "Idempotency-Key" for p in told["parameters"]) is route.once


def test_every_code_of_an_error_is_in_the_api_document() -> None:
    told = document()["components"]["schemas"]["Problem"]["properties"]["code"]["description"]
    sources = (DOCS.parent / "chalicelib").rglob("*.py")
    codes = {code for path in sources for code in re.findall(r'^    code = "(\w+)"$', path.read_text(), re.M)}
    assert {"version_conflict", "step_too_old"} <= codes == set(re.findall(r"`(\w+)`", told))


def test_every_endpoint_of_the_contract_is_there() -> None:
    wanted = """POST /auth/code; POST /auth/session; DELETE /auth/session; GET /me;
        GET /communities/{community_id}/categories; POST /photos; GET /photos/{photo_id}; POST /issues; GET /issues;
        GET /issues/{issue_id}; POST /issues/{issue_id}/messages; POST /issues/{issue_id}/cancel;
        POST /issues/{issue_id}/confirm; POST /issues/{issue_id}/reopen; PUT /issues/{issue_id}/rating;
        GET /desk/issues; GET /desk/issues/{issue_id};
        GET /consultants; GET /consultants/{consultant_id}/slots; POST /bookings; GET /bookings;
        GET /bookings/{booking_id};
        POST /bookings/{booking_id}/reschedule; POST /bookings/{booking_id}/cancel;
        POST /desk/issues/{issue_id}/transition;
        POST /desk/issues/{issue_id}/assign; POST /desk/issues/{issue_id}/messages; POST /desk/import"""
    names = {
        f"{route.method} {route.path.removeprefix('/api/v1')}" for route in ROUTES if route.kind == "api"
    }
    assert {name.strip() for name in wanted.split(";")} <= names
    pages = {route.path for route in ROUTES if route.kind == "page" and route.method == "GET"}
    assert {
        "/login",
        "/",
        "/issues",
        "/issues/new",
        "/issues/{issue_id}",
        "/inbox",
        "/me",
        "/desk",
        "/desk/board",
        "/desk/calendar",
        "/consultations",
        "/consultations/new",
    } <= pages
