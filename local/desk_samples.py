"""Things to show the desk's and a technician's parts of pages with: steps in one go, jobs, ready-made replies."""

from datetime import timedelta
from typing import Any

from chalicelib.communities.models import StaffMember
from chalicelib.desk import replies, today_views
from chalicelib.desk.models import Done, Refused
from chalicelib.desk.own_models import Reply, Shelf
from chalicelib.desk.policy import MAX_REPLY_TEXT, MAX_REPLY_TITLE
from chalicelib.errors import Conflict, IllegalTransition, NotFound, VersionConflict
from chalicelib.i18n import translations
from chalicelib.issues.models import IssueFile
from chalicelib.issues.page_views import category_view
from chalicelib.sops.policy import built_in
from local.samples import COMMUNITY, NOW, issue, person

STAFF = (
    StaffMember(id="sample-technician", name="王师傅", roles=["technician"]),
    StaffMember(id="sample-front_line", name="李静", roles=["front_line"]),
)
#: The step that was just taken, as a page offers to take it back.
UNDO = {"issue_id": "sample-assigned", "version": "2", "left_s": 25}
_OWN = Shelf(
    replies=[
        Reply(id="sample-come", title="约上门时间", text="{name}您好，{assignee}{visit}上门，请留人在家。"),
        Reply(id="sample-parts", title="等配件", text="配件已经在订，到货后马上联系您。"),
    ]
)


def results(locale: str) -> dict[str, list[dict[str, Any]]]:
    """What several steps have come to: all done, and some refused – one of them for an issue that isn't there."""

    def done(number: int, status: Any) -> dict[str, Any]:
        one = issue(status, number)
        said = Done(issue_id=one.id, status=status, version=2).model_dump()
        return {**said, "done": True, **_named(number, locale)}

    def refused(number: int | None, error: Conflict | NotFound) -> dict[str, Any]:
        words = translations(locale).gettext(error.detail)
        said = Refused(issue_id="sample-submitted", code=error.code, detail=words).model_dump()
        name = {"name": "", "number": "", "stands": ""} if number is None else _named(number, locale)
        return {**said, "done": False, **name}

    well = [done(0, "acknowledged"), done(1, "assigned")]
    return {
        "done": well,
        "some": [*well, refused(2, VersionConflict()), refused(3, IllegalTransition()), refused(None, NotFound())],
    }  # fmt: skip


def _named(number: int, locale: str) -> dict[str, str]:
    one = issue("submitted", number)
    return {"name": category_view(one.category_id, locale).name, "number": one.number, "stands": "assigned"}


def jobs(locale: str) -> dict[str, dict[str, Any]]:
    """A technician's jobs: with a visit, begun and late, on hold, in a shared place and nobody's yet."""
    found = {
        "visit": issue("assigned", 0),
        "late": issue("in_progress", 3, promised_at=NOW - timedelta(minutes=35)),
        "paused": issue("paused", 2),
        "free": issue("acknowledged", 6, area="public", location="地下车库 B2"),
    }
    me = person("technician")
    return {
        name: today_views.card(one, COMMUNITY, me, locale, NOW, built_in(one.category_id))
        for name, one in found.items()
    }


def reply_parts(locale: str) -> dict[str, Any]:
    """Replies to choose from, filled in for an issue; and a shelf with what its form had typed wrong."""
    around = replies.Around(reporter=None, shared=Shelf(), own=_OWN)
    file = IssueFile(issue=issue("assigned"), timeline=[], handoffs=[], photos={}, followers=[])
    return {
        "ready": replies.ready(around, file, person("front_line"), locale, COMMUNITY.zone, NOW),
        "shelf": {"of": COMMUNITY.id, "name": COMMUNITY.name, "replies": _OWN.replies},
        "wrong": {"key": _OWN.replies[1].id, "of": COMMUNITY.id, "title": "", "text": _OWN.replies[1].text},
        "max_title": MAX_REPLY_TITLE,
        "max_text": MAX_REPLY_TEXT,
    }
