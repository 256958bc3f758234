"""Time zones by name, as they come in with calendars and rosters, and as they were stored."""

import re
from zoneinfo import ZoneInfo

from chalicelib.errors import N_, Invalid
from chalicelib.logs import log

#: Area and place, as IANA writes them. Nothing else is looked up: a name is a path below the zones' folder.
_NAME = re.compile(r"[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}")
_LONGEST = 64
_UNKNOWN = N_("There is no such time zone. Give one such as Asia/Shanghai.")


def is_known(name: str) -> bool:
    """Whether this names a time zone that can be read here."""
    if len(name) > _LONGEST or not _NAME.fullmatch(name):
        return False
    try:
        ZoneInfo(name)
    except (ValueError, LookupError, OSError):  # no zone's file, no file at all, or a folder
        return False
    return True


def check(field: str, name: str) -> None:
    """Raises Invalid, naming the field, for a zone that nobody knows."""
    if not is_known(name):
        raise Invalid.field(field, "unknown_zone", _UNKNOWN)


def readable(name: str, instead: str) -> str:
    """A stored zone's name; the one that is known `instead` where it can't be read, so that what was stored with it is
    not lost."""
    if is_known(name):
        return name
    log("zone_unknown", instead=instead)
    return instead
