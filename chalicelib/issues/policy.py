"""The business numbers of issues, and the category tree: the defaults of every community.

Sources: requirements parts 1 (categories), 4 (service levels) and 9 (ratings).
"""

from dataclasses import dataclass
from datetime import timedelta

from chalicelib.company import company
from chalicelib.errors import N_
from chalicelib.i18n import translations

#: The owner may urge at most once in this time (part 2).
URGE_EVERY = timedelta(hours=4)
#: Quiet days after which a resolved issue closes by itself (contract, "Status").
CLOSE_AFTER = timedelta(days=7)
#: For how long an owner may reopen a closed issue (contract, "Status").
REOPEN_WITHIN = timedelta(days=7)
#: For how long a rating can be changed (part 9).
RATING_CHANGES_WITHIN = timedelta(days=7)
#: A report of the same home and kind within this time of another is a repeat (part 3, "repeat detection").
REPEAT_WITHIN = timedelta(days=30)
#: How long a step that a phone could not send is still taken: as long as idempotency keys are remembered.
STEPS_KEPT_FOR = timedelta(days=7)
#: A step that arrives this soon after it was taken was taken when it arrived.
SENT_AT_ONCE = timedelta(minutes=2)
#: Steps that a phone sends at once; more go in a second call.
MAX_STEPS = 50
#: For how long staff may take back their own last step: long enough to notice a slip, too short to rely on.
UNDO_WITHIN = timedelta(seconds=30)
#: For how long after it came an urgent report still raises an alarm at a desk that opens.
ALARM_FOR = timedelta(minutes=10)
#: Digits of an issue's number behind its day: as few as people can read out, as long as a day has few reports.
NUMBER_DIGITS = 5
MAX_PHOTOS = 9
MAX_DESCRIPTION = 2000
MAX_VISIT_WINDOWS = 6


@dataclass(frozen=True)
class Category:
    """A kind of issue: how urgent, which service class, which department. How it is repaired says its SOP (`sops`)."""

    id: str
    words: str
    icon: str
    urgency: str
    sla_class: str
    department: str
    emergency: bool = False

    def name(self, locale: str) -> str:
        """Its name: the company's own words, else ours."""
        own = company().categories.get(self.id)
        return own.in_(locale) if own else translations(locale).gettext(self.words)


_ALL = [
    Category("gas", N_("Gas smell or leak"), "gas", "urgent", "L1", "engineering", emergency=True),
    Category("electric_shock", N_("Electric shock or sparks"), "shock", "urgent", "L1", "engineering", emergency=True),
    Category("lift_trapped", N_("Trapped in the lift"), "trapped", "urgent", "L1", "engineering", emergency=True),
    Category("fire", N_("Fire or smoke"), "fire", "urgent", "L1", "security", emergency=True),
    Category("flooding", N_("Flooding"), "flood", "urgent", "L1", "engineering", emergency=True),
    Category("plumbing", N_("Water and drains"), "plumbing", "urgent", "L1", "engineering"),
    Category("electrical", N_("Electricity and lights"), "electrical", "urgent", "L1", "engineering"),
    Category("lift", N_("Lift"), "lift", "urgent", "L1", "engineering"),
    Category("wall_seepage", N_("Damp walls and seepage"), "seepage", "normal", "L2", "engineering"),
    Category("doors_windows", N_("Doors and windows"), "doors", "normal", "L2", "engineering"),
    Category("public_area", N_("Public areas"), "public", "normal", "L2", "property"),
    Category("noise", N_("Noise"), "noise", "normal", "L2", "property"),
    Category("cleaning", N_("Cleaning"), "cleaning", "normal", "L2", "property"),
    Category("greening", N_("Plants and gardens"), "greening", "normal", "L2", "property"),
    Category("parking", N_("Parking"), "parking", "normal", "L2", "property"),
    Category("delivery_defect", N_("Defect since handover"), "delivery", "normal", "L2", "engineering"),
    Category("contract", N_("Contracts and fees"), "contract", "normal", "L3", "legal"),
    Category("other", N_("Something else"), "other", "normal", "L2", "property"),
]  # fmt: skip
#: Kinds of issues that a public place can't have: its poster does not offer them.
HOME_ONLY = frozenset({"delivery_defect", "contract"})
CATEGORIES = {category.id: category for category in _ALL}


def category_of(category_id: str) -> Category:
    """A category; one that a company has since dropped shows as "something else"."""
    return CATEGORIES.get(category_id, CATEGORIES["other"])
