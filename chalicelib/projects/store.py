"""Decoration projects in the table: a partition for each home. Keys: `docs/keys.md`."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.conditions import Attr, Key
from chalicelib.consultations import due_store
from chalicelib.crypto import Keyring
from chalicelib.db import Check, Db, Item, K, Op, Put
from chalicelib.errors import N_, Conflict, NotFound, VersionConflict
from chalicelib.kept import made
from chalicelib.projects import rules
from chalicelib.projects.models import Comment, Project, ProjectFile, Report, Stage
from chalicelib.times import moment, rfc3339


class ProjectThere(Conflict):
    """409: this home has a project already."""

    code = "project_exists"
    title = N_("This home has a project already")
    detail = N_("This home has a project already. Open it to go on with it.")


class ReportThere(Conflict):
    """409: the month has its report."""

    code = "report_exists"
    title = N_("This month has its report already")
    detail = N_("This month has its report already. Add what is missing as a comment.")


def project_pk(unit_id: str) -> str:
    """The partition of a home's project."""
    return f"PROJECT#{unit_id}"


def project_key(unit_id: str) -> K:
    """The project itself."""
    return K(project_pk(unit_id), "META")


def report_key(unit_id: str, month: str) -> K:
    """A month's report."""
    return K(project_pk(unit_id), f"R#{month}")


def pointer_key(community_id: str, unit_id: str) -> K:
    """A project among its community's."""
    return K(f"COMMUNITY#{community_id}", f"PROJECT#{unit_id}")


def _item(project: Project, keys: Keyring) -> Item:
    key = project_key(project.unit_id)
    name = keys.seal(project.designer_name, f"{key.pk}|name")
    fields = project.model_dump(mode="json", exclude={"designer_name"})
    fields["created_at"] = rfc3339(project.created_at)
    return {"PK": key.pk, "SK": key.sk, **fields, "designer_name": name}


def from_item(item: Item, keys: Keyring) -> Project:
    """A project from the table."""
    name = keys.open(item["designer_name"], f"{item['PK']}|name")
    return Project.model_validate({**item, "designer_name": name})


def put(before: Project | None, after: Project, keys: Keyring) -> list[Op]:
    """The writes of a project and of its place in the community's list; they fail with ProjectThere or
    VersionConflict."""
    if before is None:
        first: Op = Put(_item(after, keys), error=ProjectThere())
    else:
        same = Attr("version").eq(before.version)
        first = Put(_item(after, keys), condition=same, error=VersionConflict())
    key = pointer_key(after.community_id, after.unit_id)
    row = after.model_dump(mode="json", include={"unit_id", "unit_label", "designer_id", "ended"})
    return [first, Put({"PK": key.pk, "SK": key.sk, **row}, replace=True)]


def due(unit_id: str, month: str, at: datetime, kind: str = "report") -> Op:
    """The write of the moment at which to look whether a month's report is there."""
    return due_store.add(at, kind, f"{unit_id}.{month}", unit_id=unit_id, month=month)


def first_due(project: Project, zone: ZoneInfo) -> Op:
    """The same for a project's first month; each month's brings the next."""
    return due(project.unit_id, project.first_month, rules.due_at(project.first_month, zone))


def there(project: Project) -> Op:
    """The check that a project has not changed since it was read."""
    same = Attr("version").eq(project.version)
    return Check(project_key(project.unit_id), same, VersionConflict())


def put_report(unit_id: str, report: Report) -> Op:
    """The write of a month's report; it fails with ReportThere."""
    key = report_key(unit_id, report.month)
    fields = {"month": report.month, "author_id": report.author_id, "text": report.text}
    more = {"at": rfc3339(report.at), "photo_ids": list(report.photo_ids)}
    return Put({"PK": key.pk, "SK": key.sk, **fields, **more}, error=ReportThere())


def put_comment(unit_id: str, comment: Comment, keys: Keyring) -> Op:
    """The write of a comment."""
    pk = project_pk(unit_id)
    fields = comment.model_dump(include={"id", "month", "author_id", "role", "text"})
    name = keys.seal(comment.author_name, f"{pk}|name")
    return Put({"PK": pk, "SK": f"C#{comment.id}", **fields, "at": rfc3339(comment.at), "author_name": name})


def report_there(unit_id: str, month: str) -> Op:
    """The check that a month has a report; it fails with NotFound."""
    return Check(report_key(unit_id, month), Attr("PK").exists(), NotFound())


def get(db: Db, keys: Keyring, unit_id: str) -> Project | None:
    """A home's project alone."""
    item = db.get(project_key(unit_id))
    return from_item(item, keys) if item else None


def several(db: Db, keys: Keyring, unit_ids: Iterable[str]) -> list[Project]:
    """The projects of some homes: one round trip."""
    wanted = [project_key(one) for one in unit_ids]
    return [from_item(item, keys) for item in (db.batch_get(wanted) if wanted else []) if item]


def load(db: Db, keys: Keyring, unit_id: str) -> ProjectFile | None:
    """A project with all of its rows in one round trip (one more for each megabyte of it)."""
    rows: dict[str, list[Item]] = {}
    for row in db.query_all(project_pk(unit_id)):
        rows.setdefault(row["SK"].split("#", 1)[0], []).append(row)
    if "META" not in rows:
        return None
    return made(
        ProjectFile,
        project=from_item(rows["META"][0], keys),
        reports=[_report(row) for row in reversed(rows.get("R", []))],
        comments=[_comment(row, keys) for row in rows.get("C", [])],
        photos={row["id"]: row for row in rows.get("PHOTO", [])},
    )


def _report(row: Item) -> Report:
    fields: dict[str, Any] = {**row, "at": moment(row["at"]), "photo_ids": tuple(row["photo_ids"])}
    return made(Report, **fields)


def _comment(row: Item, keys: Keyring) -> Comment:
    name = keys.open(row["author_name"], f"{row['PK']}|name")
    fields: dict[str, Any] = {**row, "at": moment(row["at"]), "author_name": name}
    return made(Comment, **fields)


def of_community(db: Db, community_id: str) -> list[Item]:
    """Pointers to a community's projects: tens, so read whole."""
    rows = Key("PK").eq(f"COMMUNITY#{community_id}") & Key("SK").begins_with("PROJECT#")
    return list(db.query_all(rows))


def usual_stages(names: Iterable[str], today: date) -> tuple[Stage, ...]:
    """The stages that a project begins with; the first one begins now."""
    return tuple(
        made(Stage, name=name, planned_from=today if n == 0 else None) for n, name in enumerate(names)
    )
