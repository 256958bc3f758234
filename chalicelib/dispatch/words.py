"""Why somebody is proposed, in plain words of either language."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib import i18n, time_words
from chalicelib.dispatch.models import Proposal, ProposalView, Reason, ReasonView
from chalicelib.dispatch.policy import CERTIFICATE_WORDS, SKILL_WORDS
from chalicelib.errors import N_

_WORDS: dict[str, str] = {
    "skill": N_("knows %(what)s"),
    "skill_unknown": N_("skills not entered"),
    "no_skill": N_("does not do %(what)s"),
    "not_role": N_("does not do %(what)s"),
    "certificate": N_("has the %(what)s"),
    "no_certificate": N_("has no %(what)s"),
    "expired": N_("%(what)s has run out"),
    "on_shift": N_("on duty now"),
    "shift_later": N_("on duty from %(when)s"),
    "shift_unknown": N_("working hours not entered"),
    "absent": N_("away, back %(when)s"),
    "no_shift": N_("away"),
    "in_window": N_("can come at a time that suits the owner"),
    "no_window": N_("not at work when it suits the owner"),
    "free": N_("has nothing else"),
    "here": N_("is in building %(what)s"),
    "busy": N_("expected elsewhere about then"),
}


def say(reason: Reason, locale: str, now: datetime, zone: ZoneInfo) -> str:
    """One reason."""
    words = i18n.translations(locale)
    if reason.code == "load":
        return words.ngettext("has %(n)s job", "has %(n)s jobs", reason.n) % {"n": reason.n}
    if reason.code == "steps":
        return words.ngettext("%(n)s building away", "%(n)s buildings away", reason.n) % {"n": reason.n}
    named = SKILL_WORDS.get(reason.what) if "skill" in reason.code or reason.code == "not_role" else None
    named = named or CERTIFICATE_WORDS.get(reason.what)
    what = words.gettext(named) if named and reason.code != "here" else reason.what
    when = time_words.when(reason.at, now, zone, locale) if reason.at else ""
    return words.gettext(_WORDS[reason.code]) % {"what": what, "when": when}


def view(proposal: Proposal, locale: str, now: datetime, zone: ZoneInfo) -> ProposalView:
    """A proposal as pages and the API show it."""
    return ProposalView(
        id=proposal.id,
        name=proposal.name,
        fits=proposal.minutes is not None,
        minutes=proposal.minutes,
        reasons=[ReasonView(code=one.code, text=say(one, locale, now, zone)) for one in proposal.reasons],
    )


def line(view: ProposalView) -> str:
    """All reasons in one line."""
    return " · ".join(reason.text for reason in view.reasons)


def lines(views: Sequence[ProposalView]) -> list[tuple[str, str]]:
    """Each name with its reasons."""
    return [(one.name, line(one)) for one in views]
