"""The service levels by which a community's complaints are timed."""

from chalicelib.communities import store as communities
from chalicelib.portal import Portal
from chalicelib.service_levels.models import Levels
from chalicelib.service_levels.policy import default_levels


def of(portal: Portal, community_id: str) -> Levels:
    """What holds in a community: the default calendar in its zone."""
    return default_levels(communities.get(portal.db, community_id).zone_name)
