"""An owner's code: made when it is first looked for, and renewed."""

import re
import secrets
from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.conditions import Attr
from chalicelib.db import Delete, Item, Op, Put, Update
from chalicelib.errors import N_, Forbidden, Unavailable, VersionConflict
from chalicelib.once import Once, settled
from chalicelib.portal import Portal
from chalicelib.referrals import store
from chalicelib.referrals.models import Inviter
from chalicelib.referrals.policy import CODE_LENGTH, CODE_LETTERS
from chalicelib.times import rfc3339

_FORM = re.compile(rf"^[{CODE_LETTERS}]{{{CODE_LENGTH}}}$")
_OWNERS_ONLY = N_("Only owners invite others. Call the office, and your home is linked in a minute.")
_TRIES = 5


def is_code(text: str) -> bool:
    """Whether this can be a code at all; anything else needs no look at the table."""
    return bool(_FORM.match(text))


def check_owner(person: Person) -> None:
    """Raises Forbidden for those who own no home."""
    if not person.units:
        raise Forbidden(_OWNERS_ONLY)


def own(portal: Portal, person: Person, now: datetime) -> Inviter:
    """An owner's code and numbers; the first look makes the code. Raises Forbidden for those who own no home."""
    check_owner(person)
    item = portal.db.get(store.inviter_key(person.id))
    return found(portal, person, item, now)


def found(portal: Portal, person: Person, item: Item | None, now: datetime) -> Inviter:
    """The same with a row that was read before, or None where there was none."""
    for _ in range(_TRIES):
        if item:
            return store.inviter_from(person.id, item)
        key = store.inviter_key(person.id)
        code = _drawn()
        mine: Item = {"PK": key.pk, "SK": key.sk, "code": code, "rev": 1}
        try:
            portal.db.write(_invite(person.id, code, now), Put(mine, error=store.Moved()))
        except store.Moved:  # looked for twice at once, or the code is taken
            item = portal.db.get(key)
        else:
            item = mine
    raise Unavailable


def _drawn() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def _invite(account_id: str, code: str, now: datetime) -> Op:
    key = store.invite_key(code)
    item = {"PK": key.pk, "SK": key.sk, "account_id": account_id, "at": rfc3339(now), "hits": [], "rev": 1}
    return Put(item, error=store.Moved())


def renew(portal: Portal, person: Person, old: str, once: Once | None, now: datetime) -> Inviter:
    """Replace a code: the old link is dead at once, what was left with it stays. Raises Forbidden, or VersionConflict
    when `old` is not the present one (any more)."""
    check_owner(person)

    def work() -> Inviter:
        before = own(portal, person, now)
        if before.code != old:
            raise VersionConflict
        code = _drawn()
        same = Attr("code").eq(old)
        ops: list[Op] = [once.put(before.model_copy(update={"code": code}).model_dump(), now)] if once else []
        ops += [
            Update(
                store.inviter_key(person.id), sets={"code": code}, condition=same, error=VersionConflict()
            ),
            Delete(store.invite_key(old)),
            _invite(person.id, code, now),
        ]
        portal.db.write(*ops)
        return before.model_copy(update={"code": code})

    return settled(portal.db, once, work, lambda kept: (Inviter.model_validate(kept), now), now)[0]
