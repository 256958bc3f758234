"""Accounts, phone look-ups, sign-in codes and sessions in the table. Keys: `docs/keys.md`."""

from datetime import datetime
from typing import Any

from chalicelib.accounts.models import Account, Grant, Person, UnitRef
from chalicelib.conditions import Attr
from chalicelib.crypto import Keyring
from chalicelib.db import Db, Delete, Item, K, Op, Put, Update
from chalicelib.errors import PortalError, VersionConflict
from chalicelib.kept import made


def profile_key(account_id: str) -> K:
    """The account itself."""
    return K(f"ACCOUNT#{account_id}", "PROFILE")


def session_key(account_id: str, token_hash: str) -> K:
    """One session."""
    return K(f"ACCOUNT#{account_id}", f"SESSION#{token_hash}")


def unread_key(account_id: str) -> K:
    """How many messages are unread."""
    return K(f"ACCOUNT#{account_id}", "UNREAD")


def phone_key(phone_hash: str) -> K:
    """Whose phone number this is."""
    return K(f"PHONE#{phone_hash}", "ACCOUNT")


def code_key(phone_hash: str) -> K:
    """The sign-in code sent last."""
    return K(f"PHONE#{phone_hash}", "CODE")


def claim_key(phone_hash: str) -> K:
    """Which invitation was the first that a number came by (`referrals/`)."""
    return K(f"PHONE#{phone_hash}", "CLAIM")


def throttle_key(kind: str, hashed: str) -> K:
    """The moments at which codes were asked for, by phone or by network address."""
    return K(f"{kind}#{hashed}", "THROTTLE")


def phone_hash(keys: Keyring, phone: str) -> str:
    """What a phone number is found by."""
    return keys.hash("phone", phone)


def to_item(account: Account, keys: Keyring) -> Item:
    """An account as kept, personal data sealed."""
    key = profile_key(account.id)
    return {
        "PK": key.pk,
        "SK": key.sk,
        "id": account.id,
        "name": keys.seal(account.name, f"{key.pk}|name"),
        "phone": keys.seal(account.phone, f"{key.pk}|phone"),
        "locale": account.locale,
        "units": [unit.model_dump() for unit in account.units],
        "grants": [grant.model_dump() for grant in account.grants],
        "epoch": account.epoch,
        "version": account.version,
    }


def _fields(item: Item, keys: Keyring) -> dict[str, Any]:
    return {
        "id": item["id"],
        "name": keys.open(item["name"], f"{item['PK']}|name"),
        "phone": keys.open(item["phone"], f"{item['PK']}|phone"),
        "locale": item.get("locale"),
        "units": [made(UnitRef, **unit) for unit in item["units"]],
        "grants": [made(Grant, **grant) for grant in item["grants"]],
        "epoch": item["epoch"],
        "version": item["version"],
    }


def from_item(item: Item, keys: Keyring) -> Account:
    """An account from the table."""
    return made(Account, **_fields(item, keys))


def get(db: Db, keys: Keyring, account_id: str) -> Account | None:
    """One account."""
    item = db.get(profile_key(account_id))
    return from_item(item, keys) if item else None


def find_by_phone(db: Db, keys: Keyring, phone: str) -> Account | None:
    """The account that a phone number belongs to: two round trips."""
    pointer = db.get(phone_key(phone_hash(keys, phone)))
    return get(db, keys, pointer["account_id"]) if pointer else None


def add_account(account: Account, keys: Keyring) -> list[Op]:
    """Writes for a new account; they fail when the phone has one already."""
    pointer = phone_key(phone_hash(keys, account.phone))
    return [
        Put({"PK": pointer.pk, "SK": pointer.sk, "account_id": account.id}, error=VersionConflict()),
        Put(to_item(account, keys), error=VersionConflict()),
    ]


def change_account(before: Account, after: Account, keys: Keyring) -> Op:
    """The write that changes an account, unless somebody changed it since it was read."""
    item = to_item(after.model_copy(update={"version": before.version + 1}), keys)
    return Put(item, condition=Attr("version").eq(before.version), error=VersionConflict())


def person_from(
    profile: Item, session: Item, unread: Item | None, keys: Keyring, now: datetime
) -> Person | None:
    """Who a session belongs to, unless it has ended."""
    if session["expires_at"] <= int(now.timestamp()) or session["epoch"] != profile["epoch"]:
        return None
    count = max(0, unread["unread"]) if unread else 0
    return made(Person, **_fields(profile, keys), session=session["SK"], unread=count)


def add_session(account: Account, token_hash: str, now: datetime, expires_s: int) -> Op:
    """The write of a new session; the table drops it by itself once it has ended."""
    key = session_key(account.id, token_hash)
    item = {
        "PK": key.pk,
        "SK": key.sk,
        "epoch": account.epoch,
        "at": now.isoformat(),
        "expires_at": expires_s,
    }
    return Put(item)


def end_session(db: Db, person: Person) -> None:
    """Kill one session."""
    db.write(Delete(K(profile_key(person.id).pk, person.session)))


def end_all_sessions(db: Db, account_id: str) -> None:
    """Kill every session of an account, in one write: sessions of an older epoch are dead."""
    db.update(Update(profile_key(account_id), adds={"epoch": 1, "version": 1}))


def put_code(phone_hashed: str, code_hash: str, expires_s: int) -> Op:
    """The write of a sign-in code; it replaces the one before."""
    key = code_key(phone_hashed)
    item = {"PK": key.pk, "SK": key.sk, "code": code_hash, "tries": 0, "expires_at": expires_s}
    return Put(item, replace=True)


def put_throttle(key: K, before: Item | None, hits: list[int], expires_s: int, error: PortalError) -> Op:
    """The write of the new moments, unless another request wrote some since they were read."""
    seen = Attr("rev").eq(before["rev"]) if before else Attr("PK").not_exists()
    rev = before["rev"] + 1 if before else 1
    item = {"PK": key.pk, "SK": key.sk, "hits": hits, "rev": rev, "expires_at": expires_s}
    return Put(item, condition=seen, error=error)
