"""Puts the demo data into a new portal; run as a process of its own by `local.run`."""

from datetime import UTC, datetime

from local.demo import main
from local.events import handlers
from local.guard import die_with_parent

if __name__ == "__main__":
    die_with_parent()
    handlers()
    main(datetime.now(UTC))
