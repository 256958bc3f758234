"""The style page shows every part of pages in each state, and is for one's own machine only."""

from functools import cache

import pytest
from jinja2 import Environment, FileSystemLoader, nodes

from chalicelib import i18n
from local import samples, styles
from local.engines import ROOT

MACROS = sorted(path.name for path in (ROOT / "templates" / "macros").glob("*.html"))
Macro = tuple[str, str]


@cache
def _parsed(path: str) -> nodes.Template:
    environment = Environment(loader=FileSystemLoader(ROOT), extensions=["jinja2.ext.i18n"])
    return environment.parse((ROOT / path).read_text(encoding="utf-8"))


def _names(path: str) -> set[str]:
    return {macro.name for macro in _parsed(path).find_all(nodes.Macro)}


def _called(path: str, tree: nodes.Node) -> set[Macro]:
    """The macros that a part of a template calls: by the name of the file they are imported from, or its own."""
    files = {
        one.target: f"templates/{one.template.value}"
        for one in _parsed(path).find_all(nodes.Import)
        if isinstance(one.template, nodes.Const)
    }
    found = set()
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Getattr) and isinstance(call.node.node, nodes.Name):
            found.add((files.get(call.node.node.name, ""), call.node.attr))
        elif isinstance(call.node, nodes.Name):
            found.add((path, call.node.name))
    return found


def _shown() -> set[Macro]:
    """The macros that the style page and the frame around it call, and those that these call in turn."""
    found: set[Macro] = set()
    pages = ("local/styles.html", "templates/base.html")
    waiting = {macro for page in pages for macro in _called(page, _parsed(page))}
    while waiting:
        path, name = macro = waiting.pop()
        if macro in found or not path.startswith("templates/macros/") or name not in _names(path):
            continue
        found.add(macro)
        body = next(one for one in _parsed(path).find_all(nodes.Macro) if one.name == name)
        waiting |= _called(path, body)
    return found


@pytest.mark.parametrize("name", MACROS)
def test_the_style_page_shows_every_macro(name: str) -> None:
    place = f"templates/macros/{name}"
    missing = _names(place) - {shown for file, shown in _shown() if file == place}
    assert not missing, "show it in local/styles.html"


@pytest.mark.parametrize("lang", i18n.LOCALES)
@pytest.mark.parametrize("look", ["", "light", "large.dark"])
def test_the_style_page_can_be_drawn_in_each_language_and_look(lang: str, look: str) -> None:
    html = styles.page({"lang": lang, "look": look})
    assert f'<html lang="{lang}"' in html
    assert ('data-text="large"' in html) == ("large" in look)


@pytest.mark.parametrize("lang", i18n.LOCALES)
def test_the_style_page_shows_an_issue_in_each_state(lang: str) -> None:
    html = styles.page({"lang": lang})
    for say in (i18n.status_owner, i18n.status_short):
        assert all(say(status, lang) in html for status in i18n.STATUS_SHORT)
    assert {one["status"] for one in samples.cards(lang)} == set(i18n.STATUS_SHORT)


def test_every_token_has_a_swatch() -> None:
    css = styles.css()
    assert "var(--brand)" in css
    assert ".as-r1 { border-radius: var(--r1); }" in css
