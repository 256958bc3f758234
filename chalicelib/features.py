"""The features whose routes the portal answers: all at once, or on Lambda each when it is first asked for.

The package's step `routes` writes down which feature answers which method of which path. With that file a request
loads its own feature only, and the functions behind the stream and the clock load none.
"""

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chalice.app import Chalice, Request, Response

NAMES = (
    "health",
    "static_files",
    "offline",
    "look_pages",
    "accounts.api",
    "accounts.pages",
    "issues.api",
    "issues.step_api",
    "issues.pages",
    "issues.issue_pages",
    "issues.report_pages",
    "issues.emergency_pages",
    "issues.follow_pages",
    "photos.api",
    "photos.pages",
    "inbox.api",
    "inbox.pages",
    "announcements.api",
    "announcements.pages",
    "messages.api",
    "messages.pages",
    "messages.desk_pages",
    "desk.api",
    "desk.step_api",
    "sops.api",
    "managing.api",
    "managing.all_pages",
    "sops.pages",
    "desk.all_pages",
    "dispatch.all_api",
    "dispatch.all_pages",
    "due.api",
    "places.api",
    "places.pages",
    "places.desk_pages",
    "consultations.api",
    "consultations.line_api",
    "consultations.all_pages",
    "projects.api",
    "projects.all_pages",
    "prices.api",
    "prices.commitment_api",
    "prices.all_pages",
    "previews.api",
    "previews.pages",
    "complaints.api",
    "complaints.desk_api",
    "complaints.all_pages",
    "referrals.api",
    "referrals.all_pages",
    "points.api",
    "points.all_pages",
    "points.desk_api",
    "rewards.api",
    "rewards.all_pages",
    "rewards.desk_api",
)
#: What tells of all routes. (So does a page that is to say what the one before wanted said: any may have wanted that.)
_TELL_OF_ALL = ("/api/openapi.json", "/api/docs")
#: Written by the package's step; absent elsewhere.
ROUTES_FILE = Path(__file__).resolve().parent.parent / "routes.json"


class Features:
    """The features of one app. `answers` says which of them answer what, such as "GET /issues"."""

    def __init__(self, app: "Chalice") -> None:
        self._app = app
        self.loaded: set[str] = set()
        self.answers: dict[str, str] = {}

    def load(self, names: tuple[str, ...]) -> None:
        """Import features and register their routes; those that are there already are left alone."""
        for name in [name for name in names if name not in self.loaded]:
            before = self._declared()
            self._app.register_blueprint(import_module(f"chalicelib.{name}").routes.blueprint)
            self.loaded.add(name)
            self.answers |= dict.fromkeys(sorted(self._declared() - before), name)

    def _declared(self) -> set[str]:
        return {f"{method} {path}" for path, methods in self._app.routes.items() for method in methods}

    def when_asked(self, request: "Request", answer: Any) -> "Response":
        """A middleware: load what a request needs before its route is looked up."""
        path = request.context["resourcePath"]
        everything = path in _TELL_OF_ALL or "flash=" in (request.headers.get("cookie") or "")
        with _no_collection():
            name = None if everything else written().get(f"{request.method} {path}")
            self.load((name,) if name else NAMES)
        response: Response = answer(request)
        return response


@contextmanager
def _no_collection() -> Iterator[None]:
    """Loading makes no garbage worth looking for; what is loaded stays."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@cache
def written() -> dict[str, str]:
    """Which feature answers what, as the package's step wrote it down."""
    found: dict[str, str] = json.loads(ROUTES_FILE.read_text())
    return found
