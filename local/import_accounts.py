"""`make import FILE=…`: import communities, homes, owners and staff from a CSV file.

Works on the running local portal's data; with ENGINE=aws on the table that the environment names.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from chalicelib.errors import PortalError
from chalicelib.importing import service
from chalicelib.portal import portal


def main(path: str, preview: bool) -> int:
    """Import a file, print each row's result; 1 when a row or the file had a problem."""
    importer = service.Importer("command", None)
    data = Path(path).read_bytes()
    try:
        result = service.run(portal(), importer, data, "en", datetime.now(UTC), preview=preview)
    except PortalError as error:
        print(f"{path}: {error.errors[0].message if error.errors else error.detail}")
        return 1
    for row in result.rows:
        if row.result != "unchanged":
            told = "; ".join(f"{p.field}: {p.message}" for p in row.problems)
            print(f"line {row.line}: {row.result} {row.summary} {told}".rstrip())
    print(
        f"{result.created} created, {result.updated} updated, {result.unchanged} unchanged, {result.errors} errors"
    )
    return 1 if result.errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], "--preview" in sys.argv[2:]))
