"""What every page and API call needs: who asks, what they sent, and one way to declare a route.

A route is declared once, with who may call it and what goes in and out; the guards' tests and the OpenAPI
document read the same declarations (`ROUTES`), so no route can be left out of either.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeVar
from urllib.parse import parse_qs, urlencode

from chalice.app import Request
from pydantic import BaseModel, ValidationError

from chalicelib import i18n
from chalicelib.accounts.models import COMPLAINT_ROLES, DESK_ROLES, OFFICE_ROLES, Person
from chalicelib.accounts.sessions import person_of
from chalicelib.errors import BadRequest, Forbidden, NotSignedIn, PortalError, TooLarge, WrongType
from chalicelib.inputs import checked_key, invalid, read_model
from chalicelib.lazy import lazy
from chalicelib.looks import Look
from chalicelib.portal import Portal
from chalicelib.settings import settings

Model = TypeVar("Model", bound=BaseModel)
View = Callable[..., Any]

MAX_FORM_BYTES = 1_000_000
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Access:
    """Who may call a route: anybody, anybody signed in, or those with one of these roles somewhere."""

    public: bool = False
    roles: frozenset[str] | None = None

    def admit(self, person: Person | None) -> None:
        """Raises NotSignedIn or Forbidden."""
        if self.public:
            return
        if person is None:
            raise NotSignedIn
        if self.roles is not None and not self.roles & person.roles:
            raise Forbidden


PUBLIC = Access(public=True)
SIGNED_IN = Access()
OWNERS = Access(roles=frozenset({"owner"}))
DESK = Access(roles=DESK_ROLES)
#: Those at the desk who also change something there.
HANDLERS = Access(roles=frozenset({"front_line", "senior", "technician", "manager", "expert"}))
OFFICE = Access(roles=OFFICE_ROLES)
COMPLAINTS = Access(roles=COMPLAINT_ROLES)
MANAGERS = Access(roles=frozenset({"manager"}))


@dataclass(frozen=True)
class Route:
    """One declared route; see `Routes` for the meaning of the fields."""

    method: str
    path: str
    kind: Literal["api", "page"]
    access: Access
    summary: str
    tag: str
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answer: Any = None
    status: int = 200
    once: bool = False
    accepts: str = "application/json"
    #: For a form: the page that it stands on, where a person goes on after signing in again.
    stands_on: str = ""
    view: View = field(default=lambda: None, compare=False)


ROUTES: list[Route] = []


class Call:
    """One request, as the views see it."""

    def __init__(self, request: Request, portal: Portal, route: Route, now: datetime) -> None:
        self.request = request
        self.portal = portal
        self.route = route
        self.now = now
        self.new_cookies: list[str] = []

    @lazy
    def path(self) -> str:
        """The path that was asked for, without the stage."""
        return str(self.request.context.get("path") or self.route.path).removeprefix(settings().base_path)

    @property
    def request_id(self) -> str:
        """The id that logs and error answers carry."""
        return str(self.request.context.get("requestId", "-"))

    @property
    def address(self) -> str:
        """The caller's network address, as the gateway saw it."""
        return str((self.request.context.get("identity") or {}).get("sourceIp") or "-")

    def header(self, name: str) -> str | None:
        """A request header, by its name in any case."""
        value = self.request.headers.get(name.lower())
        return str(value) if value is not None else None

    @lazy
    def cookies(self) -> dict[str, str]:
        """The cookies sent along."""
        pairs = (part.strip().partition("=") for part in (self.header("cookie") or "").split(";"))
        return {name: value for name, _, value in pairs if name}

    @lazy
    def query(self) -> dict[str, str]:
        """The query's last value for each name."""
        given = self.request.query_params
        return {name: given.getlist(name)[-1] for name in given} if given else {}

    def query_list(self, name: str) -> list[str]:
        """All values of a query parameter."""
        return list(self.request.query_params.getlist(name)) if name in self.query else []  # type: ignore[union-attr]

    @lazy
    def body(self) -> bytes:
        """The raw body; raises Invalid when it is not what it says it is."""
        try:
            raw = self.request.raw_body
        except ValueError as error:
            raise BadRequest from error
        return raw.encode() if isinstance(raw, str) else raw

    @lazy
    def form(self) -> dict[str, list[str]]:
        """A page's form fields; raises WrongType for anything but a plain form."""
        if not (self.header("content-type") or _FORM).lower().startswith(_FORM):
            raise WrongType
        if len(self.body) > MAX_FORM_BYTES:
            raise TooLarge
        text = self.body.decode("utf-8", "replace").strip()
        try:
            return parse_qs(text, keep_blank_values=True, max_num_fields=500)
        except ValueError as error:
            raise TooLarge from error

    @property
    def form_if_any(self) -> dict[str, list[str]]:
        """The form's fields, or none where the body is something else: for pages that only pass them on."""
        try:
            return self.form
        except PortalError:
            return {}

    def field(self, name: str, default: str = "") -> str:
        """One form field, without surrounding space."""
        return self.form.get(name, [default])[-1].replace("\r\n", "\n").strip()

    @lazy
    def token(self) -> str | None:
        """The session token: a bearer token first, else the cookie."""
        scheme, _, bearer = (self.header("authorization") or "").partition(" ")
        if scheme.lower() == "bearer":
            return bearer.strip()
        return self.cookies.get(settings().cookie_name)

    @lazy
    def maybe_person(self) -> Person | None:
        """Who is signed in, if anybody: one round trip, once per request."""
        return person_of(self.portal, self.token, self.now)

    @property
    def known_person(self) -> Person | None:
        """Who is signed in, if that was already looked up: error pages must not ask the table again."""
        known: Person | None = self.__dict__.get("maybe_person")
        return known

    @property
    def person(self) -> Person:
        """Who is signed in; raises NotSignedIn."""
        if self.maybe_person is None:
            raise NotSignedIn
        return self.maybe_person

    @lazy
    def locale(self) -> str:
        """`?lang=`, then what was chosen on this device, then the account, then `Accept-Language`."""
        asked = self.query.get("lang") or self.cookies.get("lang")
        account = self.known_person.locale if self.known_person else None
        return i18n.pick_locale(asked, account, self.header("accept-language"))

    @lazy
    def look(self) -> Look:
        """How the portal looks on this device."""
        return Look.read(self.cookies.get("look", ""))

    def remember_language(self) -> None:
        """Keep a language asked for by `?lang=` on this device."""
        if self.query.get("lang") in i18n.LOCALES:
            self.new_cookies.append(f"lang={self.query['lang']}; Path=/; Max-Age=31536000; SameSite=Lax")

    @lazy
    def origin(self) -> str:
        """Scheme and host that the person's browser uses for the portal."""
        if settings().public_origin:
            return str(settings().public_origin)
        scheme = "http" if settings().is_local else "https"
        # The gateway's own word for the name it was called by; the Host header is only the caller's.
        host = self.request.context.get("domainName") or self.header("host") or "localhost"
        return f"{scheme}://{host}"

    @property
    def storage_origin(self) -> str | None:
        """Where a phone reaches the media store: locally through the portal itself, else directly."""
        return self.origin if settings().storage_behind_portal else None

    @property
    def idempotency_key(self) -> str | None:
        """The caller's Idempotency-Key; raises Invalid when it has not the promised form."""
        return checked_key(self.header("idempotency-key"))

    def read(self, model: type[Model]) -> Model:
        """The JSON body as a model; raises BadRequest, WrongType or Invalid."""
        if not (self.header("content-type") or "application/json").lower().startswith("application/json"):
            raise WrongType
        return read_model(model, self.body or b"{}")

    def read_csv(self) -> bytes:
        """A CSV body as it came; raises WrongType for JSON and forms."""
        kind = (self.header("content-type") or "").split(";")[0].strip().lower()
        if kind not in ("text/csv", "application/csv", "application/vnd.ms-excel", "text/plain"):
            raise WrongType
        return self.body

    def read_query(self, model: type[Model]) -> Model:
        """The query as a model; raises Invalid."""
        try:
            return model.model_validate(self.query)
        except ValidationError as error:
            raise invalid(error) from error


def url(path: str, /, **query: Any) -> str:
    """An address within the portal: below the stage's base path, with a query of what is not None."""
    if not query:  # as most links are
        return settings().base_path + path
    given = [(name, value) for name, value in query.items() if value is not None and value != ""]
    return settings().base_path + path + (f"?{urlencode(given, doseq=True)}" if given else "")
