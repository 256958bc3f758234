"""Made-up invitations for the style page: one's own in each state, and one at the desk."""

from datetime import timedelta
from typing import Any, get_args

from chalicelib.page_words import gettext
from chalicelib.referrals import words
from chalicelib.referrals.models import Shown
from local.samples import NOW


def rows() -> list[dict[str, Any]]:
    """One in each state that its inviter sees."""
    found = []
    for number, state in enumerate(get_args(Shown)):
        looks, sign, badge, what = words.SHOWN[state]
        found.append(
            {
                "at": NOW - timedelta(days=number),
                "badge": {"looks": looks, "sign": sign, "words": gettext(badge)},
                "words": gettext(what),
                "reward_at": NOW + timedelta(days=9) if state == "qualified" else None,
            }
        )
    return found


def at_desk() -> dict[str, Any]:
    """One whose person has come."""
    return {
        "inviter": "王*",
        "home": "1-101",
        "invited": "张*",
        "at": NOW - timedelta(days=3),
        "joined_at": NOW,
        "numbers": (7, 2, 1),
    }
