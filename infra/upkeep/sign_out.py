"""`make sign-out-all`: end all sessions of all people, as after a leak. Everybody signs in again by code."""

import sys

from chalicelib.conditions import Attr
from chalicelib.db import Db, K, Update
from chalicelib.errors import NotFound
from chalicelib.portal import portal
from infra.upkeep.walk import everything


def sign_out_everybody(db: Db) -> int:
    """Raise every account's epoch, which sessions of before do not have; gives back how many. Safe to repeat."""
    people = 0
    for item in everything(db):
        if item["SK"] == "PROFILE":
            key = K(item["PK"], item["SK"])
            still_there = Attr("PK").exists()
            db.write(Update(key, adds={"epoch": 1, "version": 1}, condition=still_there, error=NotFound()))
            people += 1
    return people


def main() -> int:
    """Sign everybody out and say how many accounts that were."""
    print(f"{sign_out_everybody(portal().db)} accounts signed out")
    return 0


if __name__ == "__main__":
    sys.exit(main())
