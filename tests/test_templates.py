"""The look's own promises: sizes, contrast, no foreign content, icons that exist, posts that have a form."""

import gzip
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, nodes

from local import tokens

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STATIC = ROOT / "static"


@pytest.mark.parametrize("which", tokens.SCHEMES)
@pytest.mark.parametrize("pair", tokens.pairs(), ids=lambda pair: f"{pair.text} on {pair.ground}")
def test_words_can_be_read_in_both_schemes(which: str, pair: tokens.Pair) -> None:
    assert pair.contrast[which] >= 4.5


def test_the_dark_scheme_is_the_same_by_choice_and_by_the_device() -> None:
    assert tokens.colours("dark") == tokens.colours("dark by the device")


def _sent(files: Iterable[Path]) -> int:
    """What files weigh on the way to a phone."""
    return sum(len(gzip.compress(file.read_bytes())) for file in files)


def test_the_styles_and_scripts_stay_small() -> None:
    when_tapped = {STATIC / "pannellum.js", STATIC / "pannellum.css"}
    assert _sent(when_tapped) < 25_000
    assert _sent(set(STATIC.glob("*.css")) - when_tapped) < 15_000
    at_the_desk = {STATIC / f"{name}.js" for name in ("desk", "live", "alarm", "keys", "steps", "jobs")}
    assert _sent(set(STATIC.glob("*.js")) - at_the_desk - when_tapped) < 30_000
    assert _sent(at_the_desk) < 20_000


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_has_nothing_inline_and_nothing_from_elsewhere(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"(?:src|href|action)=[\"']?(?:https?:)?//", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_and_form_of_a_template_goes_through_the_url_helper(path: Path) -> None:
    plain = re.findall(r'(?:href|src|action)="(/[^"]*)"', path.read_text())
    assert plain == [], "a stage's base path would be lost"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_icon_that_a_template_names_is_in_the_sprite(path: Path) -> None:
    known = set(re.findall(r'<symbol id="(\w+)"', (STATIC / "icons.svg").read_text()))
    environment = Environment(loader=FileSystemLoader(ROOT / "templates"), extensions=["jinja2.ext.i18n"])
    tree = environment.parse(path.read_text())
    named = {
        call.args[0].value
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Getattr) and call.node.attr == "icon"
        if isinstance(call.args[0], nodes.Const)
    }
    assert named <= known


def test_the_sprite_holds_no_icon_that_nobody_uses() -> None:
    known = set(re.findall(r'<symbol id="(\w+)"', (STATIC / "icons.svg").read_text()))
    files = [*TEMPLATES, *(ROOT / "chalicelib").rglob("*.py"), *STATIC.glob("*.js")]
    named = {word for file in files for word in re.findall(r"[\"'](\w+)[\"']", file.read_text())}
    assert known <= named


def test_every_category_has_a_picture() -> None:
    from chalicelib.issues import policy

    known = set(re.findall(r'<symbol id="(\w+)"', (STATIC / "icons.svg").read_text()))
    assert {category.icon for category in policy.CATEGORIES.values()} <= known


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_form_of_a_template_says_how_it_is_sent(path: Path) -> None:
    forms = re.findall(r"<form\b[^>]*>", re.sub(r"\{\{.*?\}\}", "x", path.read_text()))
    assert all('method="post"' in form or 'method="get"' in form for form in forms)
