"""`make backup FILE=…`: all records into one file; `make restore FILE=…`: back into an empty table.

A file has a record a line, in DynamoDB's own JSON (`{"Item": …}`), gzipped: what DynamoDB's exports to S3 hold and its
imports take, so either can be used with the other. Nothing in it is opened: names and numbers stay sealed,
and without the data keys nobody reads them. Descriptions and messages are in the clear, as they are in the table.

Each record is as it was at some moment while the walk lasted. With the portal stopped that is one state of all;
while people work, records of one step may be split, and `make verify` on what was restored says which. For one moment
of a table at work, use DynamoDB's own backups (`make restore-table`).
"""

import gzip
import json
import os
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from chalicelib.db import Db, Item, decode_item
from chalicelib.portal import portal
from chalicelib.records import encode_item
from infra.upkeep.walk import everything, mark_key

_AT_ONCE = 100
#: How far a migration has come says nothing about records that come from another moment.
_MARKS = mark_key("").sk


class NotEmpty(Exception):
    """The table holds records already."""


class Damaged(Exception):
    """The file is cut off or holds something else; what was read before is written."""


def backup(db: Db, path: Path, only: str = "") -> int:
    """Write the records whose partition begins with `only`; gives back how many. The file is there whole or not
    at all, for its owner's eyes only."""
    part = path.with_name(f"{path.name}.part")
    count = 0
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw:
        with gzip.open(raw, "wt", encoding="utf-8") as file:
            for item in everything(db):
                if item["PK"].startswith(only) and not item["SK"].startswith(_MARKS):
                    file.write(json.dumps({"Item": encode_item(item)}, ensure_ascii=False) + "\n")
                    count += 1
        raw.flush()
        os.fsync(raw.fileno())
    part.replace(path)
    return count


def records(path: Path) -> Iterator[Item]:
    """The records of a file, one after another. Raises Damaged."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                yield decode_item(json.loads(line)["Item"])
    except (EOFError, gzip.BadGzipFile, UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise Damaged(f"{path}: {error}") from error


def restore(db: Db, paths: Iterable[Path], only: str = "", *, replace: bool = False) -> int:
    """Write the records of files whose partition begins with `only`; gives back how many.

    Raises NotEmpty when the table holds records, unless `replace` says to write over those of the same keys, and
    Damaged for a broken file; restoring again is safe. Stopped half-way, it is started again with `replace`.
    """
    if not replace and db.scan(1).items:
        raise NotEmpty
    found = (item for path in paths for item in records(path) if item["PK"].startswith(only))
    count = 0
    while some := list(islice(found, _AT_ONCE)):
        db.put_all(some)
        count += len(some)
    return count


def main(what: str, *files: str) -> int:
    """Run what the command line says, with ONLY and REPLACE of the environment."""
    only, replace = os.environ.get("ONLY", ""), os.environ.get("REPLACE") == "yes"
    if not files:
        print("FILE must name the file", file=sys.stderr)
        return 2
    paths = [Path(name) for name in files]
    try:
        if what == "backup":
            print(f"{backup(portal().db, paths[0], only)} records written to {paths[0]}")
        else:
            print(f"{restore(portal().db, paths, only, replace=replace)} records restored")
    except NotEmpty:
        print("The table holds records. REPLACE=yes writes over those of the same keys.", file=sys.stderr)
        return 1
    except (Damaged, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
