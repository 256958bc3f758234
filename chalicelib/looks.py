"""How the portal looks on one device: size of text, how much is on the pages, colours. Kept in one cookie."""

from dataclasses import dataclass, replace
from typing import Any, Literal, Self

Choice = Literal["text", "pages", "colours"]
#: What can be chosen, the usual first; the words are unlike each other, so the cookie needs no names.
CHOICES: dict[Choice, tuple[str, ...]] = {
    "text": ("", "large"),
    "pages": ("", "simple"),
    "colours": ("", "light", "dark"),
}
_YEAR_S = 365 * 86400


@dataclass(frozen=True)
class Look:
    """What somebody chose on this device; empty is as usual, for the colours as the device has them."""

    text: str = ""
    pages: str = ""
    colours: str = ""

    @classmethod
    def read(cls, cookie: str) -> Self:
        """From the cookie, which may say anything: what is no choice of ours counts as the usual."""
        said = cookie.split(".")
        chosen: dict[str, Any] = {
            choice: next((word for word in words if word and word in said), "")
            for choice, words in CHOICES.items()
        }
        return cls(**chosen)

    def choose(self, choice: str, word: str) -> "Look":
        """With one choice changed; unknown ones change nothing."""
        words = CHOICES.get(choice, ())  # type: ignore[call-overload]
        return replace(self, **{choice: word}) if word in words else self

    @property
    def cookie(self) -> str:
        """The `Set-Cookie` line. Scripts may read it: pages seen offline take on what was chosen since.

        No secret is in it, so it has neither HttpOnly nor a prefix."""
        words = ".".join(word for word in (self.text, self.pages, self.colours) if word)
        return f"look={words}; Path=/; SameSite=Lax; Max-Age={_YEAR_S if words else 0}"
