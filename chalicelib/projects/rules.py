"""Pure decisions about decoration projects: months, when reports are due, which stages are late. No I/O, no clock."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from chalicelib.errors import N_, Invalid
from chalicelib.projects.models import Project, Report, Stage
from chalicelib.projects.policy import DUE_AT, DUE_DAY

_ORDER = N_("A stage can't end before it begins.")
_ENDS = N_("The project can't end before it began.")
_AHEAD = N_("What has not happened yet has no real date.")
_MONTH = N_("A report is written for a month since the project began, up to this one.")


def month_of(day: date) -> str:
    """The month of a day."""
    return f"{day:%Y-%m}"


def next_month(month: str) -> str:
    """The month after one."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04}-{number % 12 + 1:02}"


def due_at(month: str, zone: ZoneInfo) -> datetime:
    """When a month's report is due."""
    after = next_month(month)
    return datetime.combine(date(int(after[:4]), int(after[5:]), DUE_DAY), DUE_AT, zone)


def wanted(project: Project, month: str) -> bool:
    """Whether a month is one that owners are told of: from the project's first on, up to the one in which it ended."""
    last = month_of(project.ended) if project.ended else month
    return project.first_month <= month <= last


def owed(project: Project, reports: list[Report], today: date) -> list[str]:
    """The months that are over, or are the last one, without a report; the oldest first."""
    written, month, found = {report.month for report in reports}, project.first_month, list[str]()
    while month < month_of(today) and wanted(project, month):
        found += [month] if month not in written else []
        month = next_month(month)
    return found


def check_month(project: Project, month: str, today: date) -> None:
    """Raises Invalid for a month that no report is written for."""
    if not wanted(project, month) or month > month_of(today):
        raise Invalid.field("month", "not_reported_on", _MONTH)


def check_stages(stages: list[Stage] | tuple[Stage, ...], today: date) -> None:
    """Raises Invalid for dates that can't be."""
    for number, one in enumerate(stages):
        for first, last, name in (
            (one.planned_from, one.planned_until, "planned_until"),
            (one.began, one.done, "done"),
        ):
            if first and last and last < first:
                raise Invalid.field(f"stages.{number}.{name}", "order", _ORDER)
        for name in ("began", "done"):
            at = getattr(one, name)
            if at and at > today:
                raise Invalid.field(f"stages.{number}.{name}", "ahead", _AHEAD)


def check_end(project: Project, ended: date | None, today: date) -> None:
    """Raises Invalid for an end that is to come, or lies before what is reported on."""
    if ended and ended > today:
        raise Invalid.field("ended", "ahead", _AHEAD)
    if ended and month_of(ended) < project.first_month:
        raise Invalid.field("ended", "order", _ENDS)


def state_of(stage: Stage, today: date) -> str:
    """How a stage stands: "done", "late", "under_way" or "planned"."""
    if stage.done:
        return "done"
    late = stage.planned_until and stage.planned_until < today
    unbegun = not stage.began and stage.planned_from and stage.planned_from < today
    if late or unbegun:
        return "late"
    return "under_way" if stage.began else "planned"
