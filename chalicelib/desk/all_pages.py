"""All pages of the desk: each declares its routes as it is imported, and app.py registers them."""

from chalicelib.desk import (  # noqa: F401
    alert_pages,
    bulk_pages,
    import_pages,
    live_pages,
    pages,
    queue_pages,
    reply_pages,
    risk_pages,
    today_pages,
)
from chalicelib.desk.page_routes import routes

__all__ = ["routes"]
