"""What the features' pages share: links back, kept forms, errors beside their fields."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from chalice.app import Response

from chalicelib.answers import cookie, redirect
from chalicelib.crypto import Keyring
from chalicelib.db import Db, K, Put
from chalicelib.errors import FieldError, IdempotencyMismatch, Invalid, PortalError, TooLarge, VersionConflict
from chalicelib.page_words import gettext
from chalicelib.web import Call, url

#: For how long a form that could not be sent is kept.
KEEP_FORM = timedelta(days=2)
KEEP_BYTES = 300_000
Fields = dict[str, list[str]]


def safe_path(path: str | None, otherwise: str = "/") -> str:
    """A path of this portal, never another site's: what comes from a form or a query may be anything."""
    text = (path or "").strip()
    try:
        parts = urlsplit(text)
    except ValueError:  # "//[" is no address at all
        return otherwise
    bad = parts.scheme or parts.netloc or not text.startswith("/") or text.startswith(("//", "/\\"))
    return otherwise if bad or "\\" in text or any(ord(c) < 32 for c in text) or len(text) > 500 else text


def go(path: str, flash: str | None = None, *cookies: str) -> Response:
    """Go on to a page, which says `flash` once."""
    said = [cookie("flash", flash, 60)] if flash else []
    return redirect(path, *said, *cookies)


def said(error: PortalError) -> list[dict[str, str]]:
    """An error's fields in the page's language; an error about no field in particular names none."""
    rows = error.errors or (FieldError("", error.code, error.detail),)
    return [{"field": row.field.split(".")[0], "message": row.said(gettext)} for row in rows]


def _form_key(account_id: str, keys: Keyring, path: str) -> K:
    return K(f"ACCOUNT#{account_id}", f"FORM#{keys.hash('form', path)[:32]}")


def keep_form(db: Db, keys: Keyring, account_id: str, path: str, fields: Fields, now: datetime) -> None:
    """Keep what was typed into a page's form, until it is sent or two days are over. Raises TooLarge for more
    than an item of the table holds."""
    key = _form_key(account_id, keys, path)
    fields = {name: given for name, given in fields.items() if name}
    if sum(len(text.encode()) for name, given in fields.items() for text in (name, *given)) > KEEP_BYTES:
        raise TooLarge
    expires = int((now + KEEP_FORM).timestamp())
    db.write(Put({"PK": key.pk, "SK": key.sk, "fields": fields, "expires_at": expires}, replace=True))


def kept_form(db: Db, keys: Keyring, account_id: str, path: str, now: datetime) -> Fields:
    """What was typed into a page's form before; nothing if it was not kept."""
    item = db.get(_form_key(account_id, keys, path))
    if item is None or item["expires_at"] <= now.timestamp():
        return {}
    fields: Fields = item["fields"]
    return fields


def typed(call: Call, path: str) -> Fields:
    """What a form of the page `path` should come back with: kept from before when the query says so, and
    the photo that storage has just sent the person back with."""
    fields: Fields = {}
    if "kept" in call.query or "photo" in call.query:
        fields = kept_form(call.portal.db, call.portal.keys, call.person.id, path, call.now)
    added = call.query_list("photo")
    if added:
        ids = dict.fromkeys([*fields.get("photo_ids", []), *added])
        fields = {**fields, "photo_ids": list(ids)}
    return fields


def values(fields: Fields) -> dict[str, str]:
    """Single values of a form, as the templates' fields take them; unknown names read as empty."""
    return _Blank({name: given[-1] for name, given in fields.items() if given})


class _Blank(dict[str, str]):
    """A form's values, empty where nothing was typed; `values.text` and `values["text"]` both work."""

    def __missing__(self, name: str) -> str:
        return ""


def stay(show: Callable[[PortalError], Response], work: Callable[[], Response]) -> Response:
    """Do a form's work; when it can't be done, show the form again with what was typed and what is wrong."""
    try:
        return work()
    except IdempotencyMismatch:
        # The same step was taken from another tab, with other words: to the person that is a conflict.
        return show(VersionConflict())
    except PortalError as error:
        if error.status not in (409, 422):
            raise
        return show(error)


def whole_number(text: str, field: str) -> int:
    """A number that a page's form carries; raises Invalid when somebody changed it into something else."""
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid.field(field, "not_a_number", PortalError.detail)
    return int(text)


def with_query(path: str, extra: Mapping[str, str]) -> str:
    """A path with something added to its query, keeping a fragment where it is."""
    base, _, fragment = path.partition("#")
    joined = "&".join(f"{name}={value}" for name, value in extra.items())
    return base + ("&" if "?" in base else "?") + joined + (f"#{fragment}" if fragment else "")


def without_query(path: str) -> str:
    """A path alone."""
    return urlsplit(path).path


def next_url(path: str, cursor: str | None, /, **query: Any) -> str | None:
    """The link to a list's next page."""
    return url(path, **query, cursor=cursor) if cursor else None
