"""A job as its card shows it: where, until when, what to bring, what comes next."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from chalicelib import time_words
from chalicelib.accounts.models import Person
from chalicelib.communities.models import Community
from chalicelib.company import company
from chalicelib.desk.bring import bring
from chalicelib.issues import page_views, rules
from chalicelib.issues.models import Issue
from chalicelib.sops.models import Sop
from chalicelib.sops.policy import NONE
from chalicelib.sops.views import in_a_list

_FIRST_LETTERS = 120


def card(
    issue: Issue, community: Community, person: Person, locale: str, now: datetime, sop: Sop = NONE
) -> dict[str, Any]:
    """One job. Times are said in the community's zone, not in the page's."""
    visit = issue.visit_at
    return {
        **page_views.card(issue, locale, now),
        **handles(issue, community, person, now, sop),
        "words": _first_words(issue.description),
        "community": community.name,
        "building": issue.building if issue.area == "public" else "",
        "visit": time_words.when(visit, now, community.zone, locale) if visit else "",
        "promised": time_words.when(issue.promised_at, now, community.zone, locale),
        "pause_reason": issue.pause_reason,
        "bring": bring(issue.category_id, locale),
        "steps": in_a_list(sop, issue.ticked, locale),
        "step_due": time_words.when(issue.step_due, now, community.zone, locale) if issue.step_due else "",
        "step_late": issue.step_due is not None and issue.step_due < now,
        "map_url": map_url(issue, community),
    }


def handles(issue: Issue, community: Community, person: Person, now: datetime, sop: Sop) -> dict[str, Any]:
    """What a phone needs for taking steps by itself: what is possible now, whether a photo is asked for, and how
    far the community's clock is from UTC."""
    actions = rules.staff_actions(issue, person.roles_in(issue.community_id), person.id)
    return {
        "actions": actions,
        "proof": sop.proof,
        "offset": now.astimezone(community.zone).isoformat()[-6:],
    }


def _first_words(text: str) -> str:
    """What was reported, short enough to be read standing."""
    flat = " ".join(text.split())
    return flat if len(flat) <= _FIRST_LETTERS else flat[: _FIRST_LETTERS - 1].rstrip() + "…"


def map_url(issue: Issue, community: Community) -> str | None:
    """A link to a map of the community and building, never of a home: whose it is concerns no map."""
    place = " ".join(part for part in (community.name, issue.building) if part)
    return company().map_url.replace("{query}", quote(place, safe="")) or None
