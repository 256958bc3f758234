"""Canned replies: what stands in place of `{…}`. Pure."""

import re
from collections.abc import Mapping

#: What may stand in braces, in the order in which the page explains it.
PLACEHOLDERS = ("name", "number", "category", "place", "assignee", "visit", "promised", "me", "phone")
#: The same in Chinese sentences; both may be written, whatever language one reads.
CHINESE = {
    "业主": "name", "单号": "number", "类别": "category", "位置": "place", "师傅": "assignee", "上门时间": "visit",
    "承诺时间": "promised", "我": "me", "物业电话": "phone",
}  # fmt: skip
_BRACES = re.compile(r"\{(\w{1,20})\}")


def shown(locale: str) -> list[tuple[str, str]]:
    """What may stand in braces as somebody of that language writes it, each with what it is called inside."""
    chinese = {name: word for word, name in CHINESE.items()} if locale == "zh-CN" else {}
    return [(chinese.get(name, name), name) for name in PLACEHOLDERS]


def fill(text: str, values: Mapping[str, str | None]) -> str:
    """The text for one issue. What is not known (no visit is agreed yet, a word of one's own) stays as it is, so
    that whoever sends it sees it; what is filled in is not read for braces again."""
    return _BRACES.sub(lambda found: values.get(CHINESE.get(found[1], found[1])) or found[0], text)
