"""All pages of referrals: each declares its routes as it is imported, and app.py registers them."""

from chalicelib.referrals import desk_pages, landing_pages, pages  # noqa: F401
from chalicelib.referrals.page_routes import routes

__all__ = ["routes"]
