"""All pages of managers' rules: each declares its routes as it is imported, and app.py registers them."""

from chalicelib.managing import duty_pages, pages, policy_pages, sop_pages  # noqa: F401
from chalicelib.managing.page_routes import routes

__all__ = ["routes"]
