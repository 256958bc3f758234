"""A Chinese sign is a square wide and holds the space beside it: none stands before or after it besides."""

import re
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup

from chalicelib.i18n import aside, lead, said
from tests.browser import Browser
from tests.factories import People
from tests.route_calls import ALL, Ids, address_of, make_ids, name_of

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
PAGES = [route for route in ALL if route.kind == "page" and route.method == "GET"]
#: What stands within a line; all else begins a new one.
_INLINE = re.compile(r"</?(?:a|b|strong|span|em|small|time|label|svg|use|input)\b[^>]*>")
#: A name after a middle dot, and an address, which telephones look for, do have a space before them.
_DOUBLE = re.compile(r".{0,15}(?:[：，；。！？、（）] +(?=[^ ·|])(?!http)|[^ ] +（).{0,12}")
_SAID = re.compile(
    r"""( (?:<[^>]*>)?\{\{ )?_\((["'])((?:\\.|(?!\2).)*)\2\)(?:\|format\([^{}]*\))? \}\}((?:<[^>]*>)* \S)?"""
)


@pytest.mark.parametrize(
    ("words", "before", "after"),
    [
        ("Next:", "Next: ", " Next:"),
        ("接下来：", "接下来：", " 接下来："),
        ("（选填）", "（选填）", "（选填）"),
    ],
)
def test_words_have_a_space_beside_them_where_their_sign_holds_none(
    words: str, before: str, after: str
) -> None:
    assert (lead(words), aside(words)) == (before, after)


def test_what_is_markup_stays_markup() -> None:
    assert (str(lead(Markup("<b>a</b>"))), str(aside(Markup("<b>a</b>")))) == ("<b>a</b> ", " <b>a</b>")
    assert isinstance(aside(Markup("a")), Markup)


@pytest.fixture(scope="module")
def ids(shared_site: People) -> Ids:
    return make_ids(people=shared_site)


def _lines(html: str) -> list[str]:
    text = re.sub(r"<[^>]*>", "\n", _INLINE.sub("", html))
    return [line.strip() for line in text.split("\n")]


@pytest.mark.parametrize("route", PAGES, ids=name_of)
def test_no_page_has_a_space_beside_a_wide_sign(shared_site: People, ids: Ids, route: Any) -> None:
    who = "manager" if "/desk" in route.path else "owner"
    page = Browser(token=shared_site.token(who)).get(address_of(route, ids))
    assert [found[0] for line in _lines(page.text) if (found := _DOUBLE.search(line))] == []


@pytest.mark.parametrize("file", sorted(TEMPLATES.rglob("*.html")), ids=lambda file: str(file.name))
def test_no_template_puts_a_space_beside_words_that_hold_it(file: Path) -> None:
    """Pages have states that the walk above does not meet."""
    doubled = []
    for before, _, text, after in _SAID.findall(file.read_text()):
        words = said(text.replace('\\"', '"'), "zh-CN")
        if (before and words.startswith("（")) or (
            after and words.endswith(("：", "，", "；", "。", "！", "？"))
        ):
            doubled.append(words)
    assert doubled == []
