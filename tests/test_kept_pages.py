"""What a phone keeps to be an app without a network: the worker, the manifest, static files, nobody's page."""

import json
import re
from typing import Any

from chalicelib.assets import static
from chalicelib.portal import Portal
from tests.browser import Browser
from tests.factories import People


def test_the_worker_knows_every_style_and_script_by_its_content(shared_site: People) -> None:
    text = Browser().get("/sw.js").text
    found = re.match(r"self\.setup = (\{.*?\});\n", text)
    assert found
    setup = json.loads(found[1])
    assert {static(name) for name in ("portal.css", "portal.js", "reports.js", "icons.svg")} <= set(
        setup["files"]
    )
    assert static("sw.js") not in setup["files"]
    assert setup["offline"] == "/offline"


def test_every_file_that_pages_name_is_known_to_the_worker(shared_site: People) -> None:
    files = Browser().get("/sw.js").text.split("\n", 1)[0]
    browser = Browser(cookies={"session": shared_site.token("owner")})
    for path in ("/", "/issues/new?category=noise", "/login"):
        named = set(re.findall(r'"(/static/\w+/[\w.-]+\.(?:css|js|svg))', browser.get(path).text))
        assert all(address in files for address in named), path


def test_an_address_of_another_version_is_answered_but_never_kept(shared_site: People) -> None:
    right = Browser().get(static("portal.css")).headers["cache-control"]
    other = Browser().get("/static/0123456789/portal.css").headers["cache-control"]
    assert (right, other) == ("public, max-age=31536000, immutable", "no-store")


def test_the_page_for_no_signal_is_nobodys(shared_site: People) -> None:
    page = Browser(cookies={"session": shared_site.token("owner")}).get("/offline")
    assert page.status == 200
    assert "data-me" not in page.text


def test_only_owners_pages_ask_for_the_forms_of_a_report(shared_site: People) -> None:
    for name, asks in (("owner", True), ("clerk", False)):
        page = Browser(cookies={"session": shared_site.token(name)}).get("/me")
        assert ("data-ahead=" in page.text) is asks


def test_the_manifest_speaks_the_pages_language(shared_site: People) -> None:
    names = [Browser().get(f"/manifest.webmanifest?locale={lang}").json["name"] for lang in ("zh-CN", "en")]
    assert names == ["安和物业", "Anhe Property Care"]


def test_what_a_phone_fetches_ahead_leaves_what_is_to_be_said_for_the_page_that_comes(
    signed_in: Any, site: Portal
) -> None:
    owner: Browser = signed_in("owner")
    owner.post("/me/language", {"locale": "zh-CN"})
    assert owner.cookies["flash"]
    for path in ("/offline", "/issues"):
        ahead = owner.get(path, Purpose="prefetch")
        assert "<!--once--><div" not in ahead.text
        assert owner.cookies["flash"]
    assert 'role="status"' in owner.get("/me").text
    assert not owner.cookies.get("flash")
