"""After the key of the hashes has leaked: everything that is found by a hash, kept anew under another key.

For a portal that nobody writes to: between the first record and the new keyring's deployment nobody would be found.
Stopped half-way it is begun again, with yet another key; what the first try left behind goes then.
"""

from collections.abc import Iterator

from chalicelib.accounts import store as accounts
from chalicelib.crypto import Keyring
from chalicelib.db import Db, Delete, Item, K
from chalicelib.issues import rules, spot_store
from chalicelib.issues.items import from_item
from chalicelib.rewards import store as rewards
from chalicelib.upgrades import ISSUE
from infra.upkeep.walk import everything


def rehash(db: Db, keys: Keyring) -> int:
    """Make look-ups of phone numbers, vouchers, and places in words, with these keys, and remove all others; gives back
    how many were made. Codes, counts of codes, forms half filled in and sessions go: they live for minutes to weeks."""
    made: set[K] = set()
    for item in everything(db):
        for row in _look_ups(item, keys):
            db.put_all([row])
            made.add(K(row["PK"], row["SK"]))
    for item in everything(db):
        key = K(item["PK"], item["SK"])
        if _is_by_hash(key) and key not in made:
            db.write(Delete(key))
    return len(made)


def _look_ups(item: Item, keys: Keyring) -> Iterator[Item]:
    if item["PK"].startswith("ACCOUNT#") and item["SK"] == "PROFILE":
        account = accounts.from_item(item, keys)
        key = accounts.phone_key(accounts.phone_hash(keys, account.phone))
        yield {"PK": key.pk, "SK": key.sk, "account_id": account.id}
    elif item["PK"].startswith("POINTS#") and item["SK"].startswith("VOUCHER#"):
        voucher = rewards.voucher_from(item, keys)
        key = rewards.code_key(keys, voucher.code)
        yield {"PK": key.pk, "SK": key.sk, "account_id": voucher.account_id, "voucher_id": voucher.id}
    elif ISSUE.holds(item):
        issue = from_item(item, keys)
        pk = spot_store.spot(keys, issue.community_id, issue.category_id, issue.place_id, issue.location)
        if pk and rules.is_shared(issue):
            yield {"PK": pk, "SK": issue.id, "issue_id": issue.id}


def _is_by_hash(key: K) -> bool:
    head, _, rest = key.pk.partition("#")
    tail = key.sk.partition("#")[0]
    return (
        head in ("PHONE", "ADDRESS", "VOUCHER")
        or (head == "SPOT" and "#=" in rest)
        or (head == "ACCOUNT" and tail in ("SESSION", "FORM"))
    )
