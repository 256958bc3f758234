"""`make migrate ENTITY=…`: give all records of a kind today's shape, or (`seals`) today's key.

Reading works without it: it is for being able to take old code, or an old key, away.
"""

import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from chalicelib.conditions import Attr, Condition
from chalicelib.crypto import Keyring
from chalicelib.db import Item, K, Update
from chalicelib.errors import ChangedMeanwhile
from chalicelib.portal import Portal, portal
from chalicelib.sealed import resealed
from chalicelib.upgrades import ENTITIES, Entity
from infra.upkeep.walk import AT_ONCE, Change, Pace, Progress, run

SEALS = "seals"
#: Records a second: half of it is the read capacity that it takes, so a small table feels nothing.
RATE = 500


def upgraded(entity: Entity, item: Item) -> Update | None:
    """The write that brings a record into today's shape, unless somebody changed it since; None if it has it."""
    if not entity.holds(item):
        return None
    now = entity.current(item)
    removes = [name for name in entity.dropped if name in item]
    if now is item and not removes:
        return None
    sets = {name: now[name] for name in entity.made if name in now and now[name] != item.get(name)}
    return _write(item, sets, removes, entity.seen(item))


def sealed_anew(keys: Keyring, item: Item) -> Update | None:
    """The write that seals a record's texts with today's key, unless somebody changed them since; None if they
    are. Raises Unsealable for a text that does not open."""
    sets = resealed(item, keys)
    if not sets:
        return None
    same: Condition = Attr("PK").exists()
    for name in sets:
        same &= Attr(name).eq(item[name])
    return _write(item, sets, [], same)


def _write(item: Item, sets: Item, removes: list[str], same: Condition) -> Update:
    key = K(item["PK"], item["SK"])
    return Update(key, sets=sets, removes=removes, condition=same, error=ChangedMeanwhile())


def change_for(name: str, keys: Keyring) -> Change:
    """What a migration of this name does to a record; raises KeyError for a name that there is none of."""
    if name == SEALS:
        return lambda item: sealed_anew(keys, item)
    entity = ENTITIES[name]
    return lambda item: upgraded(entity, item)


def migrate(
    on: Portal, name: str, now: Callable[[], datetime], pace: Pace, at_once: int = AT_ONCE
) -> Iterator[Progress]:
    """Run a migration; says after each page how far it is. Raises KeyError for a name that there is none of."""
    # The mark names key or shape: one that was stopped half-way under another one begins anew.
    aim = on.keys.current if name == SEALS else f"v{ENTITIES[name].version}"
    return run(on.db, f"{name}-{aim}", change_for(name, on.keys), now, pace, at_once)


def main(name: str) -> int:
    """Run it and print how far it is; 1 when records were left."""
    names = [*ENTITIES, SEALS]
    if name not in names:
        print(f"ENTITY must be one of: {', '.join(names)}", file=sys.stderr)
        return 2
    progress = Progress()
    for progress in migrate(
        portal(), name, lambda: datetime.now(UTC), Pace(int(os.environ.get("RATE") or RATE))
    ):
        print(f"\r{progress.seen} records seen, {progress.changed} changed", end="", flush=True)
    print()
    for line in progress.names:
        print(f"left: {line}")
    what = "key" if name == SEALS else "shape"
    print(f"{progress.left} left: run it again" if progress.left else f"all have today's {what}")
    return 1 if progress.left else 0


if __name__ == "__main__":
    sys.exit(main((sys.argv[1:] or [""])[0]))
