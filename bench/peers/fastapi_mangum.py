"""(c) FastAPI behind Mangum, over the same calls."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from mangum import Mangum

from bench.peers.boto import page, read
from bench.peers.rows import row_of

app = FastAPI()


def _row(request: Request) -> str:
    return row_of(request.scope["aws.event"])


async def _json(request: Request) -> dict[str, Any]:
    return {"items": read(_row(request))}


async def _page(request: Request) -> HTMLResponse:
    return HTMLResponse(page(_row(request)))


app.get("/api/v1/issues/{issue_id}")(_json)
app.get("/api/v1/issues")(_json)
app.get("/api/v1/desk/issues")(_json)
app.post("/api/v1/desk/issues/{issue_id}/transition")(_json)
app.get("/issues")(_page)
app.get("/desk")(_page)
handler = Mangum(app, lifespan="off")
