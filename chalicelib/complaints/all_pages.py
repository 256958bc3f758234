"""All pages of complaints: each declares its routes as it is imported, and app.py registers them."""

from chalicelib.complaints import desk_pages, ledger_pages, pages  # noqa: F401
from chalicelib.complaints.page_routes import routes

__all__ = ["routes"]
