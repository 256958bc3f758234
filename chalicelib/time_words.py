"""Times as people say them, in each language: days, moments, stretches, and how long is left.

Everything is pure: the present moment and the community's zone come in as arguments.
"""

from datetime import date, datetime, timedelta, tzinfo

from chalicelib.i18n import N_, said, translations

NEAR_DAYS = {-1: "yesterday", 0: "today", 1: "tomorrow"}
NEAR_DAYS_ZH = {-2: "前天", -1: "昨天", 0: "今天", 1: "明天", 2: "后天"}
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
WEEKDAYS_ZH = "一二三四五六日"
# A zone's name among people; of the others the city.
ZONES = {
    "Asia/Shanghai": N_("China Standard Time (Beijing)"),
    "Asia/Hong_Kong": N_("Hong Kong time"),
    "Asia/Macau": N_("Macau time"),
    "Asia/Taipei": N_("Taipei time"),
    "Asia/Urumqi": N_("Xinjiang time"),
    "Asia/Singapore": N_("Singapore time"),
}


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


def date_words(then: date, today: date, locale: str) -> str:
    """A date to be compared with others, so by its number even when it is near: "24 Nov", "11月24日", with the year
    when it is another one."""
    if locale == "zh-CN":
        return (f"{then.year}年" if then.year != today.year else "") + f"{then.month}月{then.day}日"
    return f"{then.day} {MONTHS[then.month - 1]}" + (f" {then.year}" if then.year != today.year else "")


def full_date(day: date, locale: str) -> str:
    """A date for the files, with its year: "24 November 2026", "2026年11月24日"."""
    return f"{day.year}年{day.month}月{day.day}日" if locale == "zh-CN" else f"{day.day} {day:%B} {day.year}"


def date_range(first: date | None, last: date | None, today: date, locale: str) -> str:
    """From a date to another, either of them open; empty where both are."""
    _ = translations(locale).gettext
    begin, end = (date_words(one, today, locale) if one else "" for one in (first, last))
    if begin and end:
        return f"{begin} – {end}"
    words = _("from %(day)s") if begin else _("up to %(day)s") if end else ""
    return words % {"day": begin or end} if words else ""


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


def zone_words(name: str, locale: str) -> str:
    """A zone of the IANA's list as people call it: "北京时间", "Lord Howe time"."""
    city = name.rpartition("/")[2].replace("_", " ")
    return said(ZONES.get(name, N_("%(city)s time")), locale) % {"city": city}
