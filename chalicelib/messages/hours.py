"""When people of a community are left alone, and how often staff may be told: by its service levels."""

from datetime import datetime

from chalicelib.due.plan import levels_for
from chalicelib.portal import Portal
from chalicelib.service_levels.models import QuietHours
from chalicelib.service_levels.policy import DEFAULT_POLICY
from chalicelib.service_levels.rules import in_force


def quiet_hours(portal: Portal, community_id: str, now: datetime) -> QuietHours:
    """The quiet hours that hold in a community now; the defaults for whoever belongs to none."""
    if not community_id:
        return DEFAULT_POLICY.quiet
    return in_force(levels_for(portal, community_id).policies, now).policy.quiet
