"""(b) Powertools for AWS Lambda: its REST resolver around the same calls by boto3."""

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response

from bench.peers import boto

app = APIGatewayRestResolver()


@app.get("/api/v1/issues/<issue_id>")
def show(issue_id: str) -> dict[str, Any]:
    """One issue."""
    first, *timeline = boto.read("get")
    return {**first, "timeline": timeline}


@app.get("/api/v1/issues")
def own() -> dict[str, Any]:
    """A list of 20."""
    return {"items": boto.read("list")}


@app.post("/api/v1/issues")
def report() -> tuple[dict[str, Any], int]:
    """A transaction."""
    _ = app.current_event.json_body
    return {"id": boto.write("transaction")}, 201


@app.get("/issues")
def page() -> Response[str]:
    """A page of 20 rows."""
    from bench.peers.page import rendered  # only this case needs Jinja2

    return Response(200, "text/html", rendered(boto.read("page")))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one of the four cases."""
    return app.resolve(event, context)
