"""What managers edit, over the JSON API: read, preview (`?preview=true`) and save."""

from datetime import datetime

from chalicelib.accounts.managing import managed
from chalicelib.communities import store as communities
from chalicelib.duty import service as duty
from chalicelib.errors import NotFound
from chalicelib.issues.policy import CATEGORIES
from chalicelib.managing import levels, preview, views
from chalicelib.managing.api_models import (
    CalendarView,
    PolicyView,
    RosterView,
    SaveCalendar,
    SavePolicy,
    SaveQuery,
    SaveRoster,
    SaveSop,
    SopList,
    SopRulesView,
)
from chalicelib.managing.calendar_rules import check_calendar
from chalicelib.managing.level_rules import check_policy
from chalicelib.managing.policy import HISTORY
from chalicelib.managing.rules import valid_from
from chalicelib.routes import Routes
from chalicelib.sops import editing
from chalicelib.sops import store as sops
from chalicelib.web import MANAGERS, Call

routes = Routes(__name__, "desk")
_HERE = "/api/v1/desk/communities/{community_id}"


def _preview_wanted(call: Call) -> bool:
    return call.read_query(SaveQuery).preview


@routes.api("GET", f"{_HERE}/policy", MANAGERS, "What is promised, and its versions", answer=PolicyView)
def show_policy(call: Call, community_id: str) -> PolicyView:
    """The newest policy."""
    return views.policy(levels.kept(call.portal, managed(call.person, community_id)))


@routes.api(
    "PUT",
    f"{_HERE}/policy",
    MANAGERS,
    "Preview or save a policy",
    body=SavePolicy,
    query=SaveQuery,
    answer=PolicyView,
)
def save_policy(call: Call, community_id: str) -> PolicyView:
    """A new version, or what it would do."""
    portal, name, body = call.portal, managed(call.person, community_id), call.read(SavePolicy)
    if _preview_wanted(call):
        check_policy(body.policy)
        found, start = levels.kept(portal, name), valid_from(body.valid_from, call.now)
        after = found.with_policy(body.policy, start, call.now)
        return views.policy(found, preview.of_levels(portal, name, found.levels, after, start))
    args = (body.policy, body.version, body.valid_from, call.now)
    return views.policy(levels.save_policy(portal, call.person, name, *args))


@routes.api("GET", f"{_HERE}/calendar", MANAGERS, "When work is done, and its versions", answer=CalendarView)
def show_calendar(call: Call, community_id: str) -> CalendarView:
    """The newest calendar."""
    return views.calendar(levels.kept(call.portal, managed(call.person, community_id)))


@routes.api(
    "PUT",
    f"{_HERE}/calendar",
    MANAGERS,
    "Preview or save a calendar",
    body=SaveCalendar,
    query=SaveQuery,
    answer=CalendarView,
)
def save_calendar(call: Call, community_id: str) -> CalendarView:
    """A new version, or what it would do."""
    portal, name, body = call.portal, managed(call.person, community_id), call.read(SaveCalendar)
    if _preview_wanted(call):
        check_calendar(body.calendar)
        found, start = levels.kept(portal, name), valid_from(body.valid_from, call.now)
        after = found.with_calendar(body.calendar, start, call.now)
        return views.calendar(found, preview.of_levels(portal, name, found.levels, after, start))
    args = (body.calendar, body.version, body.valid_from, call.now)
    return views.calendar(levels.save_calendar(portal, call.person, name, *args))


@routes.api("GET", f"{_HERE}/roster", MANAGERS, "Who is on duty when, and its versions", answer=RosterView)
def show_roster(call: Call, community_id: str) -> RosterView:
    """The newest roster."""
    name = managed(call.person, community_id)
    versions = duty.newest(call.portal, name, HISTORY)
    return views.roster(versions, versions[0].body, _on_duty(call, name, call.now), call.now)


def _on_duty(call: Call, community_id: str, at: datetime) -> list[str]:
    staff = communities.staff(call.portal.db, call.portal.keys, community_id)
    return duty.on_duty(call.portal, community_id, staff, at)


@routes.api(
    "PUT",
    f"{_HERE}/roster",
    MANAGERS,
    "Preview or save a roster",
    body=SaveRoster,
    query=SaveQuery,
    answer=RosterView,
)
def save_roster(call: Call, community_id: str) -> RosterView:
    """A new version, or whose turn it would be."""
    portal, name, body = call.portal, managed(call.person, community_id), call.read(SaveRoster)
    if _preview_wanted(call):
        duty.check(portal, name, body.roster)
    else:
        duty.save(portal, call.person, name, body.roster, body.version, body.valid_from, call.now)
    return views.roster(
        duty.newest(portal, name, HISTORY), body.roster, _on_duty(call, name, call.now), call.now
    )


@routes.api("GET", f"{_HERE}/sops", MANAGERS, "The steps of each kind of repair", answer=SopList)
def show_sops(call: Call, community_id: str) -> SopList:
    """The newest SOP of each category."""
    name = managed(call.person, community_id)
    book = sops.read(call.portal.db, name)
    found = {one: [*reversed(book.get(one, [])), sops.default(one)] for one in CATEGORIES}
    return SopList(items=[views.sop(one, versions, versions[0].body) for one, versions in found.items()])


@routes.api(
    "GET",
    _HERE + "/sops/{category_id}",
    MANAGERS,
    "The steps of one kind of repair, and their versions",
    answer=SopRulesView,
)
def show_sop(call: Call, community_id: str, category_id: str) -> SopRulesView:
    """The newest SOP of a category."""
    name = managed(call.person, community_id)
    if category_id not in CATEGORIES:
        raise NotFound
    versions = sops.newest(call.portal.db, name, category_id, HISTORY)
    return views.sop(category_id, versions, versions[0].body)


@routes.api(
    "PUT",
    _HERE + "/sops/{category_id}",
    MANAGERS,
    "Preview or save an SOP",
    body=SaveSop,
    query=SaveQuery,
    answer=SopRulesView,
)
def save_sop(call: Call, community_id: str, category_id: str) -> SopRulesView:
    """A new version, or what it would change."""
    portal, name, body = call.portal, managed(call.person, community_id), call.read(SaveSop)
    told = None
    if _preview_wanted(call):
        editing.check(category_id, body.sop)
        latest = sops.newest(portal.db, name, category_id, 1)[0]
        told = editing.preview(portal, name, category_id, latest.body, body.sop)
    else:
        args = (body.sop, body.version, body.valid_from, call.now)
        editing.save(portal, call.person, name, category_id, *args)
    versions = sops.newest(portal.db, name, category_id, HISTORY)
    return views.sop(category_id, versions, body.sop, told)
