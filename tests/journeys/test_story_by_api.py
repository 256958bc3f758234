"""The same story as an app of the company's own tells it: over the JSON API only."""

from pathlib import Path
from typing import Any

import httpx

from tests.journeys.pictures import fetched, phone_photos, upload
from tests.journeys.running import CLERK, TECHNICIAN, Running

TYPES = {".jpg": "image/jpeg", ".heic": "image/heic"}


def sent(api: httpx.Client, photo: Path) -> str:
    """Upload a photo; gives back its id."""
    done = upload(api, photo.read_bytes(), TYPES[photo.suffix.lower()])
    assert done["status"] == "ready", done
    return str(done["id"])


def move(api: httpx.Client, issue: dict[str, Any], to: str, **more: Any) -> dict[str, Any]:
    """Take a step at the desk."""
    body = {"to": to, "version": issue["version"], **more}
    return dict(api.post(f"desk/issues/{issue['id']}/transition", json=body).json())


def test_the_whole_story_can_be_told_over_the_api(running: Running, tmp_path: Path) -> None:
    photos = phone_photos(tmp_path)
    owner, clerk = running.api(running.new_owner()), running.api(CLERK)
    technician = running.api(TECHNICIAN)
    me = owner.get("me").json()
    photo_ids = [sent(owner, photo) for photo in photos]
    body = {
        "unit_id": me["units"][0]["id"],
        "category_id": "plumbing",
        "description": "水龙头关不紧",
        "photo_ids": photo_ids,
    }
    key = {"Idempotency-Key": "api-story-1"}
    issue = owner.post("issues", json=body, headers=key).json()
    assert owner.post("issues", json=body, headers=key).json() == issue
    assert [photo["id"] for photo in issue["photos"]] == photo_ids

    issue = move(clerk, issue, "acknowledged")
    to = {"assignee_id": technician.get("me").json()["id"], "version": issue["version"]}
    issue = clerk.post(f"desk/issues/{issue['id']}/assign", json=to).json()
    issue = move(technician, issue, "in_progress")
    proof = sent(technician, photos[1])
    issue = move(technician, issue, "resolved", note="换了阀芯", photo_ids=[proof])

    seen = owner.get(f"issues/{issue['id']}").json()
    assert [row["to"] for row in seen["timeline"] if row["kind"] in ("status", "assigned")] == [
        "submitted", "acknowledged", "assigned", "in_progress", "resolved",
    ]  # fmt: skip
    assert fetched(seen["timeline"][-1]["photos"][0]["urls"]["full"]).size[0] > 0
    closed = owner.post(f"issues/{issue['id']}/confirm", json={"version": seen["version"]}).json()
    assert closed["status"] == "closed"
    marks = {"professionalism": 5, "attitude": 4, "efficiency": 3, "comment": "很好"}
    rating = owner.put(f"issues/{issue['id']}/rating", json=marks).json()
    assert marks.items() <= rating.items()
