"""All pages of rewards: each declares its routes as it is imported, and app.py registers them."""

from chalicelib.rewards import catalogue_pages, pages, use_pages  # noqa: F401
from chalicelib.rewards.page_routes import routes

__all__ = ["routes"]
