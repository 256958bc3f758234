"""The look's tokens as the style sheet declares them, and how well words can be read on their grounds (WCAG)."""

import re
from dataclasses import dataclass

from chalicelib.assets import static_bytes

SCHEMES = ("light", "dark")
#: Words and the grounds they stand on; each pair must reach 4.5 in both schemes.
PAIRS = (
    ("--ink", "--page"),
    ("--ink", "--surface"),
    ("--soft", "--page"),
    ("--soft", "--sunk"),
    ("--brand", "--surface"),
    ("--brand", "--page"),
    ("--brand", "--tint"),
    ("--on-brand", "--brand"),
    ("--danger", "--surface"),
    ("--danger", "--danger-tint"),
    ("--wait", "--wait-tint"),
    ("--good", "--good-tint"),
)
_BLOCKS = {
    "light": r":root \{(.*?)\n\}",
    "dark": r':root\[data-theme="dark"\] \{(.*?)\n\}',
    "dark by the device": r':root:not\(\[data-theme="light"\]\) \{(.*?)\n  \}',
}


@dataclass(frozen=True)
class Pair:
    """Words on a ground, with their contrast in each scheme."""

    text: str
    ground: str
    contrast: dict[str, float]


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours `#rrggbb`, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _colours(css: str) -> dict[str, str]:
    found = re.findall(r"(--[\w-]+):\s*(#[0-9a-f]{3,6})\b", css)
    return {
        name: value if len(value) == 7 else "#" + "".join(letter * 2 for letter in value[1:])
        for name, value in found
    }


def block(which: str) -> str:
    """The declarations of a scheme: "light", "dark", or "dark by the device"."""
    found = re.search(_BLOCKS[which], static_bytes("portal.css").decode(), re.S)
    assert found, which
    return found[1]


def colours(which: str) -> dict[str, str]:
    """All colours of a scheme, the company's own one as `--brand`."""
    brand = _colours(static_bytes("brand.css").decode())[f"--brand-{which.split()[0]}"]
    return {**_colours(block(which)), "--brand": brand}


def sizes() -> dict[str, str]:
    """What else the tokens hold: radiuses, sizes of text, shadows."""
    found = re.findall(r"(--[\w-]+):\s*([^;#]+);", block("light"))
    return {name: value for name, value in found if not value.startswith("var(")}


def pairs() -> list[Pair]:
    """Every pair with its figures."""
    schemes = {which: colours(which) for which in SCHEMES}
    return [
        Pair(text, ground, {which: contrast(c[text], c[ground]) for which, c in schemes.items()})
        for text, ground in PAIRS
    ]
