"""Importing rows: each one whole or not at all, and the same file again changes nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chalicelib import i18n
from chalicelib.accounts import store as accounts
from chalicelib.accounts.models import Account, Grant, Person, UnitRef
from chalicelib.accounts.rules import mask_name, mask_phone
from chalicelib.audit import store as audit
from chalicelib.communities import residents
from chalicelib.communities import store as communities
from chalicelib.communities.models import Community, StaffMember, Unit
from chalicelib.db import Item, Op
from chalicelib.desk.models import ImportResult, Problem, RowResult
from chalicelib.errors import N_, NotFound, Unavailable, VersionConflict
from chalicelib.ids import new_id
from chalicelib.importing.rules import Row, read_rows
from chalicelib.portal import Portal

#: One web request must end within the gateway's 29 s; the command takes any number.
MOST_ROWS_BY_WEB = 500
MOST_ROWS = 200_000
Result = Literal["created", "updated", "unchanged", "error"]
_NOT_YOUR_COMMUNITY = N_("This community is not one that you manage.")
_TRIES = 8


@dataclass(frozen=True)
class Importer:
    """Who imports: `communities` None means all, which only the command on the server may."""

    actor_id: str
    communities: frozenset[str] | None

    @classmethod
    def of_manager(cls, person: Person) -> "Importer":
        """A manager, for the communities they manage."""
        return cls(person.id, frozenset(person.communities(frozenset({"manager"}))))

    def may(self, community_id: str) -> bool:
        """Whether rows of this community are theirs to import."""
        return self.communities is None or community_id in self.communities

    def may_rename(self, account: Account) -> bool:
        """Whether a person's name is theirs to change: not when the person belongs elsewhere too."""
        places = {unit.community_id for unit in account.units} | {g.community_id for g in account.grants}
        return self.communities is None or places <= self.communities


def run(
    portal: Portal, importer: Importer, data: bytes, locale: str, now: datetime, *, preview: bool
) -> ImportResult:
    """Import a CSV file, or say what importing it would do. Raises Invalid for a file that can't be read."""
    most = MOST_ROWS if importer.communities is None else MOST_ROWS_BY_WEB
    seen: set[tuple[str, ...]] = set()
    results = []
    for row in read_rows(data, most):
        results.append(_result(portal, importer, row, seen, locale, now, preview=preview))
    counts = {name: sum(r.result == name for r in results) for name in ("created", "updated", "unchanged")}
    errors = sum(r.result == "error" for r in results)
    return ImportResult(preview=preview, rows=results, errors=errors, **counts)


def _result(
    portal: Portal,
    importer: Importer,
    row: Row,
    seen: set[tuple[str, ...]],
    locale: str,
    now: datetime,
    *,
    preview: bool,
) -> RowResult:
    if not row.problems and not importer.may(row.community_id):
        row.problems.append(Problem(field="community_id", message=_NOT_YOUR_COMMUNITY))
    summary = _summary(row, _community_name(portal, importer, row), locale)
    if row.problems:
        say = i18n.translations(locale).gettext
        told = [Problem(field=p.field, message=say(p.message)) for p in row.problems]
        return RowResult(line=row.line, result="error", summary=summary, problems=told)
    same = (row.community_id, row.unit_id, row.phone, row.role or "", row.community)
    result: Result = "unchanged" if preview and same in seen else _apply(portal, importer, row, now, preview)
    seen.add(same)
    return RowResult(line=row.line, result=result, summary=summary)


def _community_name(portal: Portal, importer: Importer, row: Row) -> str:
    """What people call the row's community: as the row says, or as it is known to those who may know it."""
    if row.community or not row.community_id or not importer.may(row.community_id):
        return row.community or row.community_id
    try:
        return communities.get(portal.db, row.community_id).name
    except NotFound:
        return row.community_id


def _summary(row: Row, community: str, locale: str) -> str:
    """A row in short, the person masked: results are shown on screens and kept in browsers."""
    person = f"{mask_name(row.name)} {mask_phone(row.phone)}" if row.phone else ""
    parts = (community, row.label, i18n.role_words(row.role, locale) if row.role else "", person)
    return " · ".join(part for part in parts if part)


def _apply(portal: Portal, importer: Importer, row: Row, now: datetime, preview: bool) -> Result:
    for attempt in range(_TRIES):
        ops, is_new = _writes(portal, importer, row, now)
        if not ops:
            return "unchanged"
        if preview:
            return "created" if is_new else "updated"
        act = audit.Act(row.community_id, importer.actor_id, "import_row", row.unit_id or "-", row.role or "")
        try:
            portal.db.write(*ops, audit.add(act, now))
        except VersionConflict:  # somebody changed this person or community meanwhile: look again
            portal.db.pause(attempt)
            continue
        return "created" if is_new else "updated"
    raise Unavailable


def _writes(portal: Portal, importer: Importer, row: Row, now: datetime) -> tuple[list[Op], bool]:
    """The writes that make a row true, and whether it brings something new."""
    phone = accounts.phone_key(accounts.phone_hash(portal.keys, row.phone))
    keys = [
        communities.community_key(row.community_id),
        communities.unit_key(row.community_id, row.unit_id or "-"),
        phone,
    ]
    community, unit, pointer = portal.db.batch_get(keys)
    ops = _community_writes(row, community) + _unit_writes(row, unit)
    is_new = community is None or (bool(row.unit_id) and unit is None)
    if row.phone:
        account = accounts.get(portal.db, portal.keys, pointer["account_id"]) if pointer else None
        ops += _person_writes(portal, importer, row, account, now)
        is_new = is_new or account is None
    return ops, is_new


def _community_writes(row: Row, item: Item | None) -> list[Op]:
    kept = communities.from_item(item) if item else None
    start = kept or Community(id=row.community_id, name=row.community_id)
    known = set(start.buildings) | ({row.building} if row.building else set())
    buildings = tuple(sorted(known))
    after = start.model_copy(update={"name": row.community or start.name, "buildings": buildings})
    return [] if after == kept else [communities.put_community(after, kept)]


def _unit_writes(row: Row, kept: Item | None) -> list[Op]:
    if not row.unit_id or (kept and not row.unit):
        return []
    unit = Unit(id=row.unit_id, community_id=row.community_id, building=row.building, label=row.label)
    if kept and (kept["building"], kept["label"]) == (unit.building, unit.label):
        return []
    return [communities.put_unit(unit)]


def _person_writes(
    portal: Portal, importer: Importer, row: Row, before: Account | None, now: datetime
) -> list[Op]:
    start = before or Account(id=new_id(now), name=row.name, phone=row.phone)
    after = _with_row(start, row)
    if before and importer.may_rename(before):
        after = after.model_copy(update={"name": row.name})
    if before and after == before:
        return []
    ops = (
        [accounts.change_account(before, after, portal.keys)]
        if before
        else accounts.add_account(after, portal.keys)
    )
    ops += residents.moved(after.id, before.units if before else [], after.units)
    return ops + [
        communities.put_staff(
            place, StaffMember(id=after.id, name=after.name, roles=_roles(after, place)), portal.keys
        )
        for place in sorted({grant.community_id for grant in after.grants})
    ]


def _roles(account: Account, community_id: str) -> list[str]:
    return sorted({grant.role for grant in account.grants if grant.community_id == community_id})


def _with_row(account: Account, row: Row) -> Account:
    if row.role == "owner":
        home = UnitRef(id=row.unit_id, community_id=row.community_id, label=row.label, building=row.building)
        mine = (home.community_id, home.id)  # ids are only one community's own
        others = [unit for unit in account.units if (unit.community_id, unit.id) != mine]
        if home in account.units:
            return account
        return account.model_copy(update={"units": [*others, home]})
    assert row.role is not None, "a person's row has a role"
    grant = Grant(role=row.role, community_id=row.community_id)
    if grant in account.grants:
        return account
    return account.model_copy(update={"grants": [*account.grants, grant]})
