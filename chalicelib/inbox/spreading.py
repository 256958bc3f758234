"""A notice for all who live somewhere: told page by page, each page in a small write of its own.

The outbox row says for whom and how far it got. Delivering it takes it away and puts in its stead a usual row for the
next few people, and one for those behind them: in one transaction, so that killing or repeating it changes nothing.
Everybody's message has the id of the first row: who has two homes, or follows the issue besides, gets it once.
"""

from chalicelib.communities import residents
from chalicelib.db import Item, Op, Put
from chalicelib.ids import new_id
from chalicelib.portal import Portal
from chalicelib.times import moment

#: People in one row: each is one small transaction when that is delivered.
AT_ONCE = 40
#: Homes that one step looks into.
_HOMES = 20


def steps(portal: Portal, row: Item) -> list[Op]:
    """The rows that come in the place of one that is to be spread."""
    homes, after = list(row["fan"]["homes"]), row["fan"].get("after")
    people: list[str] = []
    for _ in range(_HOMES):
        if not homes or len(people) >= AT_ONCE:
            break
        page = residents.of(portal.db, row["community_id"], homes[0], AT_ONCE - len(people), after)
        people += [item["account_id"] for item in page.items]
        after = page.next["SK"] if page.next else None
        homes = homes if after else homes[1:]
    told = _row(row, owners=list(dict.fromkeys(people)), fan=None) if people else None
    rest = _row(row, fan={"homes": homes, "after": after}) if homes else None
    return [Put(one) for one in (told, rest) if one]


def _row(row: Item, **changes: object) -> Item:
    """A row like another one, in the same partition; it counts nothing that the first has counted."""
    return {
        **row,
        "SK": new_id(moment(row["at"])),
        "mid": row.get("mid") or row["SK"],
        "counts": {},
        **changes,
    }
