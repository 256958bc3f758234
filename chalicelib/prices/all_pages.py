"""All pages of prices and commitments: each declares its routes as it is imported, and app.py registers them."""

from chalicelib.prices import commitment_desk_pages, commitment_pages, desk_pages, pages  # noqa: F401
from chalicelib.prices.page_routes import routes

__all__ = ["routes"]
