"""Things to show what managers set, and the steps of a repair, with."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from chalicelib.issues.models import Actor
from chalicelib.managing import policy_form, policy_pages
from chalicelib.pages import values
from chalicelib.service_levels.policy import DEFAULT_POLICY, default_levels
from chalicelib.sops import rules, views
from chalicelib.sops.models import DeskSopView, Tick
from chalicelib.sops.policy import built_in
from local.samples import COMMUNITY, NOW, issue

_TECHNICIAN = Actor(id="sample-technician", name="王师傅", role="technician")


def sop(locale: str) -> dict[str, Any] | None:
    """A seepage two steps on: one done, one with what it takes, one late."""
    begin = NOW - timedelta(days=8)
    done = {
        "visit": Tick("visit", begin + timedelta(hours=2), _TECHNICIAN),
        "detect": Tick("detect", begin + timedelta(days=2), _TECHNICIAN, ("sample-photo",), "含水率 18 %"),
    }
    states = rules.progress(built_in("wall_seepage"), begin, done, default_levels("Asia/Shanghai"))
    steps = [views.desk_step(state, locale, NOW) for state in states]
    return views.on_page(DeskSopView(version=0, current=3, proof=True, steps=steps))


def rule_parts() -> dict[str, Any]:
    """A policy's form, its history, and what a change would move."""
    one = issue("assigned", 0)
    examples = [
        SimpleNamespace(goal="resolve", before=NOW + timedelta(days=2), after=NOW, late=True),
        SimpleNamespace(goal="on_site", before=None, after=NOW + timedelta(days=1), late=False),
    ]
    preview = SimpleNamespace(
        looked_at=12, more=True, earlier=7, later=2, begun=1, dropped=0, unmoved=25, late=1,
        examples=[(one, example) for example in examples],
    )  # fmt: skip
    fields = policy_form.fields(DEFAULT_POLICY)
    return {
        "values": values({name: [text] for name, text in fields.items()}),
        "units": policy_pages.units(),
        "goals": list(policy_pages.GOALS.items()),
        "preview": preview,
        "community": COMMUNITY,
        "communities": [("maple", COMMUNITY.name), ("cedar", "雪松里")],
        "history": [
            {"made_at": NOW, "by": "赵经理", "valid_from": NOW + timedelta(days=3), "planned": True},
            {"made_at": NOW - timedelta(days=9), "by": "赵经理", "valid_from": NOW, "planned": False},
        ],
    }
