"""Made-up portals, people and issues for tests; everything by keyword."""

import itertools
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chalicelib.accounts import store as accounts
from chalicelib.accounts.models import Account, Grant, Person, UnitRef
from chalicelib.accounts.sessions import new_session
from chalicelib.crypto import Keyring
from chalicelib.db import Db
from chalicelib.desk import service as desk
from chalicelib.desk.models import Assign, Transition
from chalicelib.importing import service as importing
from chalicelib.issues import reporting
from chalicelib.issues import service as issues
from chalicelib.issues.models import Actor, Issue, IssueFile, OwnerStep, ReportIssue
from chalicelib.messages.notifier import MemoryNotifier
from chalicelib.once import Once
from chalicelib.places import service as places
from chalicelib.places.models import NewPlace, Place
from chalicelib.portal import Portal
from chalicelib.settings import Settings
from chalicelib.storage import Storage
from tests.factories_photos import make_storage

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TABLE_FILE = Path(__file__).parent.parent / "infra" / "table.json"
PHONES = {
    "owner": "+8613800000001",
    "neighbour": "+8613800000002",
    "cedar_owner": "+8613800000003",
    "clerk": "+8613900000001",
    "technician": "+8613900000002",
    "designer": "+8613900000003",
    "manager": "+8613900000004",
    "auditor": "+8613900000005",
    "other_technician": "+8613900000006",
    "cedar_clerk": "+8613900000011",
    "cedar_manager": "+8613900000014",
}
PEOPLE = f"""community_id,community,building,unit,unit_id,name,phone,role
maple,枫林苑,1,101,maple-1-101,王秀英,{PHONES["owner"]},owner
maple,枫林苑,1,102,maple-1-102,张建国,{PHONES["neighbour"]},owner
cedar,雪松里,2,201,cedar-2-201,Emma Clarke,{PHONES["cedar_owner"]},owner
maple,枫林苑,,,,李静,{PHONES["clerk"]},front_line
maple,枫林苑,,,,王师傅,{PHONES["technician"]},technician
maple,枫林苑,,,,孙师傅,{PHONES["other_technician"]},technician
maple,枫林苑,,,,陈设计,{PHONES["designer"]},designer
cedar,雪松里,,,,陈设计,{PHONES["designer"]},designer
maple,枫林苑,,,,赵经理,{PHONES["manager"]},manager
maple,枫林苑,,,,周审计,{PHONES["auditor"]},auditor
cedar,雪松里,,,,刘芳,{PHONES["cedar_clerk"]},front_line
cedar,雪松里,,,,马经理,{PHONES["cedar_manager"]},manager
"""
_KEYRING = Keyring({"k1": b"1" * 32}, b"h" * 32)
_numbers = itertools.count(1)


def make_settings(**changes: Any) -> Settings:
    """Settings of a local portal, its daily caps wide."""
    names = ("reports_per_day", "photos_per_day", "messages_per_day", "follows_per_day", "bookings_per_day")
    wide = dict.fromkeys((*names, "claims_per_address", "claims_per_code"), 1000)
    return Settings(**{"portal_stage": "local", **wide, **changes})


def make_table(*, client: Any, name: str, stream: bool = True) -> None:
    """A table as the portal needs it."""
    wanted: dict[str, Any] = json.loads(TABLE_FILE.read_text()) | {"TableName": name}
    wanted.pop("TimeToLiveSpecification")
    if not stream:
        wanted.pop("StreamSpecification")
    client.create_table(**wanted)


def make_portal(
    *, client: Any, table: str, storage: Storage | None = None, settings: Settings | None = None
) -> Portal:
    """A portal whose messages stay in memory."""
    return Portal(
        db=Db(client, table, sleep=lambda _: None),
        storage=storage or make_storage(),
        keys=_KEYRING,
        notifier=MemoryNotifier(),
        settings=settings or make_settings(),
    )


def import_people(*, portal: Portal, text: str = PEOPLE, now: datetime = NOW) -> None:
    """Import CSV rows as the command does."""
    everything = importing.Importer("test", None)
    result = importing.run(portal, everything, text.encode(), "en", now, preview=False)
    assert not result.errors, result.rows


_imported: list[dict[str, Any]] = []


def make_people(*, portal: Portal, client: Any) -> "People":
    """The usual people: imported once in a run, and copied from then on, with a client that records nothing."""
    if not _imported:
        import_people(portal=portal)
        _imported.extend(client.scan(TableName=portal.db.table)["Items"])
    puts = [{"PutRequest": {"Item": item}} for item in _imported]
    for start in range(0, len(puts), 25):
        client.batch_write_item(RequestItems={portal.db.table: puts[start : start + 25]})
    return People(portal)


class People:
    """The usual people by name: `people.owner`, `people.clerk`, … as they are in the table now."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    def __getattr__(self, name: str) -> Person:
        account = accounts.find_by_phone(self.portal.db, self.portal.keys, PHONES[name])
        assert account is not None, "imported"
        return Person.model_construct(**dict(account), session="SESSION#test")

    def token(self, name: str, now: datetime | None = None) -> str:
        """A new session's token."""
        account = getattr(self, name)
        token, _, write = new_session(self.portal, account, now or datetime.now(UTC))
        self.portal.db.write(write)
        return token


def make_person(
    *, roles: tuple[str, ...] = (), community_id: str = "maple", units: tuple[str, ...] = (), id: str = "a1"
) -> Person:
    """Somebody who is in no table."""
    homes = [UnitRef(id=unit, community_id=community_id, label=unit) for unit in units]
    grants = [Grant.model_validate({"role": role, "community_id": community_id}) for role in roles]
    account = Account(id=id, name="王秀英", phone="+8613800000001", units=homes, grants=grants)
    return Person(**dict(account), session="SESSION#test")


def make_issue(**changes: Any) -> Issue:
    """An issue that is in no table."""
    fields: dict[str, Any] = {
        "id": "01K00000000000000000000000",
        "number": "261120-00001",
        "community_id": "maple",
        "unit_id": "maple-1-101",
        "unit_label": "1-101",
        "category_id": "plumbing",
        "description": "漏水",
        "created_at": NOW,
        "promised_at": NOW,
        "reporter": Actor(id="reporter", name="王秀英", role="owner"),
        "handoff": "h1",
    }
    return Issue(**{**fields, **changes})


def make_report(**changes: Any) -> ReportIssue:
    """What an owner sends."""
    fields = {"unit_id": "maple-1-101", "category_id": "plumbing", "description": "厨房水槽下面漏水"}
    return ReportIssue.model_validate({**fields, **changes})


def make_key(*, of: Person, key: str | None = None, what: str = "test") -> Once:
    """An idempotency key's use."""
    return Once(of.id, key or f"test-key-{next(_numbers)}", what)


def make_place(*, portal: Portal, name: str = "1 号楼电梯", community_id: str = "maple") -> Place:
    """A public place of a community's list."""
    places.add(portal, "test", community_id, [NewPlace(name=name, building="1")], NOW)
    return next(place for place in places.in_use(portal, community_id) if place.name == name)


def report(
    *, portal: Portal, by: Person, now: datetime = NOW, once: Once | None = None, **changes: Any
) -> IssueFile:
    """A reported issue."""
    return reporting.report(portal, by, make_report(**changes), once, now)[0]


def step(
    *,
    portal: Portal,
    by: Person,
    file: IssueFile,
    to: str,
    now: datetime = NOW,
    once: Once | None = None,
    **more: Any,
) -> IssueFile:
    """A step that staff take."""
    body = Transition.model_validate({"to": to, "version": file.issue.version, **more})
    return desk.transition(portal, by, file.issue.id, body, once, now)[0]


def assign(
    *, portal: Portal, by: Person, file: IssueFile, to: Person, now: datetime = NOW, once: Once | None = None
) -> IssueFile:
    """An issue given to somebody."""
    body = Assign(assignee_id=to.id, version=file.issue.version)
    return desk.assign(portal, by, file.issue.id, body, once, now)[0]


def owner_step(
    *,
    portal: Portal,
    by: Person,
    file: IssueFile,
    action: str,
    now: datetime = NOW,
    once: Once | None = None,
    **more: Any,
) -> IssueFile:
    """Cancel, confirm or reopen."""
    body = OwnerStep.model_validate({"version": file.issue.version, **more})
    return issues.step(portal, by, file.issue.id, action, body, once, now)[0]


def bring_to(
    *, portal: Portal, people: People, status: str, now: datetime = NOW, **changes: Any
) -> IssueFile:
    """An issue of the owner's, brought to a state by the usual way, all at one moment."""
    file = report(portal=portal, by=people.owner, now=now, **changes)
    way = ["acknowledged", "assigned", "in_progress", "resolved", "closed"]
    for to in way[: way.index(status) + 1] if status in way else []:
        if to == "assigned":
            file = assign(portal=portal, by=people.clerk, file=file, to=people.technician, now=now)
        elif to == "closed":
            file = owner_step(portal=portal, by=people.owner, file=file, action="confirm", now=now)
        else:
            by = people.clerk if to == "acknowledged" else people.technician
            file = step(portal=portal, by=by, file=file, to=to, now=now)
    return file
