"""Canned replies: what stands in place of `{…}`. Pure."""

import re
from collections.abc import Mapping

#: What may stand in braces, in the order in which the page explains it.
PLACEHOLDERS = ("name", "number", "category", "place", "assignee", "visit", "promised", "me", "phone")
_BRACES = re.compile(r"\{(\w{1,20})\}")


def fill(text: str, values: Mapping[str, str | None]) -> str:
    """The text for one issue. What is not known (no visit is agreed yet, a word of one's own) stays as it is, so
    that whoever sends it sees it; what is filled in is not read for braces again."""
    return _BRACES.sub(lambda found: values.get(found[1]) or found[0], text)
