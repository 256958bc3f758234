"""What people do with decoration projects: begin one, keep its dates, report each month, comment."""

from datetime import date, datetime
from typing import Any, Literal

from chalicelib import i18n
from chalicelib.accounts.models import Person
from chalicelib.audit import store as audit
from chalicelib.communities import store as communities
from chalicelib.consultations import plans
from chalicelib.db import Op
from chalicelib.errors import N_, Invalid, NotFound, VersionConflict
from chalicelib.ids import new_id
from chalicelib.inbox import outbox
from chalicelib.once import Once, settled
from chalicelib.photos import service as photos
from chalicelib.photos import store as photo_store
from chalicelib.portal import Portal
from chalicelib.projects import access, notices, rules, store
from chalicelib.projects.models import (
    Comment,
    Project,
    ProjectFile,
    Report,
    SaveStages,
    Say,
    StartProject,
    WriteReport,
)
from chalicelib.projects.policy import STAGES
from chalicelib.times import moment

_NO_HOME = N_("There is no such home in this community. Look at its id in the list of homes.")
_NO_DESIGNER = N_("Choose a designer of this community.")
#: Stages are named for owners, whose community speaks Chinese.
_LANGUAGE = "zh-CN"


def today_in(portal: Portal, community_id: str, now: datetime) -> date:
    """The day on a community's clock."""
    return now.astimezone(communities.get(portal.db, community_id).zone).date()


def start(portal: Portal, person: Person, body: StartProject, once: Once | None, now: datetime) -> Project:
    """Begin a home's project; those who live there are told. Raises NotFound, Invalid, ProjectThere."""
    if not person.roles_in(body.community_id) & plans.CALENDAR_ROLES:
        raise NotFound

    def work() -> Project:
        project = _new(portal, person, body, now)
        zone = communities.get(portal.db, project.community_id).zone
        told = notices.to_home(project, "project_begun", project.first_month)
        _write(portal, project, person, once, now, "begun", [
            *store.put(None, project, portal.keys), store.first_due(project, zone), outbox.add(told, now),
        ])  # fmt: skip
        return project

    return settled(portal.db, once, work, lambda kept: (_again(portal, kept), now), now)[0]


def _new(portal: Portal, person: Person, body: StartProject, now: datetime) -> Project:
    unit = portal.db.get(communities.unit_key(body.community_id, body.unit_id))
    if unit is None:
        raise Invalid.field("unit_id", "unknown_home", _NO_HOME)
    member = communities.staff_member(
        portal.db, portal.keys, body.community_id, body.designer_id or person.id
    )
    if member is None or "designer" not in member.roles:
        raise Invalid.field("designer_id", "no_designer", _NO_DESIGNER)
    today = today_in(portal, body.community_id, now)
    usual = store.usual_stages(map(i18n.translations(_LANGUAGE).gettext, STAGES), today)
    stages = tuple(body.stages) if body.stages else usual
    rules.check_stages(stages, today)
    return Project(
        unit_id=body.unit_id, unit_label=unit["label"], building=unit["building"], community_id=body.community_id,
        designer_id=member.id, designer_name=member.name, stages=stages, first_month=rules.month_of(today),
        created_at=now,
    )  # fmt: skip


def _write(
    portal: Portal,
    project: Project,
    person: Person,
    once: Once | None,
    now: datetime,
    what: str,
    ops: list[Op],
) -> None:
    first: list[Op] = [once.put(_snapshot(project), now)] if once else []
    act = audit.Act(project.community_id, person.id, "project", project.unit_id, what)
    portal.db.write(*first, *ops, audit.add(act, now))


def _snapshot(project: Project) -> dict[str, Any]:
    """A project as a key keeps it, without the name that is sealed in its record."""
    return project.model_dump(mode="json", exclude={"designer_name"})


def _again(portal: Portal, kept: dict[str, Any]) -> Project:
    """The project as it was answered, whatever became of it."""
    project = store.get(portal.db, portal.keys, kept["unit_id"])
    assert project is not None, "projects are never removed"
    return Project.model_validate({**kept, "designer_name": project.designer_name})


def save(
    portal: Portal, person: Person, unit_id: str, body: SaveStages, once: Once | None, now: datetime
) -> Project:
    """Change stages and dates, or end the project; the home is told. Raises NotFound, Invalid, VersionConflict."""

    def work() -> Project:
        before = access.at_desk(portal, person, unit_id).project
        if before.version != body.version:
            raise VersionConflict
        today = today_in(portal, before.community_id, now)
        rules.check_stages(body.stages, today)
        rules.check_end(before, body.ended, today)
        changes = {"stages": tuple(body.stages), "ended": body.ended, "version": before.version + 1}
        after = before.model_copy(update=changes)
        ops = store.put(before, after, portal.keys)
        if before.ended and not after.ended:
            ops.append(_goes_on(portal, after, now))
        told = notices.to_home(after, "project_stages", rules.month_of(now.date()))
        _write(portal, after, person, once, now, "stages", [*ops, outbox.add(told, now)])
        return after

    return settled(portal.db, once, work, lambda kept: (_again(portal, kept), now), now)[0]


def _goes_on(portal: Portal, project: Project, now: datetime) -> Op:
    zone = communities.get(portal.db, project.community_id).zone
    month = rules.month_of(now.astimezone(zone).date())
    return store.due(project.unit_id, month, rules.due_at(month, zone))


def report(
    portal: Portal, person: Person, unit_id: str, body: WriteReport, once: Once | None, now: datetime
) -> Report:
    """Write a month's report; the home is told. Raises NotFound, Invalid, ReportThere."""

    def work() -> Report:
        project = access.at_desk(portal, person, unit_id).project
        rules.check_month(project, body.month, today_in(portal, project.community_id, now))
        attached = photos.free_photos(portal, person, body.photo_ids)
        ids = tuple(photo.id for photo in attached)
        new = Report(month=body.month, at=now, author_id=person.id, text=body.text, photo_ids=ids)
        pictures = [op for one in attached for op in photo_store.attach_to(one, store.project_pk(unit_id))]
        told = notices.to_home(project, "project_report", body.month)
        ops: list[Op] = [store.put_report(unit_id, new), *pictures, outbox.add(told, now)]
        _write(portal, project, person, once, now, "report", ops)
        return new

    def replay(_: dict[str, str]) -> tuple[Report, datetime]:
        file = access.at_desk(portal, person, unit_id)
        return next(one for one in file.reports if one.month == body.month), now

    return settled(portal.db, once, work, replay, now)[0]


def comment(
    portal: Portal,
    person: Person,
    project: Project,
    role: Literal["owner", "staff"],
    month: str,
    body: Say,
    once: Once | None,
    now: datetime,
) -> Comment:
    """Say something about a month's report; the other side is told. Raises NotFound, TooMany."""

    def said(comment_id: str, at: datetime) -> Comment:
        return Comment(
            id=comment_id,
            month=month,
            at=at,
            author_id=person.id,
            author_name=person.name,
            role=role,
            text=body.text,
        )

    def work() -> Comment:
        new = said(new_id(now), now)
        to = notices.to_designer if role == "owner" else notices.to_home
        kept: list[Op] = [once.put(new.model_dump(mode="json", include={"id", "at"}), now)] if once else []
        portal.db.write(
            *kept,
            store.report_there(project.unit_id, month),
            store.put_comment(project.unit_id, new, portal.keys),
            photos.daily_cap(person.id, "messages", portal.settings.messages_per_day, now),
            outbox.add(to(project, "project_comment", month), now),
        )
        return new

    return settled(portal.db, once, work, lambda kept: (said(kept["id"], moment(kept["at"])), now), now)[0]


def file_of(portal: Portal, person: Person, unit_id: str, role: Literal["owner", "staff"]) -> ProjectFile:
    """A project as its owner or the desk has it; raises NotFound."""
    return (access.own if role == "owner" else access.at_desk)(portal, person, unit_id)
