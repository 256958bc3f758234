"""A portal with so many issues in it: the community that is looked at, in full swing, and others around it."""

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from botocore.session import Session

from bench.fill import TEXTS, Cast, cast_of, closed_issue
from bench.inside import Caller, serving
from bench.meter import Meter
from bench.table import Table
from chalicelib.accounts import store as accounts
from chalicelib.accounts.models import Person
from chalicelib.accounts.sessions import new_session
from chalicelib.crypto import Keyring
from chalicelib.db import Db
from chalicelib.desk import service as desk
from chalicelib.desk.models import Assign, Transition
from chalicelib.importing import service as importing
from chalicelib.inbox import outbox
from chalicelib.issues import reporting
from chalicelib.issues.models import IssueFile, ReportIssue
from chalicelib.messages.notifier import MemoryNotifier
from chalicelib.places import service as places
from chalicelib.places.models import NewPlace
from chalicelib.portal import Portal
from chalicelib.settings import Settings
from chalicelib.storage import Storage
from local.setup import TABLE_FILE

#: The community that is looked at has half of all issues: more than any will ever have.
HERE = "maple"
#: Open issues of a community of 4,000 homes, whatever its history: 12,000 a year, each open for a good week.
OPEN = 240
STAFF = {"front_line": 8, "technician": 20, "manager": 2}
#: Of the owner who is looked at, of the issues here.
OWN_SHARE = 0.25
_PER_COMMUNITY = 4000
_NEIGHBOURS = 3


@dataclass
class World:
    """A filled portal and how to reach it."""

    portal: Portal
    meter: Meter
    table: Table
    people: dict[str, Person]
    place_id: str
    issues: int

    def caller(self, name: str) -> Caller:
        """Somebody who has just signed in."""
        token, _, write = new_session(self.portal, self.people[name], datetime.now(UTC))
        self.portal.db.write(write)
        return Caller(token)

    def report(self, by: str = "owner", at: datetime | None = None, **changes: object) -> IssueFile:
        """A new issue, told to everybody whom it concerns."""
        person = self.people[by]
        given = {"unit_id": person.units[0].id, "category_id": "plumbing", "description": TEXTS[1], **changes}
        file, _ = reporting.report(
            self.portal, person, ReportIssue.model_validate(given), None, at or datetime.now(UTC)
        )
        return file

    def bring_to(self, status: str, at: datetime | None = None) -> IssueFile:
        """An issue of the owner's on its usual way, in this state since now or `at`."""
        now = at or datetime.now(UTC)
        file = self.report(at=now)
        for to in ("acknowledged", "assigned", "in_progress", "resolved"):
            if file.issue.status == status:
                break
            clerk, technician = self.people["clerk"], self.people["technician"]
            version, issue_id = file.issue.version, file.issue.id
            if to == "assigned":
                body = Assign(assignee_id=technician.id, version=version)
                file, _ = desk.assign(self.portal, clerk, issue_id, body, None, now)
            else:
                step = Transition.model_validate({"to": to, "version": version, "note": "好了"})
                by = clerk if to == "acknowledged" else technician
                file, _ = desk.transition(self.portal, by, issue_id, step, None, now)
        self.deliver()
        return file

    def deliver(self) -> None:
        """Deliver all that is announced, as the stream does."""
        while outbox.sweep(self.portal, datetime.now(UTC), older_than_s=-1):
            pass


def _people_csv(communities: int) -> str:
    rows = ["community_id,community,building,unit,name,phone,role"]
    phones = iter(f"+86138{n:08d}" for n in range(1, 1000))
    for name in _names(communities):
        homes = 1 + _NEIGHBOURS if name == HERE else 1
        rows += [f"{name},社区{name},{n},101,王秀英,{next(phones)},owner" for n in range(1, 1 + homes)]
        staff = STAFF if name == HERE else {"front_line": 1, "technician": 1}
        rows += [
            f"{name},,,,王师傅,{next(phones)},{role}" for role, many in staff.items() for _ in range(many)
        ]
    return "\n".join(rows)


def _names(communities: int) -> list[str]:
    return [HERE, *(f"community-{n}" for n in range(1, communities))]


def _find(portal: Portal, phone: int) -> Person:
    account = accounts.find_by_phone(portal.db, portal.keys, f"+86138{phone:08d}")
    assert account is not None, "imported"
    return Person.model_construct(**dict(account), session="SESSION#bench", unread=0)


@contextmanager
def world(issues: int) -> Iterator[World]:
    """A portal with so many issues, on a table in this process; the app works on it within."""
    definition = json.loads(TABLE_FILE.read_text())
    table = Table(definition)
    meter = Meter(table, definition)
    portal = _portal(meter)
    everything = importing.Importer("bench", None)
    csv = _people_csv(1 + issues // 2 // _PER_COMMUNITY)
    result = importing.run(portal, everything, csv.encode(), "zh-CN", datetime.now(UTC), preview=False)
    assert result.errors == 0, "the people are well-formed"
    places.add(portal, "bench", HERE, [NewPlace(name="1 号楼电梯", building="1")], datetime.now(UTC))
    place = places.in_use(portal, HERE)[0]
    filled = World(portal, meter, table, _cast(portal), place.id, issues)
    try:
        with serving(portal):
            _fill(filled)
            yield filled
    finally:
        table.close()


@contextmanager
def empty_world() -> Iterator[tuple[Portal, dict[str, list[Person]], Table]]:
    """A portal of one community without issues, its people by role, and its table, where nothing is metered."""
    table = Table(json.loads(TABLE_FILE.read_text()))
    portal = _portal(table)
    roles = {"front_line": 2, "senior": 1, "technician": 12, "manager": 1}
    rows, phones = ["community_id,community,building,unit,name,phone,role"], itertools.count(1)
    found: dict[str, list[int]] = {"owner": []}
    for n in range(1, 61):
        found["owner"].append(phone := next(phones))
        rows.append(f"{HERE},社区,{n},101,王秀英,+86138{phone:08d},owner")
    for role, many in roles.items():
        found[role] = list(itertools.islice(phones, many))
        rows += [f"{HERE},,,,王师傅,+86138{phone:08d},{role}" for phone in found[role]]
    everything = importing.Importer("bench", None)
    importing.run(portal, everything, "\n".join(rows).encode(), "zh-CN", datetime.now(UTC), preview=False)
    people = {role: [_find(portal, phone) for phone in numbers] for role, numbers in found.items()}
    try:
        yield portal, people, table
    finally:
        table.close()


def _portal(client: Meter | Table) -> Portal:
    wide = dict.fromkeys(
        ("reports_per_day", "photos_per_day", "messages_per_day", "follows_per_day"), 100_000
    )
    settings = Settings.model_validate({"portal_stage": "local", **wide})
    session = Session()
    session.set_credentials("AKIDEXAMPLE", "secret")  # signs upload forms; nothing is sent
    storage = Storage(
        "portal-media", region="us-east-1", endpoint_url="http://store.example", session=session
    )
    return Portal(Db(client, "portal"), storage, Keyring.generate(), MemoryNotifier(), settings)  # type: ignore[arg-type]


def _cast(portal: Portal) -> dict[str, Person]:
    first = 1 + 1 + _NEIGHBOURS
    names = {"owner": 1, "neighbour": 2, "reporter": 3, "other_owner": 4, "clerk": first}
    technician = first + STAFF["front_line"]
    names |= {"technician": technician, "manager": technician + STAFF["technician"]}
    return {name: _find(portal, phone) for name, phone in names.items()}


def _fill(world: World) -> None:
    """History in the stored form; what is open is reported and worked on in the usual way."""
    now = datetime.now(UTC)
    own = cast_of(HERE, *(world.people[name] for name in ("owner", "clerk", "technician")))
    others = cast_of(HERE, *(world.people[name] for name in ("other_owner", "clerk", "technician")))
    world.table.load(_history(world, own, others, now))
    for n in range(OPEN):
        by = ("reporter", "neighbour", "other_owner")[n % 3]
        category = ("wall_seepage", "noise", "parking", "other", "plumbing")[n % 5]
        file = world.report(by, category_id=category, description=TEXTS[n % len(TEXTS)])
        if n % 4:
            _work_on(world, file, n)
    for _ in range(5):
        world.report("reporter", category_id="lift", area="public", place_id=world.place_id)
    for _ in range(12):
        world.bring_to("resolved")
    world.deliver()


def _work_on(world: World, file: IssueFile, n: int) -> None:
    clerk, technician = world.people["clerk"], world.people["technician"]
    now = datetime.now(UTC)
    step = Transition.model_validate({"to": "acknowledged", "version": 1})
    desk.transition(world.portal, clerk, file.issue.id, step, None, now)
    if n % 12 == 1:  # a technician has a dozen or two, the rest waits to be given to somebody
        body = Assign(assignee_id=technician.id, version=2)
        desk.assign(world.portal, clerk, file.issue.id, body, None, now)


def _history(world: World, own: Cast, others: Cast, now: datetime) -> Iterator[dict[str, object]]:
    many = world.issues - OPEN - 17
    here = max(0, world.issues // 2 - OPEN - 17)
    names = _names(1 + world.issues // 2 // _PER_COMMUNITY)[1:] or [HERE]
    elsewhere = [Cast(name, others.owner, others.clerk, others.technician) for name in names]
    for n in range(many):
        at = now - timedelta(days=60) - timedelta(minutes=17) * (many - n)
        mine = own if n % round(1 / OWN_SHARE) == 0 else others
        cast = mine if n < here else elsewhere[n % len(elsewhere)]
        yield from closed_issue(world.portal.keys, cast, n, at)
