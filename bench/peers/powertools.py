"""(b) AWS Lambda Powertools' resolver, with its logger, over the same calls."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response

from bench.peers.boto import page, read
from bench.peers.rows import is_page, row_of

app = APIGatewayRestResolver()
logger = Logger(service="portal")


def _answer(**ids: str) -> Any:
    row = row_of(app.current_event.raw_event)
    logger.info("request", path=app.current_event.path)
    if is_page(row):
        return Response(200, "text/html", page(row))
    return {"items": read(row)}


app.get("/api/v1/issues/<issue_id>")(_answer)
app.get("/api/v1/issues")(_answer)
app.get("/api/v1/desk/issues")(_answer)
app.post("/api/v1/desk/issues/<issue_id>/transition")(_answer)
app.get("/issues")(_answer)
app.get("/desk")(_answer)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One request."""
    answer: dict[str, Any] = app.resolve(event, context)
    return answer
