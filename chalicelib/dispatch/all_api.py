"""All of dispatch over the JSON API: each declares its routes as it is imported, and `features.py` registers them."""

from chalicelib.dispatch import callback_api, cost_api, handover_api, link_api, outage_api  # noqa: F401
from chalicelib.dispatch.api import routes

__all__ = ["routes"]
