"""Words for people: which language, and how statuses, roles and reasons are said in it; times: `time_words`.

Everything is pure. Message ids are English; the catalogues under `locale/` are compiled by `make locale`.
"""

import gettext
from collections.abc import Mapping
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
    "merged": N_("Merged into another report"),
}
# The same for an owner's cards, filters and steps: one or two words, and no office's.
STATUS_OWNER = {
    "submitted": N_("Sent"),
    "acknowledged": N_("Being arranged"),
    "assigned": N_("Planned"),
    "in_progress": N_("In repair"),
    "paused": N_("On hold"),
    "resolved": N_("To confirm"),
    "reopened": N_("Reopened"),
    "closed": N_("Done"),
    "cancelled": N_("Cancelled"),
    "rejected": N_("Not taken on"),
    "merged": N_("Merged"),
}
# What the desk shows: the stations of a job, as staff call them.
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
    "merged": N_("Merged"),
}
PAUSES = {
    "waiting_owner": N_("waiting for the owner"),
    "waiting_parts": N_("waiting for parts"),
    "appointment": N_("a visit is agreed"),
}
PHOTO_REASONS = {
    "too_large_bytes": N_("Larger than 20 MB: please choose a smaller one"),
    "too_large_pixels": N_("More than 50 megapixels: please choose a smaller one"),
    "not_a_photo": N_("We can't open this photo: please choose another one"),
    "broken": N_("The file is damaged: please choose another one"),
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


def status_owner(status: str, locale: str) -> str:
    """A status in one or two words, as an owner reads it."""
    return _say(STATUS_OWNER, status, locale)


def status_short(status: str, locale: str) -> str:
    """A status in one or two words, as the desk reads it."""
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


#: Signs that are a square wide, and hold the space beside them.
_WIDE = tuple("：，；。！？、（）")


def lead(words: str) -> str:
    """Words before others of the same line, with the space between: wide signs hold their own."""
    return words if words.endswith(_WIDE) else words + " "


def aside(words: str) -> str:
    """Words after others of the same line, such as "(optional)", with the space between."""
    return words if words.startswith(_WIDE) else type(words)(" ") + words
