"""Decoration projects as pages show them: words and days beside ids."""

from datetime import date
from typing import Any

from chalicelib.communities import store as communities
from chalicelib.errors import N_
from chalicelib.page_words import Speech, date_range, gettext, speak
from chalicelib.projects import api
from chalicelib.projects.views import OwnProject, ProjectView, StageView
from chalicelib.times import moment
from chalicelib.web import Call

STATES = {
    "planned": ("clock", N_("not begun")),
    "under_way": ("fix", N_("under way")),
    "late": ("warn", N_("late")),
    "done": ("done", N_("done")),
}


def month_words(month: str, locale: str) -> str:
    """A month in people's words: "November 2026", "2026年11月"."""
    year, number = int(month[:4]), int(month[5:])
    if locale == "zh-CN":
        return f"{year}年{number}月"
    return f"{date(year, number, 1):%B} {year}"


def stage(one: StageView) -> dict[str, Any]:
    """A stage in words."""
    sign, words = STATES[one.state]
    return {
        "name": one.name,
        "state": one.state,
        "icon": sign,
        "words": gettext(words),
        "planned": date_range(one.planned_from, one.planned_until),
        "real": date_range(one.began, one.done),
    }


def summary(view: OwnProject | ProjectView) -> dict[str, Any]:
    """A project in a list: how far it is."""
    stages = [stage(one) for one in view.stages]
    now = next((one for one in stages if one["state"] in ("under_way", "late")), None)
    done = sum(one["state"] == "done" for one in stages)
    return {
        "unit_id": view.unit_id,
        "label": view.unit_label,
        "designer": view.designer.name,
        "stages": stages,
        "now": now,
        "done": done,
        "ended": view.ended,
    }


def whole(call: Call, unit_id: str, role: api.Role) -> tuple[dict[str, Any], ProjectView]:
    """A project with everything, and what it was made of; raises NotFound."""
    view = api.shown(call, unit_id, role)
    zone = communities.get(call.portal.db, view.community_id).zone
    speak(Speech(call.now, zone, call.locale))
    reports = [
        {
            "month": one.month,
            "words": month_words(one.month, call.locale),
            "at": moment(one.at),
            "text": one.text,
            "photos": [{**photo.model_dump(), "mine": False, "alt": ""} for photo in one.photos],
            "comments": [
                {"name": said.name, "role": said.role, "text": said.text, "at": moment(said.at)}
                for said in one.comments
            ],
        }
        for one in view.reports
    ]
    owed = [(month, month_words(month, call.locale)) for month in view.owed]
    shown = {**summary(view), "community": communities.get(call.portal.db, view.community_id).name}
    return {**shown, "reports": reports, "owed": owed, "version": view.version, "zone": zone}, view
