"""Every alarm calls somebody, and what can fail has one."""

import inspect
import json
import re

from chalicelib import db
from infra.alarms import TABLE_CALLS, alarms
from tests.infra.trees import Tree, of_type, properties


def test_every_alarm_calls_somebody_and_the_dashboard_shows_it(made: dict[str, Tree]) -> None:
    for stage, template in made.items():
        found = of_type(template, "CloudWatch::Alarm")
        assert set(found) == {alarm.name for alarm in alarms(stage)}
        assert all(alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}] for alarm in found.values())
        shown = properties(template, "PortalDashboard")["DashboardBody"]["Fn::Sub"]
        always = [alarm.name for alarm in alarms(stage) if not alarm.condition]
        assert [name for name in always if f"alarm:portal-{stage}-{name}" not in shown] == []
        assert json.loads(shown)["widgets"]


def test_every_dead_letter_queue_has_its_alarm(prod: Tree) -> None:
    queues = of_type(prod, "SQS::Queue")
    assert {f"{name}Filled" for name in queues} <= {alarm.name for alarm in alarms("prod")}
    assert len(queues) == 3


def test_the_tables_failures_are_watched_for_every_call_that_is_made() -> None:
    # Scan and BatchWriteItem are the commands' (infra/upkeep), whose failures their caller sees.
    every = ("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem")
    source = inspect.getsource(db)
    snake = {
        name: re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
        for name in (*every, "TransactGetItems", *TABLE_CALLS)
    }
    made = {name for name, spelt in snake.items() if f'"{name}"' in source or f'"{spelt}"' in source}
    assert made == set(TABLE_CALLS)
