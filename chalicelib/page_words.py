"""What every template can use: the language's words, links, the signed-in person, the company."""

import hashlib
import re
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from markupsafe import Markup

from chalicelib import i18n, time_words
from chalicelib.company import company
from chalicelib.ids import new_id
from chalicelib.settings import settings

if TYPE_CHECKING:
    from jinja2 import Environment

    from chalicelib.web import Call

ROOT = Path(__file__).resolve().parent.parent
#: The zone of a page that is about no community in particular.
DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Speech:
    """The moment, zone and language that a page is written for."""

    now: datetime
    zone: ZoneInfo
    locale: str


# Templates' macros see no page context, so the words come from here rather than from the context.
_speech: ContextVar[Speech] = ContextVar("speech")


def speak(speech: Speech) -> None:
    """Write what follows, in this thread, for this moment, zone and language."""
    _speech.set(speech)


def current_locale() -> str:
    """The language of the page being written."""
    return _speech.get().locale


def gettext(message: str, **values: Any) -> str:
    """A text in the page's language."""
    text = i18n.said(message, _speech.get().locale)
    return text % values if values else text


def ngettext(one: str, many: str, n: int, **values: Any) -> str:
    """A counted text in the page's language."""
    text = i18n.translations(_speech.get().locale).ngettext(one, many, n)
    return text % {"n": n, "num": n, **values}


def when(moment: datetime) -> str:
    """A moment in people's words."""
    speech = _speech.get()
    return time_words.when(moment, speech.now, speech.zone, speech.locale)


def timetag(moment: datetime) -> Markup:
    """A `<time>` element, exact for machines and in words for people."""
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(timespec="seconds"), when(moment))


def time_range(start: datetime, end: datetime) -> str:
    """A stretch of time in people's words."""
    speech = _speech.get()
    return time_words.time_range(start, end, speech.now, speech.zone, speech.locale)


#: Signs that are a square wide, and hold the space beside them.
_WIDE = tuple("：，；。！？、（）")


def lead(words: str) -> str:
    """Words before others of the same line, with the space between: wide signs hold their own."""
    return words if words.endswith(_WIDE) else words + " "


def aside(words: str) -> str:
    """Words after others of the same line, such as "(optional)", with the space between."""
    return words if words.startswith(_WIDE) else type(words)(" ") + words


FILTERS = {
    "lead": lead,
    "aside": aside,
    "when": when,
    "timetag": timetag,
    "day": lambda moment: time_words.day(moment, _speech.get().now, _speech.get().zone, _speech.get().locale),
    "time_left": lambda moment: time_words.time_left(moment, _speech.get().now, _speech.get().locale),
    "status_words": lambda status: i18n.status_words(status, _speech.get().locale),
    "status_owner": lambda status: i18n.status_owner(status, _speech.get().locale),
    "status_short": lambda status: i18n.status_short(status, _speech.get().locale),
    "pause_words": lambda reason: i18n.pause_words(reason, _speech.get().locale),
    "photo_words": lambda reason: i18n.photo_words(reason, _speech.get().locale),
    "role_words": lambda role: i18n.role_words(role, _speech.get().locale),
}


@cache
def environment() -> "Environment":
    """The templates, with what does not change between requests."""
    from jinja2 import FileSystemLoader, ModuleLoader, StrictUndefined  # for pages only

    from chalicelib.issues.policy import UNDO_WITHIN
    from chalicelib.templating import Templates
    from chalicelib.web import url

    compiled = ROOT / "compiled_templates"  # made by the package's step `templates`
    found = Templates(
        loader=ModuleLoader(compiled) if compiled.is_dir() else FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=settings().is_local,
    )
    found.filters.update(FILTERS)
    names = {"_": gettext, "gettext": gettext, "ngettext": ngettext, "time_range": time_range}
    found.globals.update(**names, url=url, static=static, icon=icon, undo_s=int(UNDO_WITHIN.total_seconds()))
    return found


@cache
def static(name: str) -> str:
    """The address of a static file, with its content's hash so that it can be cached for ever."""
    from chalicelib.web import url

    digest = hashlib.sha256(static_bytes(name)).hexdigest()[:10]
    return url(f"/static/{digest}/{name}")


@cache
def icon(name: str, looks: str = "") -> Markup:
    """A sign from the sheet of icons, with classes for its looks: made once, though a page shows a hundred."""
    return Markup(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'
    ).format(f"icon {looks}".rstrip(), static("icons.svg"), name)


@cache
def static_bytes(name: str) -> bytes:
    """What a static file holds; the company's own (its logo, its colours, its icons) go before ours."""
    own = ROOT / "company" / name
    return (own if own.is_file() else ROOT / "static" / name).read_bytes()


def frame(call: "Call") -> dict[str, Any]:
    """What the frame around every page shows: who is signed in, the company, the other language."""
    from chalicelib.web import url

    person = call.known_person
    other = "en" if call.locale == "zh-CN" else "zh-CN"
    return {
        "locale": call.locale,
        "other_locale_url": url(call.path, **{**call.query, "lang": other}),
        "me": person.view() if person else None,
        "unread": person.unread if person else 0,
        "company": company_view(call.locale),
        "nav": call.route.tag,
        "path": call.path,
        "look": call.look,
        "here": _here(call),
        "request_id": call.request_id,
        # Sent along with forms that add something, so that a double tap adds it once.
        "form_key": new_id(call.now),
    }


def _here(call: "Call") -> str:
    """The page that can be asked for again: this one, or the one whose form was sent."""
    if call.route.method != "GET":
        return call.route.stands_on.format(**(call.request.uri_params or {})) or "/"
    asked = {name: value for name, value in call.query.items() if name != "lang"}
    return call.path + (f"?{urlencode(asked)}" if asked else "")


def company_view(locale: str) -> dict[str, str]:
    """The company as pages show it."""
    ours = company()
    return {
        "name": ours.name.in_(locale),
        "phone": ours.phone,
        "emergency_phone": ours.emergency_phone,
        "logo": ours.logo,
        "colour": brand_colour(),
    }


@cache
def brand_colour() -> str:
    """The company's colour on light pages, for the phone's own frame around ours."""
    found = re.search(r"--brand-light:\s*(#[0-9a-fA-F]{6})", static_bytes("brand.css").decode())
    return found[1] if found else "#0b6b5d"
