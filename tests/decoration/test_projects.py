"""A home's decoration: who sees it, what is reported, and what the clock does about reports that are missing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.accounts.models import Person
from chalicelib.consultations import timers
from chalicelib.errors import Invalid, NotFound, PortalError, VersionConflict
from chalicelib.inbox import outbox
from chalicelib.inbox import service as inbox
from chalicelib.portal import Portal
from chalicelib.projects import access, rules, service, store
from chalicelib.projects.models import Project, SaveStages, Say, Stage, StartProject, WriteReport
from tests.decoration.factories import HOME, MONTH, make_project, write_report
from tests.factories import NOW, People, make_key

SHANGHAI = ZoneInfo("Asia/Shanghai")


def _deliver(portal: Portal, now: datetime) -> None:
    while outbox.sweep(portal, now + timedelta(minutes=1)):
        pass


def _told(portal: Portal, person: Person, now: datetime) -> list[str]:
    _deliver(portal, now)
    return [item.text for item in inbox.read(portal, person, 20, None, "en", now)[0]]


def test_a_home_has_one_project_which_begins_with_the_usual_stages(portal: Portal, people: People) -> None:
    project = make_project(portal=portal, by=people.designer)
    assert [one.name for one in project.stages][:3] == ["设计", "拆改", "水电"]
    assert (project.designer_name, project.first_month) == ("陈设计", MONTH)
    with pytest.raises(PortalError, match="project_exists"):
        make_project(portal=portal, by=people.manager, designer_id=people.designer.id)
    assert any("page of its own" in text for text in _told(portal, people.owner, NOW))
    assert _told(portal, people.neighbour, NOW) == []


def test_a_project_needs_a_home_and_a_designer_of_the_community(portal: Portal, people: People) -> None:
    wanted: tuple[tuple[Person, dict[str, Any], str], ...] = (
        (people.designer, {"unit_id": "maple-9-999"}, "unit_id"),
        (people.manager, {}, "designer_id"),
        (people.manager, {"designer_id": people.technician.id}, "designer_id"),
    )
    for by, changes, field in wanted:
        with pytest.raises(Invalid) as refused:
            make_project(portal=portal, by=by, **changes)
        assert refused.value.errors[0].field == field
    with pytest.raises(NotFound):
        make_project(portal=portal, by=people.clerk)


def test_only_the_home_its_designer_and_managers_see_it(portal: Portal, people: People) -> None:
    make_project(portal=portal, by=people.designer)
    assert access.own(portal, people.owner, HOME).project.unit_id == HOME
    for who in (people.designer, people.manager):
        assert access.at_desk(portal, who, HOME).project.unit_id == HOME
    for look, who in (
        (access.own, people.neighbour),
        (access.own, people.designer),
        (access.at_desk, people.owner),
        (access.at_desk, people.clerk),
        (access.at_desk, people.cedar_manager),
    ):
        with pytest.raises(NotFound):
            look(portal, who, HOME)


def test_dates_are_kept_and_two_who_save_at_once_do_not_undo_each_other(
    portal: Portal, people: People
) -> None:
    make_project(portal=portal, by=people.designer)
    planned = Stage(name="水电", planned_from=date(2026, 11, 1), planned_until=date(2026, 11, 19))
    body = SaveStages(version=1, stages=[planned])
    key = make_key(of=people.designer)
    after = service.save(portal, people.designer, HOME, body, key, NOW)
    assert service.save(portal, people.designer, HOME, body, key, NOW) == after
    with pytest.raises(VersionConflict):
        service.save(portal, people.manager, HOME, body, None, NOW)
    assert rules.state_of(after.stages[0], date(2026, 11, 20)) == "late"


def test_a_key_gives_the_project_as_it_was_answered(portal: Portal, people: People) -> None:
    body, key = StartProject(community_id="maple", unit_id=HOME), make_key(of=people.designer)
    first = service.start(portal, people.designer, body, key, NOW)
    later = SaveStages(version=1, stages=[Stage(name="水电")])
    service.save(portal, people.designer, HOME, later, None, NOW)
    assert service.start(portal, people.designer, body, key, NOW) == first


@pytest.mark.parametrize("ended", [date(2026, 10, 31), date(2026, 11, 21)])
def test_a_project_ends_neither_before_it_began_nor_in_days_to_come(
    portal: Portal, people: People, ended: date
) -> None:
    project = make_project(portal=portal, by=people.designer)
    body = SaveStages(version=1, stages=list(project.stages), ended=ended)
    with pytest.raises(Invalid) as refused:
        service.save(portal, people.designer, project.unit_id, body, None, NOW)
    assert refused.value.errors[0].field == "ended"


@pytest.mark.parametrize(
    ("stage", "field"),
    [
        ({"planned_from": "2026-11-02", "planned_until": "2026-11-01"}, "planned_until"),
        ({"began": "2026-11-02", "done": "2026-11-01"}, "done"),
        ({"began": "2026-11-21"}, "began"),
    ],
)
def test_dates_that_can_not_be_are_named(stage: dict[str, str], field: str) -> None:
    one = Stage.model_validate({"name": "水电", **stage})
    with pytest.raises(Invalid) as refused:
        rules.check_stages([one], date(2026, 11, 20))
    assert refused.value.errors[0].field == f"stages.0.{field}"


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "planned"),
        ({"planned_from": "2026-11-20", "planned_until": "2026-11-20"}, "planned"),
        ({"planned_from": "2026-11-19"}, "late"),
        ({"planned_from": "2026-11-19", "began": "2026-11-20"}, "under_way"),
        ({"planned_until": "2026-11-19", "began": "2026-11-01"}, "late"),
        ({"planned_until": "2026-11-19", "done": "2026-11-20"}, "done"),
    ],
)
def test_a_stage_says_how_it_stands(fields: dict[str, str], state: str) -> None:
    one = Stage.model_validate({"name": "水电", **fields})
    assert rules.state_of(one, date(2026, 11, 20)) == state


def test_a_month_has_one_report_and_only_months_of_the_work_have_one(portal: Portal, people: People) -> None:
    make_project(portal=portal, by=people.designer)
    write_report(portal=portal, by=people.designer)
    with pytest.raises(PortalError, match="report_exists"):
        write_report(portal=portal, by=people.manager)
    for month in ("2026-10", "2026-12"):
        with pytest.raises(Invalid):
            write_report(portal=portal, by=people.designer, month=month)
    assert any("2026-11" in text for text in _told(portal, people.owner, NOW))


def test_the_same_report_sent_twice_with_one_key_is_one(portal: Portal, people: People) -> None:
    make_project(portal=portal, by=people.designer)
    body, key = WriteReport(month=MONTH, text="水电"), make_key(of=people.designer)
    first = service.report(portal, people.designer, HOME, body, key, NOW)
    assert service.report(portal, people.designer, HOME, body, key, NOW).text == first.text
    assert len(access.own(portal, people.owner, HOME).reports) == 1


def test_owner_and_designer_talk_about_a_report(portal: Portal, people: People) -> None:
    project = make_project(portal=portal, by=people.designer)
    with pytest.raises(NotFound):
        service.comment(portal, people.owner, project, "owner", MONTH, Say(text="？"), None, NOW)
    write_report(portal=portal, by=people.designer)
    service.comment(portal, people.owner, project, "owner", MONTH, Say(text="插座？"), None, NOW)
    later = NOW + timedelta(minutes=1)
    service.comment(portal, people.designer, project, "staff", MONTH, Say(text="好的"), None, later)
    said = access.own(portal, people.owner, HOME).comments
    assert [(one.text, one.role) for one in said] == [("插座？", "owner"), ("好的", "staff")]
    assert any("wrote about" in text for text in _told(portal, people.designer, NOW))
    assert any("answered about" in text for text in _told(portal, people.owner, later))


def _warned(portal: Portal, person: Person, now: datetime) -> int:
    timers.run_due(portal, now)
    return sum("progress report" in text for text in _told(portal, person, now))


def test_a_missing_report_warns_the_designer_then_the_manager_too_and_then_is_quiet(
    portal: Portal, people: People
) -> None:
    make_project(portal=portal, by=people.designer)
    due = rules.due_at(MONTH, SHANGHAI)
    assert _warned(portal, people.designer, due - timedelta(minutes=1)) == 0
    assert _warned(portal, people.designer, due) == 1
    assert _warned(portal, people.designer, due + timedelta(minutes=1)) == 1
    assert _warned(portal, people.manager, due + timedelta(days=3)) == 0
    assert _warned(portal, people.designer, due + timedelta(days=4)) == 2
    assert _warned(portal, people.manager, due + timedelta(days=20)) == 1
    assert _warned(portal, people.designer, due + timedelta(days=20)) == 2
    # December's turn
    assert _warned(portal, people.designer, rules.due_at("2026-12", SHANGHAI)) == 3


def test_who_reported_in_time_is_not_warned_and_an_ended_project_owes_nothing(
    portal: Portal, people: People
) -> None:
    project = make_project(portal=portal, by=people.designer)
    write_report(portal=portal, by=people.designer)
    due = rules.due_at(MONTH, SHANGHAI)
    assert _warned(portal, people.designer, due) == 0
    body = SaveStages(version=1, stages=list(project.stages), ended=date(2026, 11, 30))
    service.save(portal, people.designer, HOME, body, None, due)
    assert _warned(portal, people.designer, rules.due_at("2026-12", SHANGHAI)) == 0
    assert portal.db.query_all(f"DUEB#{rules.due_at('2027-01', SHANGHAI).astimezone(UTC).date()}#0") == []


def test_months_follow_each_other_over_the_year() -> None:
    assert [rules.next_month(one) for one in ("2026-11", "2026-12")] == ["2026-12", "2027-01"]
    due = rules.due_at("2026-12", SHANGHAI)
    assert due.astimezone(UTC) == datetime(2027, 1, 3, 1, tzinfo=UTC)


def test_what_is_owed_are_months_that_are_over_without_a_report(portal: Portal, people: People) -> None:
    project = make_project(portal=portal, by=people.designer)
    assert rules.owed(project, [], date(2026, 11, 30)) == []
    assert rules.owed(project, [], date(2027, 1, 1)) == ["2026-11", "2026-12"]
    ended: Project = project.model_copy(update={"ended": date(2026, 11, 25)})
    assert rules.owed(ended, [], date(2027, 1, 1)) == ["2026-11"]
    assert store.get(portal.db, portal.keys, HOME) == project
