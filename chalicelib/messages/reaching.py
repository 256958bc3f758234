"""How a person is reached, in the table: one query of the records from `PROFILE` to `REACH…`. Keys: `docs/keys.md`."""

from datetime import datetime, time
from typing import Any

from chalicelib.accounts.store import profile_key
from chalicelib.conditions import Attr, Condition, Key
from chalicelib.crypto import Keyring
from chalicelib.db import Db, Delete, Item, K, Op, Update
from chalicelib.errors import Conflict
from chalicelib.messages.models import Outgoing, Reach
from chalicelib.messages.notifier import Channel
from chalicelib.messages.policy import DEFAULT_CHANNELS, MAX_CREDITS, UNHEARD
from chalicelib.messages.store import Moved, message_key
from chalicelib.times import moment, rfc3339


def reach_key(account_id: str) -> K:
    """What somebody chose."""
    return K(f"ACCOUNT#{account_id}", "REACH")


def told_key(account_id: str) -> K:
    """When somebody was told last, and which digest collects what comes up."""
    return K(f"ACCOUNT#{account_id}", "REACHTOLD")


def credit_key(account_id: str, template: str) -> K:
    """How many WeChat messages of a template somebody agreed to."""
    return K(f"ACCOUNT#{account_id}", f"REACHCREDIT#{template}")


def device_key(account_id: str, device: str) -> K:
    """One browser's push subscription."""
    return K(f"ACCOUNT#{account_id}", f"REACHPUSH#{device}")


def reach(db: Db, keys: Keyring, account_id: str) -> Reach | None:
    """How a person is reached, with their profile: one round trip. None when there is no such account (any more)."""
    pk = profile_key(account_id).pk
    rows = db.query_all(Key("PK").eq(pk) & Key("SK").between("PROFILE", "REACH~"))
    found = {row["SK"]: row for row in rows}
    profile = found.get("PROFILE")
    if profile is None:
        return None
    devices = sorted(
        (row for row in rows if row["SK"].startswith("REACHPUSH#")), key=lambda row: str(row["at"])
    )
    return Reach(
        account_id=account_id,
        phone=keys.open(profile["phone"], f"{pk}|phone"),
        locale=profile.get("locale") or "zh-CN",
        staff=bool(profile["grants"]),
        devices={row["SK"].removeprefix("REACHPUSH#"): _opened(keys, row, "subscription") for row in devices},
        credits={
            row["SK"].partition("#")[2]: row["left"] for row in rows if row["SK"].startswith("REACHCREDIT#")
        },
        **_chosen(found.get("REACH"), keys),
        **_told(found.get("REACHTOLD")),
    )


def _opened(keys: Keyring, row: Item, name: str) -> str:
    return keys.open(row[name], f"{row['PK']}|{name}") if row.get(name) else ""


def _chosen(row: Item | None, keys: Keyring) -> dict[str, Any]:
    if row is None:
        return {}
    own = {kind: tuple(channels) for kind, channels in row.get("channels", {}).items()}
    quiet = row.get("quiet")
    return {
        "channels": {**DEFAULT_CHANNELS, **own},
        "quiet": (time.fromisoformat(quiet["start"]), time.fromisoformat(quiet["end"])) if quiet else None,
        "email": _opened(keys, row, "email"),
        "email_checked": row.get("email_checked", False),
        "openid": _opened(keys, row, "openid"),
        "version": row["version"],
    }


def _told(row: Item | None) -> dict[str, Any]:
    if row is None:
        return {}
    last = row.get("last")
    return {
        "digest": row.get("digest"),
        "digest_channel": row.get("channel"),
        "last": moment(last) if last else None,
    }


def join(account_id: str, source: str, channel: Channel, error: Conflict) -> Op:
    """The write that counts one more piece of news in a digest that has not gone out yet.

    One that may have arrived is tried again as it was, which its provider shows once; with more news it is another.
    """
    waiting = Attr("state").eq("waiting") & (Attr("reason").not_exists() | Attr("reason").ne(UNHEARD))
    return Update(
        message_key(account_id, source, channel), adds={"n": 1, "rev": 1}, condition=waiting, error=error
    )


def open_digest(reach_: Reach, message: Outgoing) -> Op:
    """The write that names the digest which collects from now on, unless another was opened meanwhile: then Moved."""
    seen: Condition = Attr("digest").eq(reach_.digest) if reach_.digest else Attr("digest").not_exists()
    sets = {"digest": message.source, "channel": message.channel}
    return Update(told_key(message.account_id), sets=sets, condition=seen, error=Moved())


def note_told(account_id: str, now: datetime, not_since: datetime, error: Conflict) -> Op:
    """The write that somebody is told now, unless they were since `not_since`."""
    long_ago = Attr("last").not_exists() | Attr("last").lte(rfc3339(not_since))
    return Update(told_key(account_id), sets={"last": rfc3339(now)}, condition=long_ago, error=error)


def take_credit(account_id: str, template: str, error: Conflict) -> Op:
    """The write that takes one WeChat credit; fails when there is none."""
    return Update(
        credit_key(account_id, template), adds={"left": -1}, condition=Attr("left").gt(0), error=error
    )


def forget_device(account_id: str, device: str) -> Op:
    """The write that forgets a browser."""
    return Delete(device_key(account_id, device))


def add_credit(account_id: str, template: str, error: Conflict) -> Op:
    """The write that adds one WeChat credit, up to as many as are kept."""
    few: Condition = Attr("left").not_exists() | Attr("left").lt(MAX_CREDITS)
    return Update(credit_key(account_id, template), adds={"left": 1}, condition=few, error=error)
