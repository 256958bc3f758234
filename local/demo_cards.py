"""What the demo's technician can do and when they work, so that proposals have something to go by."""

from datetime import datetime, timedelta

from chalicelib.accounts.models import Person
from chalicelib.communities import store as communities
from chalicelib.dispatch import service
from chalicelib.dispatch.models import SaveRules, SaveWorker
from chalicelib.portal import Portal

_SKILLS = ["plumbing", "electrical", "lift", "doors", "public"]


def write(home: Portal, manager: Person, now: datetime) -> None:
    """A card for everybody who repairs in the manager's community, and its buildings' order."""
    until = (now + timedelta(days=400)).date().isoformat()
    (community_id,) = manager.communities(service.MANAGER)
    for one in communities.staff(home.db, home.keys, community_id):
        if "technician" in one.roles:
            body = SaveWorker.model_validate(
                {
                    "community_id": community_id,
                    "version": 0,
                    "skills": _SKILLS,
                    "certificates": [
                        {"kind": kind, "valid_until": until} for kind in ("electrician", "lift")
                    ],
                    "shifts": [{"day": day, "start": "08:00", "end": "18:00"} for day in range(7)],
                }
            )
            service.save_worker(home, manager, one.id, body, now)
    service.save_rules(home, manager, community_id, SaveRules(version=0, order=["1", "2", "3"]), now)
