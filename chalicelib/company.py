"""The property company's own name, phone numbers, colour and category words, from one JSON file."""

import json
from functools import cache
from pathlib import Path

from pydantic import ConfigDict, Field

from chalicelib.base import Base
from chalicelib.settings import settings


class Words(Base):
    """A text in both languages."""

    model_config = ConfigDict(frozen=True)

    zh: str
    en: str

    def in_(self, locale: str) -> str:
        """The text in a locale."""
        return self.en if locale == "en" else self.zh


class Company(Base):
    """What a property company replaces without touching code."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: Words
    phone: str
    emergency_phone: str
    logo: str
    #: Category id → the company's own words for it.
    categories: dict[str, Words] = {}
    #: Category id → what a technician brings along, in the company's own words.
    bring: dict[str, Words] = {}
    #: Where a place can be looked up, `{query}` standing for its name; empty for no such link.
    map_url: str = Field(
        "https://uri.amap.com/search?keyword={query}", pattern=r"^$|^https://.*\{query\}|^geo:.*\{query\}"
    )


def read_company(path: str) -> Company:
    """Read a company file; raises pydantic's ValidationError naming what is missing."""
    file = Path(path)
    if not file.is_absolute():
        file = Path(__file__).resolve().parent.parent / path
    return Company.model_validate(json.loads(file.read_text(encoding="utf-8")))


@cache
def company() -> Company:
    """This process's company."""
    return read_company(settings().company_file)
