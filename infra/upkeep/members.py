"""`make members`: write down whose homes are where, for accounts that were imported before announcements came.

Imports keep it up to date from then on. Running it again changes nothing.
"""

import sys

from chalicelib.accounts import store as accounts
from chalicelib.announcements import store
from chalicelib.db import Db
from chalicelib.portal import Portal, portal
from infra.upkeep.walk import everything


def write_members(on: Portal) -> int:
    """Write the rows of all accounts; gives back how many people have homes."""
    return sum(_write(on.db, on, item) for item in everything(on.db) if item["SK"] == "PROFILE")


def _write(db: Db, on: Portal, item: dict[str, object]) -> int:
    account = accounts.from_item(item, on.keys)
    rows = store.member_rows(account, {unit.community_id for unit in account.units})
    if rows:
        db.write(*rows)
    return bool(rows)


if __name__ == "__main__":
    print(f"{write_members(portal())} people have homes")
    sys.exit(0)
