"""What a cold start of the packaged portal imports: counted, so that no machine's mood matters."""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.portal import Portal
from tests.engines import Engine
from tests.factories import People, report
from tests.packages import Package, environment_for

#: What a program's read needs none of, with all that is below.
NEVER = (
    "boto3", "botocore", "urllib3", "http.client", "importlib.metadata", "email", "dateutil",
    "PIL", "pillow_heif", "segno", "jinja2", "phonenumbers", "multipart",
    "chalicelib.openapi", "chalicelib.desk.pages", "chalicelib.issues.pages", "chalicelib.places.pages",
    "chalicelib.importing", "chalicelib.photos.processing", "chalicelib.photos.intake",
    "chalicelib.issues.commit", "chalicelib.inbox.outbox",  # what a change needs
)  # fmt: skip
#: All modules, the standard library's included. More need a reason: each costs a fifth of a millisecond.
MOST_MODULES = 315
#: … and for a page, with its templates.
MOST_FOR_A_PAGE = 320
ASK = """
import app
answer = app.app(given, None)
result = {"status": answer["statusCode"], "body": answer["body"], "modules": sorted(sys.modules)}
"""


@pytest.fixture
def environment(site: Portal, engine: Engine, tmp_path: Path) -> dict[str, str]:
    """The packaged portal on this test's table."""
    key_file = tmp_path / "data.key"
    key_file.write_text(site.keys.to_json())
    return environment_for(engine, site.db.table, key_file)


def get(resource: str, headers: dict[str, str], **parameters: str) -> dict[str, Any]:
    """API Gateway's event of a GET."""
    path = resource.format(**parameters)
    return {
        "resource": resource,
        "path": path,
        "httpMethod": "GET",
        "headers": {"Host": "portal.example", **headers},
        "multiValueHeaders": {},
        "multiValueQueryStringParameters": None,
        "pathParameters": parameters or None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource,
            "path": path,
            "httpMethod": "GET",
            "requestId": "r1",
            "identity": {"sourceIp": "192.0.2.1"},
        },
        "body": None,
        "isBase64Encoded": False,
    }


def test_a_cold_read_imports_what_it_needs_and_no_more(
    package: Package, environment: dict[str, str], people: People, portal: Portal
) -> None:
    issue = report(portal=portal, by=people.owner).issue
    bearer = {"Authorization": f"Bearer {people.token('owner')}"}
    found = package.run(ASK, environment, get("/api/v1/issues/{issue_id}", bearer, issue_id=issue.id))
    assert (found["status"], issue.number in found["body"]) == (200, True)
    modules = found["modules"]
    assert [name for name in modules if f"{name}.".startswith(tuple(f"{never}." for never in NEVER))] == []
    assert len(modules) <= MOST_MODULES


def test_a_cold_page_comes_from_compiled_templates_and_reads_the_same(
    package: Package, environment: dict[str, str], people: People, signed_in: Any
) -> None:
    report(portal=people.portal, by=people.owner)
    browser = signed_in("owner")
    cookie = {"Cookie": f"session={browser.cookies['session']}", "Accept-Language": "en"}
    loader = "from chalicelib.page_words import environment\nresult['loader'] = type(environment().loader).__name__"
    found = package.run(f"{ASK}{loader}", environment, get("/issues", cookie))
    here = browser.get("/issues", **{"Accept-Language": "en"}).text
    assert (found["status"], found["loader"]) == (200, "ModuleLoader")
    assert len(found["modules"]) <= MOST_FOR_A_PAGE
    assert _without_changing(found["body"]) == _without_changing(here)


def _without_changing(page: str) -> list[str]:
    """A page's lines without those that differ from one look to the next: one-time keys, the request's id, photos."""
    return [
        line
        for line in page.splitlines()
        if not any(word in line for word in ("form_key", 'name="key"', "r1"))
    ]


@pytest.mark.parametrize("resource", ["/desk", "/inbox", "/me"])
def test_a_page_asks_to_sign_in_whichever_feature_it_belongs_to(
    package: Package, environment: dict[str, str], resource: str
) -> None:
    found = package.run(ASK, environment, get(resource, {}))
    assert found["status"] == 303


def test_a_form_sent_without_a_session_comes_back_with_the_sign_in_form_and_keeps_what_was_typed(
    package: Package, environment: dict[str, str]
) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    sent = get("/issues/{issue_id}/message", form, issue_id="i1")
    sent |= {"httpMethod": "POST", "body": "text=It+drips+again"}
    sent["requestContext"]["httpMethod"] = "POST"
    found = package.run(ASK, environment, sent)
    assert (found["status"], "It drips again" in found["body"], "/login" in found["body"]) == (
        401,
        True,
        True,
    )


def test_a_page_says_what_another_features_page_wanted_said(
    package: Package, environment: dict[str, str], people: People
) -> None:
    cookie = {"Cookie": f"session={people.token('owner')}; flash=signed_out_all", "Accept-Language": "en"}
    found = package.run(ASK, environment, get("/inbox", cookie))
    assert (found["status"], "You are signed out on all devices." in found["body"]) == (200, True)


def test_the_api_s_document_tells_of_all_features(package: Package, environment: dict[str, str]) -> None:
    found = package.run(ASK, environment, get("/api/openapi.json", {}))
    written = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())
    assert json.loads(found["body"])["paths"] == written["paths"]


def test_the_stream_and_the_clock_load_no_routes(package: Package, environment: dict[str, str]) -> None:
    code = """
import app
result = {"tick": app.tick(given, None), "modules": sorted(sys.modules)}
"""
    names = ("version", "account", "region", "detail", "detail-type", "source", "time", "id", "resources")
    found = package.run(code, environment, dict.fromkeys(names, ""))
    parts = ("delivered", "handled", "complaints", "consultations", "counted", "points")
    assert found["tick"] == dict.fromkeys(parts, 0)
    assert not [
        name
        for name in found["modules"]
        if name.startswith("chalicelib.") and name.endswith(("pages", ".api"))
    ]
