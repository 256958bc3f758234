"""All pages of consultations: each declares its routes as it is imported, and app.py registers them."""

from chalicelib.consultations import desk_pages, feed_pages, new_pages, pages, plan_pages  # noqa: F401
from chalicelib.consultations.page_routes import routes

__all__ = ["routes"]
