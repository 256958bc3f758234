"""Portals in this process whose issues have something of every kind to come, made once and copied for each trial."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bench.table import Table
from chalicelib.due import rows as due_rows
from chalicelib.inbox import outbox
from chalicelib.issues import store, timers
from chalicelib.issues.models import IssueFile
from chalicelib.portal import Portal
from tests.factories import (
    NOW,
    TABLE_FILE,
    People,
    assign,
    bring_to,
    import_people,
    make_portal,
    report,
    step,
)
from tests.recording import RecordingClient

DEFINITION: Any = json.loads(TABLE_FILE.read_text())
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class World:
    """A portal on a table in this process, its client, and its issues' ids by name."""

    portal: Portal
    client: RecordingClient
    ids: dict[str, str]

    def file(self, name: str) -> IssueFile:
        """An issue as it is now."""
        found = store.load(self.portal.db, self.portal.keys, self.ids[name])
        assert found is not None, name
        return found

    def notices(self) -> list[dict[str, Any]]:
        """What is announced and not delivered."""
        pks = [outbox.outbox_pk(shard) for shard in range(outbox.SHARDS)]
        return [row for pk in pks for row in self.portal.db.query(pk).items]

    def due(self, first: datetime, days: int) -> list[str]:
        """The names of the issues that have a row among what is due on these days, one for each row."""
        names = {issue_id: name for name, issue_id in self.ids.items()}
        found = []
        for day in (first + timedelta(days=n) for n in range(days)):
            for shard in range(due_rows.SHARDS):
                page = self.portal.db.query(f"DUE#{day:%Y-%m-%d}#{shard}")
                found += [names[row["issue_id"]] for row in page.items]
        return sorted(found)

    def outcome(self) -> dict[str, Any]:
        """All that sweeps have brought about, in a form that is equal for equal outcomes, whoever wrote it when."""
        names = {issue_id: name for name, issue_id in self.ids.items()}
        told = [
            (
                names[row["issue_id"]],
                row["event"],
                row.get("level"),
                *(tuple(row[name]) for name in ("owners", "staff", "roles")),
                tuple(sorted(row["counts"].items())),
            )
            for row in self.notices()
        ]
        files = {name: self.file(name) for name in self.ids}
        return {
            "told": Counter(told),
            "issues": {
                name: (
                    file.issue.status,
                    file.issue.version,
                    file.issue.promised_at,
                    file.issue.next_moment,
                    sorted(file.done),
                    [(row.kind, row.to) for row in file.timeline],
                )
                for name, file in files.items()
            },
            "due": self.due(NOW - DAY, 60),
            "risks": len(self.portal.db.query("RISK#maple").items),
        }


def make_world() -> World:
    """An issue for every kind of moment: nobody has one, one waits for its owner, one for a visit, one is fixed, one
    has been open for a month."""
    world = _empty()
    portal = world.portal
    import_people(portal=portal)
    timers.run_due(portal, NOW - 40 * DAY)
    people = People(portal)
    old = report(portal=portal, by=people.owner, category_id="noise", now=NOW - 30 * DAY + 2 * HOUR)
    world.ids["old"] = old.issue.id
    timers.run_due(portal, NOW - HOUR)
    world.ids["new"] = report(portal=portal, by=people.owner).issue.id
    world.ids["fixed"] = bring_to(portal=portal, people=people, status="resolved").issue.id
    visit = (NOW + 30 * HOUR).isoformat()
    pauses: dict[str, Any] = {
        "waits": {"pause_reason": "waiting_owner"},
        "visit": {"pause_reason": "appointment", "visit_at": visit},
    }
    for name, more in pauses.items():
        file = bring_to(portal=portal, people=people, status="acknowledged")
        file = assign(portal=portal, by=people.clerk, file=file, to=people.technician)
        step(portal=portal, by=people.technician, file=file, to="paused", **more)
        world.ids[name] = file.issue.id
    for row in world.notices():
        world.client.plain.forget(row["PK"], row["SK"])
    return world


def copied(world: World) -> World:
    """The same portal on a table of its own."""
    copy = _empty()
    copy.ids.update(world.ids)
    copy.client.plain.load(_items(world))
    return copy


def _empty() -> World:
    client = RecordingClient(Table(DEFINITION))
    return World(make_portal(client=client, table="portal"), client, {})


def _items(world: World) -> Iterator[Any]:
    for (text,) in world.client.plain._db.execute("select item from items"):
        yield json.loads(text)
