"""All pages of decoration projects: each declares its routes as it is imported, and app.py registers them."""

from chalicelib.projects import desk_pages, pages  # noqa: F401
from chalicelib.projects.page_routes import routes

__all__ = ["routes"]
