"""Whom news of a project concerns, and what they are told."""

from typing import Any

from chalicelib.inbox.models import Event, Notice
from chalicelib.projects.models import Project


def to_home(project: Project, event: Event, month: str) -> Notice:
    """Something that everybody is told whom the home is linked to."""
    return _notice(project, event, month, homes=(f"{project.building}#{project.unit_id}",))


def to_designer(project: Project, event: Event, month: str, *, managers: bool = False) -> Notice:
    """Something that the designer is told of, and managers with them where that is said."""
    roles = ("manager",) if managers else ()
    return _notice(project, event, month, staff=(project.designer_id,), roles=roles)


def _notice(project: Project, event: Event, month: str, **fields: Any) -> Notice:
    return Notice(
        event=event,
        issue_id=project.unit_id,
        number="",
        category_id="",
        community_id=project.community_id,
        about="project",
        subject=month,
        **fields,
    )
