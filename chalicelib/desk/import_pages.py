"""Importing a CSV file at the desk: look at it first, then take it in."""

from io import BytesIO
from typing import Any

from chalice.app import Response
from multipart import MultipartError, MultipartParser, parse_options_header

from chalicelib.answers import page
from chalicelib.desk.models import ImportResult
from chalicelib.desk.page_routes import routes
from chalicelib.errors import N_, Invalid, PortalError, WrongType
from chalicelib.importing import service
from chalicelib.importing.rules import decode
from chalicelib.pages import said, stay
from chalicelib.web import MANAGERS, Call

_NO_FILE = N_("Choose a CSV file first.")
#: A file's columns, as people call them.
_COLUMNS = {
    "community_id": N_("Community's id"),
    "community": N_("Community"),
    "unit_id": N_("Home's id"),
    "building": N_("Building"),
    "unit": N_("Home's number"),
    "name": N_("Person's name"),
    "phone": N_("Mobile number"),
    "role": N_("Role"),
}
_MAX_FILE_BYTES = 1_000_000


@routes.page("/desk/import", MANAGERS, "Import homes, owners and staff")
def show(call: Call) -> Response:
    """Choose a file."""
    return _page(call, "upload")


def _page(
    call: Call,
    step: str,
    result: ImportResult | None = None,
    text: str = "",
    error: PortalError | None = None,
) -> Response:
    names = ("created", "updated", "unchanged")
    counts: dict[str, int] = {name: getattr(result, name) if result else 0 for name in names}
    counts["error"] = result.errors if result else 0
    context: dict[str, Any] = {
        "step": step,
        "rows": result.rows if result else [],
        "counts": counts,
        "columns": _COLUMNS,
        "csv_text": text,
        "errors": said(error) if error else [],
    }
    return page(call, "desk/import.html", context, error.status if error else 200)


@routes.form("/desk/import", MANAGERS, "Look at a file, or take it in", on="/desk/import")
def run(call: Call) -> Response:
    """A preview for a chosen file; for a looked-at one, the import."""

    def work() -> Response:
        is_file = (call.header("content-type") or "").lower().startswith("multipart/form-data")
        data = _uploaded(call) if is_file else call.field("csv_text").encode()
        importer = service.Importer.of_manager(call.person)
        result = service.run(call.portal, importer, data, call.locale, call.now, preview=is_file)
        return _page(call, "preview" if is_file else "done", result, decode(data) if is_file else "")

    return stay(lambda error: _page(call, "upload", error=error), work)


def _uploaded(call: Call) -> bytes:
    """The file of a multipart form; raises Invalid when there is none, WrongType when it can't be read."""
    _, options = parse_options_header(call.header("content-type") or "")
    boundary = options.get("boundary", "")
    try:
        parser = MultipartParser(BytesIO(call.body), boundary, content_length=len(call.body))
        part = parser.get("file")
        data = part.file.read(_MAX_FILE_BYTES + 1) if part else b""
    except (MultipartError, ValueError) as error:
        raise WrongType from error
    if not data.strip():
        raise Invalid.field("file", "missing", _NO_FILE)
    if len(data) > _MAX_FILE_BYTES:
        raise Invalid.field("file", "too_large", N_("This file is larger than 1 MB. Split it, please."))
    return data
