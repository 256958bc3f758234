"""The default policy is the requirements' table, the only place with its numbers, and can be kept as it is."""

import ast
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import get_args

from pydantic import TypeAdapter

from chalicelib.issues.policy import CATEGORIES
from chalicelib.service_levels.models import Goal, Levels, PauseReason, Policy
from chalicelib.service_levels.policy import DEFAULT_POLICY, default_calendar, default_levels

FOLDER = Path(__file__).parents[2] / "chalicelib" / "service_levels"


def test_every_class_of_a_category_has_a_policy_with_four_levels() -> None:
    assert {category.sla_class for category in CATEGORIES.values()} == set(DEFAULT_POLICY.classes)
    for one in DEFAULT_POLICY.classes.values():
        assert len(one.ladder) == 4
        assert {"acknowledge", "next_update", "resolve"} <= set(one.goals) <= set(get_args(Goal))
    assert set(DEFAULT_POLICY.pauses) == set(get_args(PauseReason))


def test_policies_and_calendars_are_kept_and_read_again_as_they_were() -> None:
    own = replace(DEFAULT_POLICY, categories={"noise": {"on_site": None}})
    kept = TypeAdapter(Policy).dump_json(own)
    assert TypeAdapter(Policy).validate_json(kept) == own
    levels = default_levels("Asia/Shanghai")
    assert TypeAdapter(Levels).validate_json(TypeAdapter(Levels).dump_json(levels)) == levels


def test_a_policy_that_was_kept_before_plans_and_complaints_were_part_of_it_has_the_defaults() -> None:
    adapter = TypeAdapter(Policy)
    kept = adapter.dump_python(replace(DEFAULT_POLICY, warn_percent=60, plans={}), mode="json")
    assert adapter.validate_python(kept).plans == {}, "whoever wants no plan has none"
    del kept["plans"], kept["complaints"]
    assert adapter.validate_python(kept) == replace(DEFAULT_POLICY, warn_percent=60)


def test_an_ordinary_working_day_has_two_frames() -> None:
    calendar = default_calendar("Asia/Shanghai")
    assert (calendar.day, len(calendar.workday)) == (timedelta(hours=8), 2)


def test_no_number_of_a_service_level_is_written_outside_the_default_policy() -> None:
    for path in FOLDER.glob("*.py"):
        lengths = re.findall(
            r"(?:days|hours|minutes|seconds|percent: int )\s*=\s*(\d+)", path.read_text(encoding="utf-8")
        )
        assert set(lengths) <= {"1", "100"} or path.name == "policy.py", path


#: Lengths of time in code that are no service level: how long something is kept, offered or shown as a sample.
_NO_PROMISE = {
    ("pages.py", "timedelta(days=2)"),  # a refused form's words
    ("once.py", "timedelta(days=7)"),  # idempotency keys
    ("issues/drafts.py", "timedelta(days=14)"),
    ("inbox/outbox.py", "timedelta(days=180)"),
    ("photos/service.py", "timedelta(minutes=30)"),  # an upload's form
    ("photos/service.py", "timedelta(days=2)"),  # photos that nothing refers to, and the day's counters
    ("dispatch/handover.py", "timedelta(days=7)"),  # how far ahead an absence is looked at
    ("messages/preview.py", "timedelta(hours=3)"),  # a sample's visit
    ("consultations/plans.py", "timedelta(days=6)"),  # the rest of a week
    ("consultations/rules.py", "timedelta(hours=26)"),  # the longest day there is, and more
    ("consultations/line_api.py", "timedelta(hours=12)"),  # the earliest zone's today
    ("consultations/feeds.py", "timedelta(days=30)"),  # how far back a feed goes
}


def test_no_code_outside_a_policy_names_a_length_of_time_that_could_be_a_promise() -> None:
    """All code, by its syntax: units (a day, an hour, a minute) are no lengths of their own."""
    root, found = FOLDER.parent, set()
    for path in root.rglob("*.py"):
        if path.name == "policy.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("timedelta", "Span", "Rung"):
                given = [*node.args, *(one.value for one in node.keywords)]
                if any(
                    isinstance(one, ast.Constant) and type(one.value) is int and one.value > 1
                    for one in given
                ):
                    found.add((str(path.relative_to(root)), ast.unparse(node)))
    assert found == _NO_PROMISE
