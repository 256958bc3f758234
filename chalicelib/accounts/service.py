"""What people do with their accounts: ask for a code, sign in, sign out."""

import hmac
import secrets
from datetime import datetime

from chalicelib import i18n
from chalicelib.accounts import rules, store
from chalicelib.accounts.models import Account, AccountView, Person, Session
from chalicelib.accounts.sessions import new_session
from chalicelib.company import company
from chalicelib.conditions import Attr
from chalicelib.db import Delete, Item, Op, Update
from chalicelib.errors import N_, Conflict, TooMany, Unavailable, WrongCode
from chalicelib.messages.notifier import Message
from chalicelib.portal import Portal
from chalicelib.times import rfc3339

_HOUR_S = 3600
#: Many people behind one address are counted in one row, one after another.
_TRIES = 12
_CODE_TEXT = N_(
    "%(code)s is your sign-in code, valid for %(minutes)s minutes. Tell it to nobody. (%(company)s)"
)
_UNKNOWN_TEXT = N_(
    "This number is not linked to a home yet, so it can't sign in. Please call %(phone)s. (%(company)s)"
)


def send_code(portal: Portal, phone_text: str, address: str, locale: str, now: datetime) -> int:
    """Send a sign-in code; gives back the seconds until another may be asked for.

    A known and an unknown phone take the same steps and get the same answer; an unknown one is sent a text
    that says whom to call. Raises Invalid for no phone number, TooMany within the caps, Unavailable when
    the text can't be sent.
    """
    phone = rules.parse_phone(phone_text)
    hashed = store.phone_hash(portal.keys, phone)
    code = f"{secrets.randbelow(10**6):06d}"
    known = _claim_turn(
        portal, hashed, portal.keys.hash("address", address), _hash(portal, hashed, code), now
    )
    portal.notifier.send(_code_message(portal, phone, code if known else None, locale, now))
    return portal.settings.code_resend_seconds


def _claim_turn(portal: Portal, phone_hash: str, address_hash: str, code_hash: str, now: datetime) -> bool:
    """Keep the code's hash and count the request against both caps, in one write. True for a known phone."""
    now_s = int(now.timestamp())
    config = portal.settings
    caps = [
        (store.throttle_key("PHONE", phone_hash),
         [(config.code_resend_seconds, 1), (_HOUR_S, config.codes_per_phone)]),
        (store.throttle_key("ADDRESS", address_hash), [(_HOUR_S, config.codes_per_address)]),
    ]  # fmt: skip
    for attempt in range(_TRIES):
        keys = [store.phone_key(phone_hash), *(key for key, _ in caps)]
        pointer, *rows = portal.db.batch_get(keys)
        ops: list[Op] = [store.put_code(phone_hash, code_hash, now_s + config.code_minutes * 60)]
        for (key, limits), row in zip(caps, rows, strict=True):
            hits = row["hits"] if row else []
            if wait := rules.wait_for(hits, now_s, limits):
                raise TooMany(retry_after_s=wait)
            kept = rules.remember_hit(hits, now_s, _HOUR_S)
            ops.append(store.put_throttle(key, row, kept, now_s + _HOUR_S, Conflict()))
        try:
            portal.db.write(*ops)
        except Conflict:
            portal.db.pause(attempt)  # another request was counted meanwhile: judge again with it
            continue
        return pointer is not None
    raise Unavailable


def _hash(portal: Portal, phone_hash: str, code: str) -> str:
    return portal.keys.hash("code", f"{phone_hash}.{code}")


def _code_message(portal: Portal, phone: str, code: str | None, locale: str, now: datetime) -> Message:
    ours = company()
    say = i18n.translations(locale).gettext
    words = {"company": ours.name.in_(locale), "phone": ours.phone, "code": code}
    words["minutes"] = str(portal.settings.code_minutes)
    template = "sign_in_code" if code else "sign_in_unknown"
    text = say(_CODE_TEXT if code else _UNKNOWN_TEXT) % words
    return Message(to=phone, channel="sms", template=template, text=text, at=now, code=code)


def sign_in(portal: Portal, phone_text: str, code: str, now: datetime) -> Session:
    """Trade a phone and its code for a session. Raises WrongCode after which the code may still be tried,
    up to the cap; the code works once."""
    phone = rules.parse_phone(phone_text)
    hashed = store.phone_hash(portal.keys, phone)
    sent = _count_try(portal, hashed, now)
    if not hmac.compare_digest(sent, _hash(portal, hashed, code.strip())):
        raise WrongCode
    pointer, claim = portal.db.batch_get([store.phone_key(hashed), store.claim_key(hashed)])
    account = store.get(portal.db, portal.keys, pointer["account_id"]) if pointer else None
    if account is None:
        raise WrongCode
    token, expires, session = new_session(portal, account, now)
    used = Delete(store.code_key(hashed), condition=Attr("code").eq(sent), error=WrongCode())
    _enter(portal, account, claim, [used, session], now)
    view = AccountView(id=account.id, name=account.name, roles=sorted(account.roles))
    return Session(token=token, expires_at=rfc3339(expires), account=view)


def _enter(portal: Portal, account: Account, claim: Item | None, ops: list[Op], now: datetime) -> None:
    """The write of a new session. Whoever was invited by a neighbour brings that on by it."""
    if claim is None:
        portal.db.write(*ops)
        return
    from chalicelib.referrals import coming  # for the few who were

    came = coming.signing_in(account, claim, now)
    portal.db.write(*ops, *came)
    if came:
        coming.signed_in(portal, account, claim, now)


def _count_try(portal: Portal, phone_hash: str, now: datetime) -> str:
    """Count one try and give back the kept hash; the cap is in the condition, so racing tries all count."""
    open_code = Attr("tries").lt(portal.settings.code_tries) & Attr("expires_at").gt(int(now.timestamp()))
    counted = Update(store.code_key(phone_hash), adds={"tries": 1}, condition=open_code, error=WrongCode())
    return str(portal.db.update(counted)["code"])


def sign_out(portal: Portal, person: Person) -> None:
    """End this session at once."""
    store.end_session(portal.db, person)


def sign_out_everywhere(portal: Portal, person: Person) -> None:
    """End all of this person's sessions at once."""
    store.end_all_sessions(portal.db, person.id)


def choose_locale(portal: Portal, person: Person, locale: str) -> None:
    """Remember the language that a person chose."""
    portal.db.update(Update(store.profile_key(person.id), sets={"locale": locale}, adds={"version": 1}))


def account_of(portal: Portal, account_id: str) -> Account | None:
    """One account, for those who may look."""
    return store.get(portal.db, portal.keys, account_id)
