"""`make residents`: write who lives where for people who were imported before that was kept. Safe to run again."""

from chalicelib.accounts import store as accounts
from chalicelib.communities import residents
from chalicelib.portal import Portal, portal
from chalicelib.records import Item

_AT_ONCE = 100


def fill(on: Portal) -> int:
    """Write the rows of all people; gives back how many."""
    written, start = 0, None
    while True:
        page = on.db.scan(_AT_ONCE, start)
        people = [accounts.from_item(item, on.keys) for item in page.items if item["SK"] == "PROFILE"]
        rows: list[Item] = [row for one in people for row in residents.rows(one.id, one.units)]
        on.db.put_all(rows)
        written, start = written + len(rows), page.next
        if start is None:
            return written


if __name__ == "__main__":
    print(f"{fill(portal())} homes written")
