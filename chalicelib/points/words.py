"""What people read of points: what they were for, and the lines of their history."""

from chalicelib import i18n
from chalicelib.errors import N_
from chalicelib.points.models import Entry
from chalicelib.points.policy import KINDS, TIER_WORDS

_ENTRIES = {
    "spent": N_("Redeemed: %(what)s"),
    "given_back": N_("Given back: %(what)s"),
    "reversed": N_("Taken back: %(what)s"),
    "expired": N_("Not used in time"),
    "adjusted": N_("From our office: %(what)s"),
}
_SET_OFF = N_("Set off against points that were taken back before")
_TIER = "tier/"


def subject(about: str, locale: str) -> str:
    """What a message about points is about: a kind of event, a level (`tier/gold`), or words as they are."""
    say = i18n.translations(locale).gettext
    if about.startswith(_TIER):
        return say(TIER_WORDS[about.removeprefix(_TIER)])  # type: ignore[index]
    return say(KINDS[about]) if about in KINDS else about


def reason(entry: Entry, locale: str) -> str:
    """A row of the ledger in plain words."""
    say = i18n.translations(locale).gettext
    if entry.rule == "set_off":
        return say(_SET_OFF)
    what = entry.note or subject(entry.rule, locale)
    return what if entry.kind == "earned" else say(_ENTRIES[entry.kind]) % {"what": what}
