"""Running outages in the table, with their community. Keys: `docs/keys.md`."""

from chalicelib.conditions import Attr, Key
from chalicelib.db import Db, Delete, Item, K, Op, Put
from chalicelib.dispatch.outage_models import Outage
from chalicelib.errors import VersionConflict
from chalicelib.kept import made
from chalicelib.times import moment, rfc3339

_PLAIN = ("number", "category_id", "homes", "text", "version")


def outage_key(community_id: str, issue_id: str) -> K:
    """A running outage, by its master issue."""
    return K(f"COMMUNITY#{community_id}", f"OUTAGE#{issue_id}")


def put(outage: Outage, before: Outage | None = None) -> Op:
    """The write of an outage: a new one, or a changed one unless somebody changed it meanwhile."""
    key = outage_key(outage.community_id, outage.issue_id)
    item: Item = {
        "PK": key.pk,
        "SK": key.sk,
        **{name: getattr(outage, name) for name in _PLAIN},
        "since": rfc3339(outage.since),
        "until": rfc3339(outage.until) if outage.until else None,
    }
    seen = Attr("version").eq(before.version) if before else Attr("PK").not_exists()
    return Put(item, condition=seen, error=VersionConflict())


def drop(outage: Outage) -> Op:
    """The end of an outage, unless it was changed or ended meanwhile."""
    seen = Attr("version").eq(outage.version)
    return Delete(outage_key(outage.community_id, outage.issue_id), condition=seen, error=VersionConflict())


def _outage(item: Item) -> Outage:
    return made(
        Outage,
        issue_id=item["SK"].removeprefix("OUTAGE#"),
        community_id=item["PK"].removeprefix("COMMUNITY#"),
        **{name: item[name] for name in _PLAIN},
        since=moment(item["since"]),
        until=moment(item["until"]) if item.get("until") else None,
    )


def get(db: Db, community_id: str, issue_id: str) -> Outage | None:
    """One outage, if it runs."""
    item = db.get(outage_key(community_id, issue_id))
    return _outage(item) if item else None


def running(db: Db, community_id: str) -> list[Outage]:
    """A community's running outages, the newest first: a few, one query."""
    key = Key("PK").eq(f"COMMUNITY#{community_id}") & Key("SK").begins_with("OUTAGE#")
    return [_outage(item) for item in db.query(key, limit=50, newest_first=True).items]
