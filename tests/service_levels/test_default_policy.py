"""The default policy is the requirements' table, the only place with its numbers, and can be kept as it is."""

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


def test_an_ordinary_working_day_has_two_frames() -> None:
    calendar = default_calendar("Asia/Shanghai")
    assert (calendar.day, len(calendar.workday)) == (timedelta(hours=8), 2)


def test_no_number_of_a_service_level_is_written_outside_the_default_policy() -> None:
    for path in FOLDER.glob("*.py"):
        lengths = re.findall(
            r"(?:days|hours|minutes|seconds|percent: int )\s*=\s*(\d+)", path.read_text(encoding="utf-8")
        )
        assert set(lengths) <= {"1", "100"} or path.name == "policy.py", path
