"""What people choose about being told: channels, quiet hours, an address for mail, the browsers that show messages."""

import json
import re
from datetime import datetime
from typing import Any

from chalicelib import i18n
from chalicelib.accounts.models import Person
from chalicelib.accounts.rules import mask_email
from chalicelib.accounts.store import profile_key
from chalicelib.conditions import Attr, Condition
from chalicelib.crypto import Unsealable
from chalicelib.db import Delete, Item, Op, Put, Update
from chalicelib.errors import N_, Conflict, Invalid, TooMany, VersionConflict
from chalicelib.messages import reaching, words
from chalicelib.messages.adapters.push import known_service
from chalicelib.messages.hours import quiet_hours
from chalicelib.messages.models import ChooseMessages, Device, MessageChoices, Quiet, Reach
from chalicelib.messages.notifier import Message
from chalicelib.messages.policy import (
    CHANNELS,
    CONFIRM_WITHIN,
    KINDS,
    MAILS_PER_DAY,
    MAX_DEVICES,
)
from chalicelib.messages.settings import channels_of
from chalicelib.once import AlreadyDone, Once
from chalicelib.portal import Portal
from chalicelib.times import moment, rfc3339

_EMAIL = re.compile(r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
_BAD_EMAIL = N_("This does not look like an e-mail address.")
_SAME_HOURS = N_("Quiet hours must start and end at different times.")
_NO_SERVICE = N_("This browser's push service is not known here.")
_STALE_LINK = N_("This link is not valid any more. Save the address once more to get another.")


def reach_of(portal: Portal, person: Person) -> Reach:
    """How somebody signed in is reached."""
    found = reaching.reach(portal.db, portal.keys, person.id)
    assert found is not None, "who is signed in has an account"
    return found


def choices(portal: Portal, person: Person, locale: str, now: datetime) -> MessageChoices:
    """What somebody has chosen, and what would reach them now: one round trip."""
    reach = reach_of(portal, person)
    home = next(iter([*(u.community_id for u in person.units), *person.communities()]), "")
    default = quiet_hours(portal, home, now)
    start, end = reach.quiet or (default.start, default.end)
    push = channels_of(portal.settings.messages_file).push
    return MessageChoices(
        version=reach.version,
        locale=locale,
        channels={kind: list(reach.channels[kind]) for kind in kinds_for(person)},
        reachable={channel: bool(reach.addresses(channel)) for channel in CHANNELS},
        quiet=Quiet(start=f"{start:%H:%M}", end=f"{end:%H:%M}"),
        email=reach.email or None,
        email_checked=reach.email_checked,
        devices=len(reach.devices),
        wechat_credits=_credits(reach, person),
        push_key=push.public_key if push else None,
    )


def _credits(reach: Reach, person: Person) -> dict[str, int] | None:
    """What WeChat still takes of each kind that somebody gets."""
    if not reach.addresses("wechat"):
        return None
    return {kind: reach.credits.get(kind, 0) for kind in kinds_for(person)}


def kinds_for(person: Person) -> list[str]:
    """The kinds of messages that somebody gets."""
    theirs = {"urgent"} | ({"steps", "talk", "news"} if person.units else set())
    theirs |= {"work", "news"} if person.is_staff else set()
    return [kind for kind in KINDS if kind in theirs]


def choose(portal: Portal, person: Person, body: ChooseMessages, now: datetime) -> None:
    """Keep somebody's choice; a new address gets a mail to confirm it. Raises VersionConflict when it was changed
    meanwhile, Invalid, and TooMany for more than a few mails a day."""
    key = reaching.reach_key(person.id)
    before = portal.db.get(key)
    version = before["version"] if before else 0
    if body.version != version:
        raise VersionConflict
    item: Item = {**(before or {"PK": key.pk, "SK": key.sk}), "version": version + 1}
    if body.channels is not None:
        own = {kind: [one for one in CHANNELS if one in chosen] for kind, chosen in body.channels.items()}
        item["channels"] = {**item.get("channels", {}), **own}
    if body.quiet is not None:
        if body.quiet.start == body.quiet.end:
            raise Invalid.field("quiet", "no_hours", _SAME_HOURS)
        item["quiet"] = body.quiet.model_dump()
    mail = _with_email(portal, person, item, body.email, now)
    same: Condition = Attr("version").eq(version) if before else Attr("PK").not_exists()
    ops: list[Op] = [Put(item, condition=same, error=VersionConflict())]
    if body.locale:
        ops.append(Update(profile_key(person.id), sets={"locale": body.locale}, adds={"version": 1}))
    portal.db.write(*ops)
    if mail:
        portal.notifier.send(mail)


def _with_email(
    portal: Portal, person: Person, item: Item, email: str | None, now: datetime
) -> Message | None:
    """Put an address into the record; gives back the mail that asks for its confirmation."""
    text = (email or "").strip()
    context = f"{item['PK']}|email"
    before = portal.keys.open(item["email"], context) if item.get("email") else ""
    if email is None or (text == before and item.get("email_checked")):
        return None
    if not text:
        item.update(email=None, email_checked=None)
        return None
    if len(text) > 254 or not _EMAIL.match(text):
        raise Invalid.field("email", "bad_email", _BAD_EMAIL)
    day = f"{now:%Y-%m-%d}"
    sent = item["mails"]["n"] if item.get("mails", {}).get("day") == day else 0
    if sent >= MAILS_PER_DAY:
        raise TooMany(retry_after_s=3600)
    item.update(email=portal.keys.seal(text, context), email_checked=False, mails={"day": day, "n": sent + 1})
    return _check_mail(portal, person, text, now)


def _check_mail(portal: Portal, person: Person, email: str, now: datetime) -> Message:
    token = portal.keys.seal(f"{email} {rfc3339(now + CONFIRM_WITHIN)}", f"email|{person.id}")
    locale = i18n.pick_locale(None, person.locale, None)
    said = words.say("email_check", locale, words.portal_url(f"/me/messages/email?token={token}"), {})
    letter, page = words.letter(said, locale), words.html(said, locale)
    return Message(
        to=email, channel="email", template="email_check", text=letter, at=now, subject=said.subject, html=page,
        link=said.link, locale=locale,
    )  # fmt: skip


def asked_email(portal: Portal, person: Person, token: str) -> str:
    """The address that a link is to confirm, masked; empty for a link that is another's or can't be read."""
    try:
        return mask_email(portal.keys.open(token, f"email|{person.id}").partition(" ")[0])
    except Unsealable:
        return ""


def confirm_email(portal: Portal, person: Person, token: str, now: datetime) -> None:
    """Take an address as somebody's own. Raises Invalid for a link that is another's, too old, or overtaken."""
    key = reaching.reach_key(person.id)
    stale = Invalid.field("token", "stale_link", _STALE_LINK)
    try:
        email, _, until = portal.keys.open(token, f"email|{person.id}").partition(" ")
    except Unsealable as error:
        raise stale from error
    item = portal.db.get(key)
    kept = portal.keys.open(item["email"], f"{key.pk}|email") if item and item.get("email") else ""
    if item is None or kept != email or moment(until) < now:
        raise stale
    same = Attr("version").eq(item["version"])
    portal.db.update(
        Update(key, sets={"email_checked": True}, adds={"version": 1}, condition=same, error=stale)
    )


def add_device(portal: Portal, person: Person, body: Device, now: datetime) -> str:
    """Remember a browser that shows messages; gives back its id. The same browser again is the same one, and the
    oldest goes for one too many. Raises Invalid for an address that is no push service's."""
    if not known_service(body.endpoint):
        raise Invalid.field("endpoint", "unknown_service", _NO_SERVICE)
    device = portal.keys.hash("push", body.endpoint)[:32]
    key = reaching.device_key(person.id, device)
    sealed = portal.keys.seal(json.dumps(body.model_dump()), f"{key.pk}|subscription")
    reach = reach_of(portal, person)
    others = [one for one in reach.devices if one != device]
    item: Item = {"PK": key.pk, "SK": key.sk, "subscription": sealed, "at": rfc3339(now)}
    gone = [Delete(reaching.device_key(person.id, one)) for one in others[: len(others) - MAX_DEVICES + 1]]
    portal.db.write(Put(item, replace=True), *(gone if len(others) >= MAX_DEVICES else []))
    return device


def forget_devices(portal: Portal, person: Person, device: str | None = None) -> None:
    """Forget one browser, or all of them."""
    known = [device] if device else list(reach_of(portal, person).devices)
    if known:
        portal.db.write(*(reaching.forget_device(person.id, one) for one in known))


class _Full(Conflict):
    """There are as many credits as are kept."""


def add_credits(
    portal: Portal, person: Person, kinds: list[Any], key: Once | None, now: datetime
) -> dict[str, int]:
    """Count what somebody has just agreed to in WeChat: one message of each kind. Gives back all credits."""
    ops = [reaching.add_credit(person.id, kind, _Full()) for kind in dict.fromkeys(kinds)]
    try:
        portal.db.write(*([key.put({}, now)] if key else []), *ops)
    except (AlreadyDone, _Full):
        if key:
            key.find(portal.db)  # raises IdempotencyMismatch for another request
    return dict(reach_of(portal, person).credits)


def bind_wechat(portal: Portal, person: Person, openid: str) -> None:
    """Remember who somebody is in the company's mini-program."""
    key = reaching.reach_key(person.id)
    sealed = portal.keys.seal(openid, f"{key.pk}|openid")
    portal.db.update(Update(key, sets={"openid": sealed}, adds={"version": 1}))
