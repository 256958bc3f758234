"""All pages of owners: each declares its routes as it is imported, and app.py registers them."""

from chalicelib.issues import emergency_pages, follow_pages, pages, report_pages  # noqa: F401
from chalicelib.issues.page_routes import routes

__all__ = ["routes"]
