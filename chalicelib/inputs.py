"""Reading what people and programs send: models, idempotency keys, cleaned texts, shared field types."""

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from chalicelib.base import Base
from chalicelib.errors import N_, BadRequest, FieldError, Invalid
from chalicelib.times import kept

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=BaseModel)

_KEY = re.compile(r"^[A-Za-z0-9_-]{8,64}$")
# Control characters other than a line break or tab: they are never meant, and break pages and files.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

_TEXT = N_("Please give a text here.")
_NUMBER = N_("Please give a whole number here.")
_TIME = N_("Please give a date and time, such as 2026-01-31T09:00:00Z.")
#: pydantic's error types in words for people; anything else gets the last one's.
_WORDS = {
    "missing": N_("Please fill this in."),
    "string_too_short": N_("Please fill this in."),
    "string_too_long": N_("This is too long: at most %(limit)s letters."),
    "string_type": _TEXT,
    "too_long": N_("These are too many: at most %(limit)s."),
    "list_type": N_("Please give a list here."),
    "int_type": _NUMBER,
    "int_parsing": _NUMBER,
    "int_from_float": _NUMBER,
    "greater_than_equal": N_("Please give at least %(limit)s."),
    "less_than_equal": N_("Please give at most %(limit)s."),
    "literal_error": N_("Please choose one of these: %(limit)s."),
    "bool_parsing": N_("Please give true or false."),
    "bool_type": N_("Please give true or false."),
    "datetime_type": _TIME,
    "datetime_parsing": _TIME,
    "datetime_from_date_parsing": _TIME,
    "timezone_aware": N_("Please give the time with its time zone."),
}
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_UNKNOWN = N_("Not known here: %(limit)s.")
#: So many of them are named; whoever sent more sees by these what is wrong.
_NAMED = 10
_OTHERWISE = N_("This is not something we can use here.")
#: Where pydantic keeps the limit that was passed; never what somebody sent.
_LIMITS = ("max_length", "ge", "le", "expected")
#: One of pydantic's choices, which are codes: it lists them in English.
_CHOICE = re.compile("'([^']*)'")


def clean(text: str) -> str:
    """Line ends as \\n, no control characters, no space around."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def not_blank(text: str) -> str:
    text = clean(text)
    if not text:
        raise PydanticCustomError("missing", "blank")
    return text


def _of_our_time(moment: datetime) -> datetime:
    """Moments near the calendar's ends can't be said in every zone, so a page that shows one would fail. They are kept
    to the millisecond, so what is sent twice must be the same as what was kept of it."""
    if not _EARLIEST <= moment < _LATEST:
        raise ValueError("not of our time")
    return kept(moment)


Text = Annotated[str, Field(max_length=2000), AfterValidator(not_blank)]
OptionalText = Annotated[str, Field(max_length=2000), AfterValidator(clean)]
ShortText = Annotated[str, Field(max_length=120), AfterValidator(clean)]
PlaceName = Annotated[str, Field(max_length=60), AfterValidator(not_blank)]
Id = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_\-]+$")]
Version = Annotated[int, Field(ge=1, le=2**31)]
Moment = Annotated[AwareDatetime, AfterValidator(_of_our_time)]


class Input(Base):
    """What a caller sends. Unknown fields are ignored, so that newer callers can talk to older portals."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=False)


class PageQuery(Input):
    """The query of every list: how many, and from where on."""

    limit: int = Field(20, ge=1, le=100)
    cursor: str | None = Field(None, max_length=2000)


def read_model(model: type[Model], body: bytes) -> Model:
    """A JSON body as a model; raises BadRequest when it is not JSON, Invalid when it does not fit."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise invalid(error) from error


def from_form(model: type[Model], **fields: Any) -> Model:
    """A model from a page's fields, with the same checks and messages as the API's; raises Invalid."""
    given = {name: value for name, value in fields.items() if value is not None}
    return read_model(model, json.dumps(given).encode("utf-8", "replace"))


def invalid(error: ValidationError) -> BadRequest | Invalid:
    """What pydantic found, as an answer for the caller; the values themselves are not repeated."""
    found = error.errors(include_url=False, include_input=False)
    if any(row["type"] == "json_invalid" for row in found):
        return BadRequest()
    return Invalid(errors=tuple(_field_error(row) for row in found[:20]))


def _field_error(row: "ErrorDetails") -> FieldError:
    context = row.get("ctx", {})
    choices = (
        tuple(_CHOICE.findall(str(context.get("expected", "")))) if row["type"] == "literal_error" else ()
    )
    limit = next((str(context[name]) for name in _LIMITS if name in context), "")
    field = ".".join(map(str, row["loc"])) or "body"
    return FieldError(field, row["type"], _WORDS.get(row["type"], _OTHERWISE), limit, choices)


def unknown(field: str, missing: list[str]) -> tuple[FieldError, ...]:
    """That a field names what is not there, with the first of them; nothing for none."""
    named = [clean(one)[:64] or "“”" for one in missing[:_NAMED]]
    more = ["…"] if len(missing) > _NAMED else []
    return (FieldError(field, "unknown", _UNKNOWN, ", ".join(named + more)),) if missing else ()


def checked_key(key: str | None) -> str | None:
    """An Idempotency-Key, or None when none was given; raises Invalid when malformed."""
    if key is not None and not _KEY.match(key):
        message = N_("Use 8 to 64 letters, digits, - or _ as Idempotency-Key.")
        raise Invalid.field("Idempotency-Key", "bad_key", message)
    return key
