"""All pages of dispatch: each declares its routes as it is imported, and `features.py` registers them."""

from chalicelib.dispatch import (  # noqa: F401
    callback_pages,
    cost_pages,
    handover_pages,
    link_pages,
    outage_pages,
    people_pages,
)
from chalicelib.dispatch.page_routes import routes

__all__ = ["routes"]
