"""(c) FastAPI behind Mangum: the same calls by boto3 in plain functions."""

from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from mangum import Mangum

from bench.peers import boto

app = FastAPI()


@app.get("/api/v1/issues/{issue_id}")
def show(issue_id: str) -> dict[str, Any]:
    """One issue."""
    first, *timeline = boto.read("get")
    return {**first, "timeline": timeline}


@app.get("/api/v1/issues")
def own() -> dict[str, Any]:
    """A list of 20."""
    return {"items": boto.read("list")}


@app.post("/api/v1/issues", status_code=201)
def report(body: dict[str, Any]) -> dict[str, Any]:
    """A transaction."""
    return {"id": boto.write("transaction")}


@app.get("/issues", response_class=HTMLResponse)
def page() -> str:
    """A page of 20 rows."""
    from bench.peers.page import rendered  # only this case needs Jinja2

    return rendered(boto.read("page"))


handler = Mangum(app, lifespan="off")
