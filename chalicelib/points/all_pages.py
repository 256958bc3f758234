"""All pages of points: each declares its routes as it is imported, and app.py registers them."""

from chalicelib.points import adjust_pages, desk_pages, pages, rule_pages  # noqa: F401
from chalicelib.points.page_routes import routes

__all__ = ["routes"]
