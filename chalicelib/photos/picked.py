"""Photos that were uploaded for a form which is not sent yet, as its picker shows them."""

from typing import Any

from chalicelib.ids import is_id
from chalicelib.photos import service, store
from chalicelib.web import Call

_MOST = 9


def picked(call: Call, photo_ids: list[str]) -> list[dict[str, Any]]:
    """Those that are this person's and can be used, in their order: one round trip where there are any."""
    ids = [photo_id for photo_id in dict.fromkeys(photo_ids) if is_id(photo_id)][:_MOST]
    rows = call.portal.db.batch_get([store.photo_key(one) for one in ids]) if ids else []
    mine = [row for row in rows if row and row["owner_id"] == call.person.id and row["status"] != "rejected"]
    free = [row for row in mine if not row.get("issue_id") and not row.get("complaint_id")]
    views = [service.view(call.portal, row, call.storage_origin, call.now) for row in free]
    return [{**one.model_dump(), "mine": True, "alt": ""} for one in views]
