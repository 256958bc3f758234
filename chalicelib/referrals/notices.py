"""Whom a change of a referral concerns. Nothing in these messages says whose number it is."""

from typing import Any

from chalicelib.inbox.models import Event, Notice
from chalicelib.referrals.models import Referral


def notice(referral: Referral, event: Event, **fields: Any) -> Notice:
    """A notice about a referral."""
    return Notice(
        event=event,
        issue_id=referral.id,
        number="",
        category_id="",
        community_id=referral.community_id,
        about="referral",
        **fields,
    )


def of(before: Referral, after: Referral) -> list[Notice]:
    """What a change tells: its inviter that somebody has come, managers that it waits for them. (Of points tells who
    books them.)"""
    if after.state == "flagged" and before.state != "flagged":
        return [notice(after, "referral_flagged", roles=("manager",))]
    if after.qualified_at and not before.qualified_at:
        return [notice(after, "referral_qualified", owners=(after.inviter_id,))]
    return []
