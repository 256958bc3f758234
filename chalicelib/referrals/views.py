"""Referrals as their readers see them."""

from datetime import datetime

from chalicelib.accounts import store as accounts
from chalicelib.accounts.models import Account
from chalicelib.accounts.rules import mask_name
from chalicelib.db import Item, K
from chalicelib.kept import made
from chalicelib.portal import Portal
from chalicelib.referrals import rules, store
from chalicelib.referrals.models import (
    DecisionView,
    FlaggedView,
    Inviter,
    OwnReferral,
    Referral,
    ReferralView,
)
from chalicelib.times import rfc3339
from chalicelib.web import Call, url


def link(call: Call, code: str) -> str:
    """A code's whole address."""
    return f"{call.origin}{url('/r/' + code)}"


def own(call: Call, inviter: Inviter) -> OwnReferral:
    """An owner's code and numbers."""
    address = link(call, inviter.code)
    return OwnReferral(
        code=inviter.code,
        url=address,
        qr_url=f"{address}/qr.svg",
        registered=inviter.registered,
        qualified=inviter.qualified,
        rewarded=inviter.rewarded,
    )


def row(referral: Referral, now: datetime) -> ReferralView:
    """One of one's own."""
    state = rules.shown(referral, now)
    at = referral.hold_until if state == "qualified" else None
    return made(
        ReferralView,
        id=referral.id,
        at=rfc3339(referral.at),
        state=state,
        reward_at=rfc3339(at) if at else None,
    )


def for_desk(portal: Portal, found: list[Referral]) -> list[FlaggedView]:
    """What managers see of several: one round trip for the people."""
    keys = dict.fromkeys(key for one in found for key in _people(one))
    items = dict(zip(keys, portal.db.batch_get(list(keys)), strict=True)) if keys else {}
    return [_flagged(portal, one, items) for one in found]


def _people(referral: Referral) -> list[K]:
    return [*store.profiles(referral), store.inviter_key(referral.inviter_id)]


def _account(portal: Portal, items: dict[K, Item | None], account_id: str | None) -> Account | None:
    item = items.get(accounts.profile_key(account_id)) if account_id else None
    return accounts.from_item(item, portal.keys) if item else None


def _flagged(portal: Portal, referral: Referral, items: dict[K, Item | None]) -> FlaggedView:
    inviter = _account(portal, items, referral.inviter_id)
    invited = _account(portal, items, referral.invited_id)
    numbers = items.get(store.inviter_key(referral.inviter_id)) or {}
    homes = (
        [one.label for one in inviter.units if one.community_id == referral.community_id] if inviter else []
    )
    same = ("id", "community_id", "state", "version", "reasons", "cleared", "signals", "why")
    return made(
        FlaggedView,
        **{name: getattr(referral, name) for name in same},
        at=rfc3339(referral.at),
        flagged_at=rfc3339(referral.flagged_at) if referral.flagged_at else None,
        inviter=mask_name(inviter.name) if inviter else "*",
        inviter_home=homes[0] if homes else None,
        invited=mask_name(invited.name) if invited else None,
        joined_at=rfc3339(referral.joined_at) if referral.joined_at else None,
        **{name: numbers.get(name, 0) for name in ("registered", "qualified", "rewarded")},
        decisions=[
            made(DecisionView, at=rfc3339(one.at), by=one.by, release=one.release, reason=one.reason)
            for one in referral.decisions
        ],
    )
