"""The forms by which neighbours follow an issue instead of reporting it again, and cease to."""

import contextlib

from chalice.app import Response

from chalicelib.answers import flash_words
from chalicelib.errors import N_, IllegalTransition, NotFound, TooLarge
from chalicelib.ids import is_id
from chalicelib.issues import drafts, following
from chalicelib.issues.drafts import Draft
from chalicelib.pages import go, keep_form
from chalicelib.routes import Routes
from chalicelib.web import SIGNED_IN, Call, url

routes = Routes(__name__, "issues")
FOLLOWED = flash_words(
    "followed",
    "success",
    N_("You follow it now. You get every message about it: who comes, when, and when it is fixed."),
)
FOLLOWED_WITH_WORDS = flash_words(
    "followed_with_words",
    "success",
    N_(
        "You follow it now and get every message about it. What you wrote is below: send it along if it says more."
    ),
)
OWN = flash_words(
    "follow_own", "info", N_("You reported this yourself: you get every message about it anyway.")
)
OVER = flash_words(
    "follow_over",
    "info",
    N_("The work on that one has ended meanwhile. If you still see the fault, please send your report."),
)
UNFOLLOWED = flash_words(
    "unfollowed",
    "success",
    N_("You don't follow it any more, and you get no more messages. Work on it continues."),
)


@routes.form(
    "/issues/{issue_id}/follow", SIGNED_IN, "Follow instead of reporting again", on="/issues/{issue_id}"
)
def follow(call: Call, issue_id: str) -> Response:
    """Follow a neighbour's issue; a draft that led here has come to its end, and its words come along."""
    draft_id = call.field("draft_id")
    try:
        file, _ = following.follow(call.portal, call.person, issue_id, None, call.now)
    except IllegalTransition:
        return go(url(f"/issues/new/{draft_id}" if is_id(draft_id) else "/issues"), OVER)
    if file.issue.reporter.id == call.person.id:
        return go(url(f"/issues/{issue_id}"), OWN)
    with contextlib.suppress(NotFound):  # no draft, or one that is gone
        draft = drafts.get(call.portal, call.person, draft_id)
        return _with_words(call, issue_id, draft)
    return go(url(f"/issues/{issue_id}"), FOLLOWED)


def _with_words(call: Call, issue_id: str, draft: Draft) -> Response:
    """Put what was typed, and the photos, into the box for a message about the issue that is followed."""
    if draft.issue_id:
        return go(url(f"/issues/{draft.issue_id}"), FOLLOWED)
    path = url(f"/issues/{issue_id}")
    words = {"text": [draft.report.description], "photo_ids": draft.report.photo_ids}
    with contextlib.suppress(TooLarge):
        keep_form(call.portal.db, call.portal.keys, call.person.id, path, words, call.now)
    drafts.settle(call.portal, call.person, draft.id, issue_id, call.now)
    return go(url(f"/issues/{issue_id}", kept=1, again=1), FOLLOWED_WITH_WORDS)


@routes.form("/issues/{issue_id}/unfollow", SIGNED_IN, "Stop following", on="/issues/{issue_id}")
def unfollow(call: Call, issue_id: str) -> Response:
    """Cease to follow."""
    following.unfollow(call.portal, call.person, issue_id, call.now)
    return go(url("/issues"), UNFOLLOWED)
