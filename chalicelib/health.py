"""Is the portal there? And the JSON API's own documents."""

import json

from chalice.app import Response

from chalicelib.answers import page
from chalicelib.base import Base
from chalicelib.db import K
from chalicelib.routes import Routes
from chalicelib.web import PUBLIC, Call

routes = Routes(__name__, "none")


class Health(Base):
    """`GET /healthz`"""

    status: str


@routes.api("GET", "/healthz", PUBLIC, "200 only when the table answers", answer=Health)
def healthz(call: Call) -> Health:
    """Ask the table for something; raises Unavailable when it does not answer."""
    call.portal.db.get(K("HEALTH", "HEALTH"))
    return Health(status="ok")


@routes.api("GET", "/api/openapi.json", PUBLIC, "This document")
def openapi(call: Call) -> Response:
    """The OpenAPI document, made from the declared routes."""
    from chalicelib.openapi import document

    return Response(
        json.dumps(document(), ensure_ascii=False), {"Content-Type": "application/json; charset=utf-8"}
    )


@routes.page("/api/docs", PUBLIC, "The API, to read")
def docs(call: Call) -> Response:
    """The OpenAPI document as a page that loads nothing from elsewhere."""
    from chalicelib.openapi import document

    return page(call, "docs.html", {"spec": document()})
