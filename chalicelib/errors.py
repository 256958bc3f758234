"""What can go wrong, as exceptions that carry their HTTP status.

`web.py` renders every one of them, as a page or as `application/problem+json`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

from chalice.app import ChaliceUnhandledError


def N_(text: str) -> str:  # noqa: N802 - the name that gettext's extractors know
    """Mark a text for translation; it is translated when it is shown."""
    return text


_AND_SO_ON, _OR = N_("%(one)s, %(other)s"), N_("%(one)s or %(other)s")


def listed(choices: Sequence[str], say: Callable[[str], str]) -> str:
    """Words as people list them in the language of `say`, with "or" before the last."""
    *others, last = choices or ("",)
    if not others:
        return last
    first = reduce(lambda one, other: say(_AND_SO_ON) % {"one": one, "other": other}, others)
    return say(_OR) % {"one": first, "other": last}


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with one field of the input. `message` is an untranslated msgid; `limit` is what it
    names as `%(limit)s`, where it names something."""

    field: str
    code: str
    message: str
    limit: str = ""
    #: What there is to choose from, for a message that lists it as its limit.
    choices: tuple[str, ...] = ()

    def said(self, say: Callable[[str], str]) -> str:
        """The message in the language of `say`."""
        words, limit = say(self.message), listed(self.choices, say) or self.limit
        return words % {"limit": limit} if limit else words


class PortalError(ChaliceUnhandledError):
    """An answer other than success. `detail` is a msgid that tells the person what to do next."""

    status = 500
    code = "internal_error"
    title = N_("Something went wrong")
    detail = N_("It is our fault, not yours. Please try again in a minute.")

    def __init__(
        self,
        detail: str | None = None,
        *,
        code: str | None = None,
        errors: tuple[FieldError, ...] = (),
        retry_after_s: int | None = None,
        allow: str | None = None,
    ) -> None:
        self.detail = detail or type(self).detail
        self.code = code or type(self).code
        self.errors = errors
        self.retry_after_s = retry_after_s
        self.allow = allow
        super().__init__(self.code)


class BadRequest(PortalError):
    """400: the body can't be read at all."""

    status = 400
    code = "not_json"
    title = N_("We could not read this")
    detail = N_("The body must be a JSON object in UTF-8.")


class NotSignedIn(PortalError):
    """401: no session, or one that has ended."""

    status = 401
    code = "not_signed_in"
    title = N_("Please sign in")
    detail = N_("Sign in with your phone number to go on.")


class WrongCode(PortalError):
    """401: the sign-in code is wrong, used, too old, or was tried too often."""

    status = 401
    code = "wrong_code"
    title = N_("This code does not match")
    detail = N_("The code is wrong or no longer valid. Check the newest message, or ask for a new code.")


class Forbidden(PortalError):
    """403: signed in, but this is not theirs to do."""

    status = 403
    code = "forbidden"
    title = N_("You can't do this")
    detail = N_("Your account doesn't have permission. Please ask the office or a colleague.")


class CrossSite(Forbidden):
    """403: a form sent from another site."""

    code = "cross_site"
    detail = N_("This form was sent from another site. Open the page here and send it again.")


class NotFound(PortalError):
    """404: not there, or not theirs to see - which of the two is not told."""

    status = 404
    code = "not_found"
    title = N_("We could not find this")
    detail = N_("It may have been removed, or the link is not complete.")


class MethodNotAllowed(PortalError):
    """405: the address exists, but not for this method."""

    status = 405
    code = "method_not_allowed"
    title = N_("This can't be done here")
    detail = N_("The address exists, but does not take this kind of request.")


class Conflict(PortalError):
    """409: the request is fine, the state is not (any more) one that allows it."""

    status = 409
    code = "conflict"
    title = N_("This has changed meanwhile")
    detail = N_("Look at it as it is now, then decide again.")


class VersionConflict(Conflict):
    """409: somebody changed it after this person had seen it."""

    code = "version_conflict"
    detail = N_("Somebody changed this after you had opened it. Look at it as it is now, then decide again.")


class ChangedMeanwhile(Conflict):
    """Something changed between reading and writing. Never reaches a caller: it is read and judged anew."""


class IllegalTransition(Conflict):
    """409: the issue's state does not allow this step."""

    code = "illegal_transition"
    title = N_("This step is not possible now")
    detail = N_("This step isn't possible any more.")


class TooLarge(PortalError):
    """413: more bytes than are taken."""

    status = 413
    code = "too_large"
    title = N_("This is too large")
    detail = N_("Please send less at a time.")


class WrongType(PortalError):
    """415: a content type that is not taken here."""

    status = 415
    code = "unsupported_media_type"
    title = N_("This kind of content is not taken here")
    detail = N_("Send JSON to the API, and forms to the pages.")


class Invalid(PortalError):
    """422: readable, but something in it is wrong; `errors` says what, field by field."""

    status = 422
    code = "invalid"
    title = N_("Please check what you entered")
    detail = N_("Something is missing or not right; see the fields named.")

    @classmethod
    def field(cls, field: str, code: str, message: str) -> "Invalid":
        """The usual case: one field, one message."""
        return cls(message, errors=(FieldError(field, code, message),))


class IdempotencyMismatch(Invalid):
    """422: an idempotency key that this person already used for another body."""

    code = "idempotency_mismatch"
    detail = N_("This Idempotency-Key was already used for something else. Use a new one.")


class TooMany(PortalError):
    """429: a cap against abuse; `retry_after_s` says when it is possible again."""

    status = 429
    code = "too_many"
    title = N_("That was a lot at once")
    detail = N_("Please wait a little, then try again.")


class Unavailable(PortalError):
    """503: a part that we depend on is slow or away. Nothing was changed, or a retry is safe."""

    status = 503
    code = "unavailable"
    title = N_("We are not reachable right now")
    detail = N_("Nothing is lost. Please try again in a few seconds.")

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail, retry_after_s=3)
