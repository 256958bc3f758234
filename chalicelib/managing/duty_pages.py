"""The on-duty roster at the desk."""

from datetime import datetime
from typing import Any

from chalice.app import Response

from chalicelib.communities.models import StaffMember
from chalicelib.duty import form, rules, service
from chalicelib.duty.models import Roster
from chalicelib.duty.policy import DAYS_SHOWN, MAX_CHANGES, MAX_WEEKLY
from chalicelib.issues.rules import ASSIGNEE_ROLES
from chalicelib.managing.models import Version
from chalicelib.managing.page_flow import Edit, Place, flow, history, place, shown, staff_of
from chalicelib.managing.page_routes import routes
from chalicelib.managing.policy import HISTORY
from chalicelib.managing.policy_pages import WEEKDAYS
from chalicelib.page_words import gettext
from chalicelib.web import MANAGERS, Call

ROSTER = "/desk/rules/roster"
#: Empty rows below those that are there: without a script more come with the next preview.
_EMPTY = 2


@routes.page(ROSTER, MANAGERS, "Who is on duty when")
def show_roster(call: Call) -> Response:
    """The roster's form, the next days, and its history."""
    here = place(call, ROSTER, call.query.get("community_id"))
    versions = service.newest(call.portal, here.community.id, HISTORY)
    return _page(here, versions, Edit(form.fields(versions[0].body, _today(here))), versions[0].body)


@routes.form(ROSTER, MANAGERS, "Preview or save the roster", on=ROSTER)
def change_roster(call: Call) -> Response:
    """Preview, then save."""
    here = place(call, ROSTER, call.field("community_id"))
    versions = service.newest(call.portal, here.community.id, HISTORY)
    typed: list[Roster] = []

    def read(fields: dict[str, str]) -> Roster:
        roster = form.read(fields, here.community.zone_name)
        service.check(call.portal, here.community.id, roster)
        typed.append(roster)
        return roster

    return flow(
        here,
        read,
        lambda: versions[0].number,
        lambda roster, start: {"from": start},
        lambda roster, seen, wanted: service.save(
            call.portal, call.person, here.community.id, roster, seen, wanted, call.now
        ),
        lambda edit: _page(here, versions, edit, typed[-1] if typed else versions[0].body),
    )


def _today(here: Place) -> Any:
    return here.call.now.astimezone(here.community.zone).date()


def _page(here: Place, versions: list[Version[Roster]], edit: Edit, roster: Roster) -> Response:
    staff = staff_of(here)
    people = [(one.id, one.name) for one in staff if set(one.roles) & ASSIGNEE_ROLES]
    start: datetime = edit.preview["from"] if edit.preview else here.call.now
    context = {
        "people": people,
        "weekdays": [(n, gettext(words)) for n, words in enumerate(WEEKDAYS)],
        "weekly": range(min(form.rows(edit.fields, "w") + _EMPTY, MAX_WEEKLY)),
        "changes": range(min(form.rows(edit.fields, "c") + _EMPTY, MAX_CHANGES)),
        "days": _days(roster, staff, start),
        "history": history(versions, staff, here.call.now),
    }
    return shown(here, "desk/rules_roster.html", edit, versions[0].number, context)


def _days(roster: Roster, staff: list[StaffMember], start: datetime) -> list[dict[str, Any]]:
    """The next days: whose turn it is, and when it is nobody's."""
    names = {member.id: member.name for member in staff}
    first = start.astimezone(roster.zone).date()
    turns: list[tuple[datetime, datetime, str]] = [
        (begin, end, names.get(who, "–")) for begin, end, who in rules.turns(roster, first, DAYS_SHOWN)
    ]
    turns += [(begin, end, "") for begin, end in rules.gaps(roster, first, DAYS_SHOWN)]
    return [{"start": begin, "end": end, "who": who} for begin, end, who in sorted(turns)]
