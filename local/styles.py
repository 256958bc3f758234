"""The style page: tokens, and every part of pages in each state, made by the very macros that the pages use."""

import re
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader

from chalicelib import i18n
from chalicelib.assets import ROOT, static_bytes
from chalicelib.company import company
from chalicelib.looks import Look
from chalicelib.page_words import DEFAULT_ZONE, Speech, company_view, environment, speak
from local import (
    complaint_samples,
    desk_samples,
    dispatch_samples,
    opened,
    point_samples,
    referral_samples,
    rule_samples,
    samples,
    tokens,
)

_TEMPLATE = "styles.html"
_BASE_CSS = ROOT / "local" / "styles.css"


def page(query: dict[str, str], languages: str | None = None) -> str:
    """The page in a language (`lang`, or as the browser asks) and a look (`look`, as in the cookie)."""
    locale = i18n.pick_locale(query.get("lang"), None, languages)
    speak(Speech(samples.NOW, DEFAULT_ZONE, locale))
    ours = environment()
    loader = ChoiceLoader([FileSystemLoader(ROOT / "local"), *([ours.loader] if ours.loader else [])])
    template = ours.overlay(loader=loader).get_template(_TEMPLATE)
    return template.render(_frame(locale, query.get("look", "")), **_parts(locale))


def _frame(locale: str, look: str) -> dict[str, Any]:
    other = "en" if locale == "zh-CN" else "zh-CN"
    return {
        "locale": locale,
        "other_locale_url": f"/dev/styles?lang={other}&look={look}",
        # Libraries of macros see what a page is given, nothing that it sets itself.
        "me": samples.person("manager").view(),
        "unread": 7,
        "company": company_view(locale),
        "path": "/dev/styles",
        "here": "/dev/styles",
        "look": Look.read(look),
        "flash": None,
        "request_id": "",
        "form_key": "sample",
        **{name: getattr(opened, name) for name in ("inside", "within", "classed", "opened", "apart")},
    }


def _parts(locale: str) -> dict[str, Any]:
    return {
        "colours": {which: tokens.colours(which) for which in tokens.SCHEMES},
        "sizes": tokens.sizes(),
        "pairs": tokens.pairs(),
        "cards": samples.cards(locale),
        "rows": samples.rows(locale, "front_line"),
        "own_rows": samples.rows(locale, "technician"),
        "outcomes": samples.outcomes(),
        "photos": samples.photos(),
        "timeline": samples.timeline(),
        "names": company().name,
        "community": samples.COMMUNITY,
        "places": samples.PLACES,
        "similar": samples.similar(locale),
        "sheets": samples.sheets(),
        "staff": desk_samples.STAFF,
        "undo": desk_samples.UNDO,
        "results": desk_samples.results(locale),
        "jobs": desk_samples.jobs(locale),
        "sop": rule_samples.sop(locale),
        "rule_parts": rule_samples.rule_parts(),
        "replies": desk_samples.reply_parts(locale),
        "complaints": complaint_samples.cards(),
        "invitations": referral_samples.rows(),
        "invitation": referral_samples.at_desk(),
        "ledger": complaint_samples.rows(),
        "case": complaint_samples.timeline(),
        "dispatch": dispatch_samples.parts(locale),
        "points": point_samples.parts(),
        "icons": re.findall(r'<symbol id="(\w+)"', static_bytes("icons.svg").decode()),
        "looks_as_cookies": ("", "light", "dark", "large", "large.dark"),
    }


def css() -> str:
    """What the style page needs besides: its own few rules, and a swatch for each token."""
    swatches = "".join(f".of-{name[2:]} {{ background: var({name}); }}\n" for name in tokens.colours("light"))
    sizes = "".join(
        f".as-{name[2:]} {{ {_PROPERTY.get(name[2:], 'border-radius')}: var({name}); }}\n"
        for name in tokens.sizes()
    )
    return _BASE_CSS.read_text(encoding="utf-8") + swatches + sizes


_PROPERTY = {"small": "font-size", "mid": "font-size", "shadow": "box-shadow"}
