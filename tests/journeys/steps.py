"""Steps of a story over the API, for journeys that begin somewhere in the middle."""

import itertools
from typing import Any

from tests.journeys.running import CLERK, MANAGER, TECHNICIAN, Running

_KEYS = itertools.count()


def report(
    portal: Running, phone: str, *, category: str = "noise", text: str = "楼上很吵", **more: Any
) -> str:
    """Report an issue; gives back its id."""
    with portal.api(phone) as api:
        unit = api.get("me").json()["units"][0]["id"]
        body = {"unit_id": unit, "category_id": category, "description": text, **more}
        key = {"Idempotency-Key": f"journeys-{next(_KEYS):08d}"}
        return str(api.post("issues", json=body, headers=key).json()["id"])


def see(portal: Running, phone: str, issue_id: str) -> dict[str, Any]:
    """An issue as its owner sees it."""
    with portal.api(phone) as api:
        return dict(api.get(f"issues/{issue_id}").json())


def move(portal: Running, phone: str, issue_id: str, to: str, **more: Any) -> None:
    """A step at the desk."""
    with portal.api(phone) as api:
        version = api.get(f"desk/issues/{issue_id}").json()["version"]
        api.post(f"desk/issues/{issue_id}/transition", json={"to": to, "version": version, **more})


def assign(portal: Running, issue_id: str, to: str = TECHNICIAN) -> None:
    """The front desk reads it and gives it to somebody."""
    with portal.api(CLERK) as clerk, portal.api(to) as other:
        issue = clerk.get(f"desk/issues/{issue_id}").json()
        if issue["status"] == "submitted":
            step = {"to": "acknowledged", "version": issue["version"]}
            issue = clerk.post(f"desk/issues/{issue_id}/transition", json=step).json()
        body = {"assignee_id": other.get("me").json()["id"], "version": issue["version"]}
        clerk.post(f"desk/issues/{issue_id}/assign", json=body)


def fix(portal: Running, issue_id: str, **more: Any) -> None:
    """The whole way to "fixed, please confirm"."""
    assign(portal, issue_id)
    move(portal, TECHNICIAN, issue_id, "in_progress")
    move(portal, TECHNICIAN, issue_id, "resolved", **({"note": "修好了"} | more))


def statuses(issue: dict[str, Any]) -> list[str]:
    """The states that an issue has been in, as its timeline tells."""
    return [row["to"] for row in issue["timeline"] if row["kind"] in ("status", "assigned")]


def complain(
    portal: Running, phone: str, text: str, category: str = "service", *, kind: str = "complaint", **more: Any
) -> str:
    """Send a complaint, a suggestion or praise; gives back its id."""
    with portal.api(phone) as api:
        unit = api.get("me").json()["units"][0]["id"]
        body = {"kind": kind, "category": category, "content": text, "unit_id": unit, **more}
        return str(api.post("complaints", json=body).json()["id"])


def handle(portal: Running, complaint_id: str, do: str) -> None:
    """A manager's step on a complaint."""
    with portal.api(MANAGER) as api:
        version = api.get(f"desk/complaints/{complaint_id}").json()["version"]
        words = {"text": "经调查情况属实，是我们安排不当。", "decision": "已调整排班，并加强培训。"}
        api.post(f"desk/complaints/{complaint_id}/step", json={"step": do, "version": version, **words})
