"""What places are called: codes for their posters, names that mean the same, lists as people paste them. No I/O."""

import re
import unicodedata

from chalicelib.errors import N_, Invalid
from chalicelib.inputs import clean
from chalicelib.places.models import NewPlace

#: No letters that look alike: the code stands on the poster in print, for those who type it.
CODE_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_LENGTH = 8
#: One send of the desk's form: a place is one write, and a web request must end within the gateway's 29 s.
MOST_AT_ONCE = 200
_CODE = re.compile(rf"[{CODE_LETTERS}]{{{CODE_LENGTH}}}")
_SPLIT = re.compile(r"[\t,，;；]")
_LONGEST_NAME, _LONGEST_BUILDING = 60, 30
#: A name is part of a key, which has at most 1,024 bytes; some letters become many when they are made plain.
_LONGEST_KEPT = 120
_NOTHING = N_("Write at least one place, one on each line.")
_TOO_MANY = N_("These are more than 200 places. Send them in two parts, please.")
_TOO_LONG = N_("A place's name has at most 60 letters, a building's 30.")


def is_code(text: str) -> bool:
    """Whether this can be a place's code at all; anything else needs no look at the table."""
    return bool(_CODE.fullmatch(text))


def normalised(name: str) -> str:
    """What names have in common that mean the same place: letters and digits, without width, case and spaces.

    Empty for a name without any.
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in plain if letter.isalnum())[:_LONGEST_KEPT]


def read_lines(text: str) -> list[NewPlace]:
    """Places from a list: one on each line, with its building behind a tab or comma, as a pasted table has it.

    The same place twice counts once. Raises Invalid for none, for too many, and for a name that is too long.
    """
    found: dict[str, NewPlace] = {}
    for line in text.splitlines():
        name, building = ([clean(part) for part in _SPLIT.split(line, maxsplit=1)] + [""])[:2]
        if len(name) > _LONGEST_NAME or len(building) > _LONGEST_BUILDING:
            raise Invalid.field("places", "too_long", _TOO_LONG)
        if normalised(name):
            found.setdefault(normalised(name), NewPlace(name=name, building=building))
    if not found:
        raise Invalid.field("places", "missing", _NOTHING)
    if len(found) > MOST_AT_ONCE:
        raise Invalid.field("places", "too_many", _TOO_MANY)
    return list(found.values())
