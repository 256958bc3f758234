"""The look's own promises: sizes, contrast, no foreign content, icons that exist, posts that have a form."""

import gzip
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, nodes

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STATIC = ROOT / "static"


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _tokens(css: str) -> dict[str, str]:
    """Custom properties with a colour, as `--name` → `#rrggbb`."""
    found = re.findall(r"(--[\w-]+):\s*(#[0-9a-f]{3,6})\b", css)
    return {
        name: value if len(value) == 7 else "#" + "".join(c * 2 for c in value[1:]) for name, value in found
    }


def _scheme(which: str) -> dict[str, str]:
    """All colours of the light or the dark scheme, the company's own one as `--brand`."""
    css = (STATIC / "portal.css").read_text()
    pattern = r':root\[data-theme="dark"\] \{(.*?)\n\}' if which == "dark" else r":root \{(.*?)\n\}"
    block = re.search(pattern, css, re.S)
    assert block
    brand = _tokens((ROOT / "company" / "brand.css").read_text())[f"--brand-{which}"]
    return {**_tokens(block.group(1)), "--brand": brand}


@pytest.mark.parametrize("which", ["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("--brand", "--surface"),
        ("--brand", "--page"),
        ("--brand", "--tint"),
        ("--on-brand", "--brand"),
        ("--ink", "--page"),
        ("--soft", "--page"),
        ("--soft", "--sunk"),
        ("--danger", "--danger-tint"),
        ("--wait", "--wait-tint"),
        ("--good", "--good-tint"),
    ],
)
def test_words_can_be_read_in_both_schemes(which: str, text: str, ground: str) -> None:
    colours = _scheme(which)
    assert _contrast(colours[text], colours[ground]) >= 4.5


def test_the_dark_scheme_is_the_same_by_choice_and_by_the_device() -> None:
    css = (STATIC / "portal.css").read_text()
    by_choice = re.search(r':root\[data-theme="dark"\] \{(.*?)\n\}', css, re.S)
    by_device = re.search(r':root:not\(\[data-theme="light"\]\) \{(.*?)\n  \}', css, re.S)
    assert by_choice
    assert by_device
    assert _tokens(by_choice.group(1)) == _tokens(by_device.group(1))


def _sent(files: Iterable[Path]) -> int:
    """What files weigh on the way to a phone."""
    return sum(len(gzip.compress(file.read_bytes())) for file in files)


def test_the_styles_and_scripts_stay_small() -> None:
    assert _sent(STATIC.glob("*.css")) < 15_000
    assert _sent(STATIC.glob("*.js")) < 30_000


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


def test_every_category_has_a_picture() -> None:
    from chalicelib.issues import policy

    known = set(re.findall(r'<symbol id="(\w+)"', (STATIC / "icons.svg").read_text()))
    assert {category.icon for category in policy.CATEGORIES.values()} <= known


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_form_of_a_template_says_how_it_is_sent(path: Path) -> None:
    forms = re.findall(r"<form\b[^>]*>", re.sub(r"\{\{.*?\}\}", "x", path.read_text()))
    assert all('method="post"' in form or 'method="get"' in form for form in forms)
