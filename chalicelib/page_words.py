"""What every template can use: the language's words, links, the signed-in person, the company."""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from markupsafe import Markup

from chalicelib import i18n, time_words
from chalicelib.assets import ROOT, brand_colour, icon, static
from chalicelib.company import company
from chalicelib.ids import new_id
from chalicelib.settings import settings

if TYPE_CHECKING:
    from jinja2 import Environment

    from chalicelib.web import Call

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


def today() -> date:
    """The day that the page being written is for."""
    speech = _speech.get()
    return speech.now.astimezone(speech.zone).date()


def date_words(day: date) -> str:
    """A date in people's words."""
    return time_words.date_words(day, today(), current_locale())


def date_range(first: date | None, last: date | None) -> str:
    """From a date to another in people's words; either may be open."""
    return time_words.date_range(first, last, today(), current_locale())


def time_range(start: datetime, end: datetime) -> str:
    """A stretch of time in people's words."""
    speech = _speech.get()
    return time_words.time_range(start, end, speech.now, speech.zone, speech.locale)


FILTERS = {
    "lead": i18n.lead,
    "grouped": "{:,}".format,
    "aside": i18n.aside,
    "when": when,
    "timetag": timetag,
    "date": date_words,
    "day": lambda moment: time_words.day(moment, _speech.get().now, _speech.get().zone, _speech.get().locale),
    "time_left": lambda moment: time_words.time_left(moment, _speech.get().now, _speech.get().locale),
    "status_words": lambda status: i18n.status_words(status, _speech.get().locale),
    "status_owner": lambda status: i18n.status_owner(status, _speech.get().locale),
    "status_short": lambda status: i18n.status_short(status, _speech.get().locale),
    "pause_words": lambda reason: i18n.pause_words(reason, _speech.get().locale),
    "photo_words": lambda reason: i18n.photo_words(reason, _speech.get().locale),
    "zone_words": lambda name: time_words.zone_words(name, _speech.get().locale),
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
