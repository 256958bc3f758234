"""Words for people: which language, and how times, statuses, roles and reasons are said in it.

Everything is pure: the present moment and the community's zone come in as arguments. Message ids are
English; the catalogues under `locale/` are compiled by `make locale`.
"""

import gettext
from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from pathlib import Path

LOCALES = ("zh-CN", "en")
CATALOGUES = Path(__file__).resolve().parent.parent / "locale"


def N_(text: str) -> str:  # noqa: N802 - the name that gettext's extractor looks for
    """Mark `text` for the catalogues; it is translated when it is shown."""
    return text


# What an owner reads: a whole thought, with what comes next where that is known.
STATUS = {
    "submitted": N_("We have it and are arranging someone"),
    "acknowledged": N_("We have read it and are arranging someone"),
    "assigned": N_("Arranged: a technician will come"),
    "in_progress": N_("Being fixed"),
    "paused": N_("On hold for now"),
    "resolved": N_("Fixed – please confirm"),
    "reopened": N_("Reopened – we are arranging someone again"),
    "closed": N_("All done"),
    "cancelled": N_("Cancelled"),
    "rejected": N_("We can't take this on"),
    "merged": N_("Joined with another report"),
}
# What lists and the desk show: one or two words.
STATUS_SHORT = {
    "submitted": N_("New"),
    "acknowledged": N_("Acknowledged"),
    "assigned": N_("Assigned"),
    "in_progress": N_("In progress"),
    "paused": N_("On hold"),
    "resolved": N_("To confirm"),
    "reopened": N_("Reopened"),
    "closed": N_("Done"),
    "cancelled": N_("Cancelled"),
    "rejected": N_("Declined"),
    "merged": N_("Joined"),
}
PAUSES = {
    "waiting_owner": N_("waiting for the owner"),
    "waiting_parts": N_("waiting for parts"),
    "appointment": N_("a visit is agreed"),
}
PHOTO_REASONS = {
    "too_large_bytes": N_("larger than 20 MB"),
    "too_large_pixels": N_("more than 50 megapixels"),
    "not_a_photo": N_("not a photo we can open"),
    "broken": N_("the file is damaged"),
}
ROLES = {
    "owner": N_("Owner"),
    "front_line": N_("Front desk"),
    "senior": N_("Senior staff"),
    "technician": N_("Technician"),
    "designer": N_("Designer"),
    "manager": N_("Manager"),
    "expert": N_("Expert"),
    "auditor": N_("Auditor"),
    "system": N_("Portal"),
}
NEAR_DAYS = {-1: "yesterday", 0: "today", 1: "tomorrow"}
NEAR_DAYS_ZH = {-2: "前天", -1: "昨天", 0: "今天", 1: "明天", 2: "后天"}
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
WEEKDAYS_ZH = "一二三四五六日"


def pick_locale(query: str | None, account: str | None, accept_language: str | None) -> str:
    """The first of `?lang=`, the account's choice and `Accept-Language` that we speak; else zh-CN."""
    chosen = (query and _known(query)) or (account and _known(account))
    if chosen:
        return chosen
    wanted = _accepted(accept_language) if accept_language else []
    return next((known for tag in wanted if (known := _known(tag))), LOCALES[0])


def _known(tag: str) -> str | None:
    """The locale of ours that a language tag such as `zh-Hans-CN` or `en_GB` means, or None."""
    language = tag.replace("_", "-").split("-")[0].strip().lower()
    return {"zh": "zh-CN", "en": "en"}.get(language)


def _accepted(header: str) -> list[str]:
    """The language tags of an `Accept-Language` header, the most wanted first, refused ones left out."""
    wanted = []
    for part in header.split(",")[:20]:
        tag, _, weight = part.partition(";")
        wanted.append((_weight(weight), tag.strip()))
    return [tag for weight, tag in sorted(wanted, key=lambda pair: -pair[0]) if weight > 0]


def _weight(text: str) -> float:
    """The number in `q=0.8`; 1 when there is none, 0 when it can't be read."""
    value = text.strip().removeprefix("q=")
    try:
        return float(value) if value else 1.0
    except ValueError:
        return 0.0


@cache
def translations(locale: str) -> gettext.NullTranslations:
    """The catalogue of `locale`; English needs none. FileNotFoundError when it was never compiled."""
    if locale != "zh-CN":
        return gettext.NullTranslations()
    return gettext.translation("messages", CATALOGUES, ["zh_CN"])


@lru_cache(4000)
def said(message: str, locale: str) -> str:
    """One of our own messages in a language; remembered, because a page of twenty rows says seventy."""
    return translations(locale).gettext(message)


def _say(words: Mapping[str, str], key: str, locale: str) -> str:
    """The words for `key`, or the key itself: a newer value than this table must still be readable."""
    return said(words[key], locale) if key in words else key


def status_words(status: str, locale: str) -> str:
    """A status as an owner reads it on the issue's page."""
    return _say(STATUS, status, locale)


def status_short(status: str, locale: str) -> str:
    """A status in one or two words, for lists and for the desk."""
    return _say(STATUS_SHORT, status, locale)


def pause_words(reason: str, locale: str) -> str:
    """Why an issue is on hold."""
    return _say(PAUSES, reason, locale)


def photo_words(reason: str, locale: str) -> str:
    """Why a photo can't be used."""
    return _say(PHOTO_REASONS, reason, locale)


def role_words(role: str, locale: str) -> str:
    """What a person does here, in one or two words."""
    return _say(ROLES, role, locale)


def day(moment: datetime, now: datetime, zone: tzinfo, locale: str) -> str:
    """The date of `moment` in `zone`: "today", "Tue 24 Nov", with the year when it is another one."""
    return _day(moment.astimezone(zone).date(), now.astimezone(zone).date(), locale)


def _day(then: date, today: date, locale: str) -> str:
    distance, other_year = (then - today).days, then.year != today.year
    if locale == "zh-CN":
        year = f"{then.year}年" if other_year else ""
        full = f"{year}{then.month}月{then.day}日 周{WEEKDAYS_ZH[then.weekday()]}"
        return NEAR_DAYS_ZH.get(distance, full)
    year = f" {then.year}" if other_year else ""
    full = f"{WEEKDAYS[then.weekday()]} {then.day} {MONTHS[then.month - 1]}{year}"
    return NEAR_DAYS.get(distance, full)


def when(moment: datetime, now: datetime, zone: tzinfo, locale: str) -> str:
    """A moment in people's words: "today 15:00", "明天 14:00", "11月24日 周二 09:00"."""
    then = moment.astimezone(zone)
    # Twice for each row of a list: "%H:%M" takes three times as long.
    return f"{_day(then.date(), now.astimezone(zone).date(), locale)} {then.hour:02}:{then.minute:02}"


def time_range(start: datetime, end: datetime, now: datetime, zone: tzinfo, locale: str) -> str:
    """From `start` to `end`: "today 14:00–16:00"; both days are named when they differ."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    if first.date() == last.date():
        return f"{when(start, now, zone, locale)}–{last:%H:%M}"
    return f"{when(start, now, zone, locale)} – {when(end, now, zone, locale)}"


def time_left(deadline: datetime, now: datetime, locale: str) -> str:
    """How long until `deadline`, or how long since: "2 h 10 min left", "已超时 35 分钟"."""
    _ = translations(locale).gettext
    length = span(abs(deadline - now), locale)
    return (_("overdue %(span)s") if deadline < now else _("%(span)s left")) % {"span": length}


def span(length: timedelta, locale: str) -> str:
    """The two largest units of a length that people need: days and hours, or hours and minutes."""
    _ = translations(locale).gettext
    minutes = max(1, round(length.total_seconds() / 60))
    days, hours = divmod(minutes // 60, 24)
    parts = [(days, _("%(n)s d")), (hours, _("%(n)s h"))]
    if not days:
        parts.append((minutes % 60, _("%(n)s min")))
    return " ".join(words % {"n": number} for number, words in parts if number)
