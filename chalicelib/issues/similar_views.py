"""What neighbours have reported already, as cards that a page offers to follow."""

from typing import Any

from chalicelib.issues import following, page_views
from chalicelib.issues.models import FindSimilar
from chalicelib.web import Call


def cards(
    call: Call, community_id: str, category_id: str, place_id: str | None, location: str | None
) -> list[dict[str, Any]]:
    """Open issues of the category at the place; none for somebody who has no home in the community."""
    asked = FindSimilar(
        community_id=community_id, category_id=category_id, place_id=place_id, location=location or ""
    )
    found = following.similar(call.portal, call.person, asked)
    return [page_views.card(one.issue, call.locale, call.now, one.relation) for one in found]
