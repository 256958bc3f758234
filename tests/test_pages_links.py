"""Links back lead nowhere but into the portal, and cursors serve nobody but the one who got them."""

from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib import cursors
from chalicelib.crypto import Keyring
from chalicelib.errors import Invalid
from chalicelib.inbox import outbox
from chalicelib.pages import safe_path, with_query, without_query
from chalicelib.portal import Portal
from tests.browser import Browser
from tests.factories import NOW, People, make_person, report

HERE = "https://portal.example"
TRICKS = st.text(st.sampled_from("/\\.:@?#%\t\n\r htps0aevil。．｡"), max_size=20) | st.text(max_size=30)


def _stays_here(path: str) -> bool:
    """As a browser reads it: backslashes are slashes, tabs and line ends are nothing."""
    read = path.replace("\\", "/").replace("\t", "").replace("\n", "").replace("\r", "")
    parts = urlsplit(urljoin(HERE, read))
    return (parts.scheme, parts.netloc) == ("https", "portal.example")


@given(text=TRICKS)
@example("//evil.example")
@example("/\\evil.example")
@example("\\\\evil.example")
@example("/\t/evil.example")
@example("https:evil.example")
@example("//[evil")
@example("javascript:alert(1)")
@example(" //evil.example")
@example("/issues?next=//evil.example#x")
def test_no_text_leads_to_another_host(text: str) -> None:
    path = safe_path(text, "/home")
    assert path.startswith("/")
    assert not path.startswith("//")
    assert _stays_here(path)


@pytest.mark.parametrize(
    "path", ["/", "/issues/1", "/issues?status=closed&cursor=x.y", "/desk?number=1#top", "/问题"]
)
def test_ones_own_paths_are_kept(path: str) -> None:
    assert safe_path(path, "/home") == path


@pytest.mark.parametrize("path", [None, "", "issues", "?x", "/" + "x" * 500, "/a\nb", "/a\x00b"])
def test_what_is_no_path_leads_home(path: str | None) -> None:
    assert safe_path(path, "/home") == "/home"


def test_queries_are_added_before_the_fragment_and_taken_off_whole() -> None:
    assert with_query("/a", {"x": "1"}) == "/a?x=1"
    assert with_query("/a?b=1#c", {"x": "1"}) == "/a?b=1&x=1#c"
    assert without_query("/a?b=1#c") == "/a"


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "//[", "/a\r\nX: y"]
)
def test_signing_in_never_leads_elsewhere(shared_site: People, target: str) -> None:
    browser = Browser(cookies={"session": shared_site.token("owner")})
    page = browser.get("/login?" + urlencode({"next": target}))
    assert (page.status, page.headers["location"]) == (303, "/")
    page = browser.post("/photos", {"back": target})
    assert page.status == 303
    assert urlsplit(page.headers["location"]).netloc == ""
    assert "evil" not in page.headers["location"]


def test_after_signing_in_one_comes_to_the_page_one_wanted(shared_site: People) -> None:
    page = Browser().get("/issues?status=closed")
    assert page.headers["location"] == "/login?" + urlencode({"next": "/issues?status=closed"})
    browser = Browser(cookies={"session": shared_site.token("owner")})
    assert browser.get(page.headers["location"]).headers["location"] == "/issues?status=closed"


KEYS = Keyring.generate()
OWNER, OTHER = make_person(id="a1"), make_person(id="a2")


@given(place=st.text(st.characters(exclude_categories=["Cs"]), min_size=1), junk=st.text(max_size=50))
def test_a_cursor_opens_for_its_person_and_its_list_only(place: str, junk: str) -> None:
    of = cursors.scope("issues", status="closed")
    cursor = cursors.give(KEYS, OWNER, of, place)
    assert cursors.take(KEYS, OWNER, of, cursor) == place
    for person, scope, text in (
        (OTHER, of, cursor),
        (OWNER, cursors.scope("issues", status="resolved"), cursor),
        (OWNER, cursors.scope("inbox"), cursor),
        (OWNER, of, f"{cursor}A"),
        (OWNER, of, junk or "x"),
    ):
        with pytest.raises(Invalid):
            cursors.take(KEYS, person, scope, text)


def test_filters_that_are_not_set_belong_to_the_same_list() -> None:
    assert cursors.scope("desk", a=None, b="", c=False, d=1) == cursors.scope("desk", d=1)


@pytest.fixture(scope="module")
def _three_each(shared_site: People) -> None:
    for name, unit in (("owner", "maple-1-101"), ("neighbour", "maple-1-102")):
        for number in range(3):
            file_by: Any = getattr(shared_site, name)
            report(portal=shared_site.portal, by=file_by, unit_id=unit, description=f"第{number}处")
    outbox.sweep(shared_site.portal, NOW.replace(year=2027))


@pytest.mark.parametrize("path", ["/issues", "/inbox", "/desk/issues"])
@pytest.mark.usefixtures("_three_each")
def test_a_list_goes_on_by_its_cursor_to_its_end_and_for_nobody_else(shared_site: People, path: str) -> None:
    names = ("clerk", "manager") if "desk" in path else ("owner", "neighbour")
    mine, other = (Browser(token=shared_site.token(name)) for name in names)
    seen: list[str] = []
    page = mine.api("GET", f"{path}?limit=2").json
    first = page["next_cursor"]
    while True:
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        page = mine.api("GET", f"{path}?limit=2&cursor={quote(page['next_cursor'])}").json
    assert len(seen) == len(set(seen)) == (6 if "desk" in path else 3)
    assert seen == [item["id"] for item in mine.api("GET", f"{path}?limit=100").json["items"]]
    for browser, query in ((other, f"cursor={first}"), (mine, f"cursor={first}x"), (mine, "cursor=junk")):
        answer = browser.api("GET", f"{path}?limit=2&{query}")
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, "cursor")


def test_a_cursor_of_one_filter_is_no_use_with_another(shared_site: People) -> None:
    clerk = Browser(token=shared_site.token("clerk"))
    cursor = clerk.api("GET", "/desk/issues?limit=1&status=submitted").json["next_cursor"]
    assert clerk.api("GET", f"/desk/issues?limit=1&status=submitted&cursor={cursor}").status == 200
    assert clerk.api("GET", f"/desk/issues?limit=1&cursor={cursor}").status == 422


def test_the_owners_list_is_newest_first(portal: Portal, people: People) -> None:
    from chalicelib.issues import listing

    made = [report(portal=portal, by=people.owner).issue.id for _ in range(3)]
    found, _ = listing.own(portal, people.owner, 10, None, None)
    assert [issue.id for issue in found] == made[::-1]
