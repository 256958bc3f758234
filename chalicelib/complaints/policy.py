"""The business rules of complaints, suggestions and praise: categories and departments, every community's defaults.

Source: requirements part 5 (categories and departments, repeat complaints). What the requirements leave open says so.
Clocks, the goal of call-backs and what makes a hard case are a part of each community's policy (`service_levels`).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from chalicelib.errors import N_
from chalicelib.i18n import translations

Kind = Literal["complaint", "suggestion", "praise"]
CategoryId = Literal["service", "product", "environment", "other"]
Department = Literal["customer_service", "engineering", "property", "legal", "administration"]
Clock = Literal["start", "investigate", "opinion", "reply", "answer"]

#: Another complaint of the same person and category within so long may be the same trouble again (ours).
REPEAT_WITHIN = timedelta(days=90)
#: The rate is told of so many that were closed last (ours).
RATE_OF = 100
MAX_PHOTOS = 9
MAX_LINKS = 20
#: Digits of a number behind its day.
NUMBER_DIGITS = 4


@dataclass(frozen=True)
class Category:
    """What it is about, and which departments answer for it until a community says otherwise; the first is proposed."""

    id: CategoryId
    words: str
    hint: str
    icon: str
    departments: tuple[Department, ...]


CATEGORIES: dict[str, Category] = {
    one.id: one
    for one in (
        Category("service", N_("Service"), N_("how we treat you, how long it takes, what was promised"), "people",
                 ("customer_service",)),
        Category("product", N_("Building and repairs"), N_("quality of homes, fittings and repairs"), "fix",
                 ("engineering", "property")),
        Category("environment", N_("Surroundings"), N_("cleaning, plants, noise, parking, safety"), "greening",
                 ("property",)),
        Category("other", N_("Other matters"), N_("contracts, fees, anything else"), "other",
                 ("legal", "administration")),
    )
}  # fmt: skip
DEPARTMENTS: dict[str, str] = {
    "customer_service": N_("Customer service"),
    "engineering": N_("Engineering"),
    "property": N_("Property management"),
    "legal": N_("Legal"),
    "administration": N_("Administration"),
}
KINDS: dict[str, str] = {
    "complaint": N_("Complaint"),
    "suggestion": N_("Suggestion"),
    "praise": N_("Praise"),
}
#: Letters that numbers begin with, so that nobody takes them for a repair's.
LETTERS: dict[str, str] = {"complaint": "C", "suggestion": "S", "praise": "P"}


def name_of(kind: str, category: str, locale: str) -> str:
    """What it is, in a word or two: "Complaint: service"."""
    say = translations(locale).gettext
    return say(N_("%(kind)s: %(category)s")) % {
        "kind": say(KINDS[kind]),
        "category": say(CATEGORIES[category].words),
    }
