"""Parts of pages that only scripts open and fill in, as they are once they have: for showing them without scripts."""

import re
from collections.abc import Container, Mapping

from markupsafe import Markup, escape

_TAG = re.compile(r"<([a-z]\w*)((?:\s+[\w-]+(?:=\"[^\"]*\")?)*)\s*>(?=(</\1>)?)")
_ATTRIBUTE = re.compile(r"\s+([\w-]+)(?:=\"([^\"]*)\")?")
_POINTING = re.compile(r"(\s(?:id|for|form|aria-labelledby|aria-describedby)=\")([^\"]+)\"")


def inside(html: str, tag: str, mark: str = "") -> Markup:
    """What stands in the first `tag` that has `mark` among its attributes. Raises LookupError when there is none."""
    found = re.search(rf"<{tag}(?=[\s>])[^>]*?{re.escape(mark)}[^>]*>(.*?)</{tag}>", html, re.DOTALL)
    if not found:
        raise LookupError(f"no <{tag} {mark}>")
    return _ours(found[1])


def within(html: str, mark: str, content: str) -> Markup:
    """With `content` in the first empty element that has `mark` among its attributes, as a script puts it there.
    Raises LookupError when there is none."""
    found = re.search(rf"<(\w+)\s[^>]*?{re.escape(mark)}[^>]*>(?=</\1>)", html)
    if not found:
        raise LookupError(f"nothing empty with {mark}")
    return _ours(f"{html[: found.end()]}{escape(content)}{html[found.end() :]}")


def classed(html: str, first: str, more: str) -> Markup:
    """With one more class on the first element whose classes begin with `first`."""
    return _ours(str(html).replace(f'class="{first}', f'class="{first} {more}', 1))


def opened(html: str, words: Mapping[str, str] | None = None, shut: Container[str] = ()) -> Markup:
    """Nothing is hidden or folded but what is `shut`, and the elements that scripts write into have their words.

    Both go by an attribute's or a tag's name. `data-words` carries its sentence itself; `words` are for its blanks.
    Links and pictures without an address get one.
    """
    words = words or {}
    more = {
        "details": ("open", " open"),
        "a": ("href", ' href="#main"'),
        "img": ("src", f' src="{words.get("img")}"'),
    }

    def drawn(match: re.Match[str]) -> str:
        tag, rest, empty = match.groups()
        has = {**dict(_ATTRIBUTE.findall(rest)), tag: ""}
        kept = _ATTRIBUTE.sub(lambda one: "" if one[1] == "hidden" else one[0], rest)
        name, attribute = more.get(tag, ("", ""))
        kept += attribute if name not in has else ""
        if any(name in shut for name in has):
            return f"<{tag}{kept} hidden>"
        return f"<{tag}{kept}>{_words(has, words) if empty else ''}"

    return _ours(_TAG.sub(drawn, html))


def _words(has: Mapping[str, str], words: Mapping[str, str]) -> str:
    if sentence := has.get("data-words"):
        return sentence % {name: escape(value) for name, value in words.items()}
    return next((str(escape(words[name])) for name in has if name in words), "")


def apart(html: str, ending: str) -> Markup:
    """With ids of its own, so that a part can stand on a page twice; what points to them does so still."""

    def renamed(match: re.Match[str]) -> str:
        return match[1] + " ".join(f"{name}-{ending}" for name in match[2].split()) + '"'

    return _ours(_POINTING.sub(renamed, html))


def _ours(html: str) -> Markup:
    return Markup(html)  # noqa: S704 - comes from the page's own macros, which have escaped what they were given
