"""The embedded engine: ministack behind a write-through log, so that `kill -9` loses nothing acknowledged.

Every DynamoDB call goes to ministack in this process. After a write, the keys that it touched are read back
and their items handed to the log; the answer leaves when they are on disk, and so does every later read's.
At start the log is replayed as ordinary requests. It speaks DynamoDB's wire JSON only and knows no
internals. S3 requests pass unchanged: ministack writes objects to S3_DATA_DIR before it answers.

Run with the engine's own environment: `.venv-engine/bin/python -m local.engine DATA FD`.
"""

import asyncio
import json
import os
import socket
import sys
from importlib import import_module
from itertools import islice
from pathlib import Path

from local.guard import die_with_parent
from local.inner import Asgi, InnerClient, Message, Receive, Send, call
from local.quicker import remember_checked_conditions
from local.signature import is_signed_link, is_signed_request, may_be_signed_form
from local.wire import DEFINES, WRITES, Json, Place, Tables, definition_changes, is_read
from local.writelog import Change, WriteLog


class DurableEngine:
    """An ASGI app: ministack with its tables kept in a log."""

    def __init__(self, app: Asgi, log: WriteLog, keys: tuple[str, str]) -> None:
        self._app, self._log, self._keys = app, log, keys
        self._inner = InnerClient(app, *keys)
        self._tables = Tables()
        self._applying = asyncio.Lock()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Route one request: table calls through the log, objects straight through, the rest nowhere."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, self._replay_before_start(send))
            return
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope.get("headers", [])
        }
        target = headers.get("x-amz-target", "")
        body = await _read(receive) if target else b""
        if scope["type"] != "http" or not self._permitted(scope, headers, body):
            await _send_all(
                send, _answer(403, "AccessDeniedException", "Only the portal's own key opens this.")
            )
        elif not target.startswith("DynamoDB"):
            await self._app(scope, receive, send)
        else:
            # A caller that hangs up must not stop a write between memory and log.
            call_made = asyncio.ensure_future(self._table_call(target, scope, body))
            await _send_all(send, await asyncio.shield(call_made))

    def _permitted(self, scope: Message, headers: dict[str, str], body: bytes) -> bool:
        method, query = scope["method"], scope["query_string"].decode("latin-1")
        if "authorization" in headers:
            path = scope["raw_path"].decode("latin-1")
            target = f"{path}?{query}" if query else path
            return is_signed_request(self._keys, method, target, headers, body)
        if "x-amz-target" in headers:
            return False
        if method in ("GET", "HEAD"):
            return is_signed_link(self._keys[0], query)
        return may_be_signed_form(method, query, headers)

    async def _table_call(self, target: str, scope: Message, body: bytes) -> list[Message]:
        operation = target.rpartition(".")[2]
        if operation in WRITES or operation in DEFINES or operation == "DeleteTable":
            answer = await self._write(operation, scope, body)
        elif is_read(operation):
            answer = await call(self._app, scope, body)
        else:
            answer = _answer(
                400, "ValidationException", f"The embedded engine does not keep what {operation} changes."
            )
        await self._log.settled()
        return answer

    async def _write(self, operation: str, scope: Message, body: bytes) -> list[Message]:
        """Apply one write and hand its outcome to the log, in one go: the log's order is the engine's."""
        async with self._applying:
            ticket = self._log.begin()
            changes: list[Change] = []
            try:
                answer = await call(self._app, scope, body)
                if answer[0]["status"] == 200:
                    changes = await self._changes(operation, json.loads(body))
            finally:
                self._log.finish(ticket, changes)
        return answer

    async def _changes(self, operation: str, body: Json) -> list[Change]:
        if operation in WRITES:
            return await self._read_back(WRITES[operation](body))
        if operation != "DeleteTable":
            self._tables.learn(operation, body)
        return definition_changes(operation, body)

    async def _read_back(self, places: list[Place]) -> list[Change]:
        """What is now in the places that a write touched; a repeated transaction may have changed none."""
        touched = {(place[0], self._tables.identity(place)): place for place in places}
        asked: dict[str, Json] = {}
        for name, _ in touched:
            asked[name] = {"ConsistentRead": True, "Keys": []}
        for place in touched.values():
            asked[place[0]]["Keys"].append(self._tables.key(place))
        changes = []
        while asked:
            answer = await self._inner.request("BatchGetItem", {"RequestItems": asked})
            found = [(name, item) for name, items in answer["Responses"].items() for item in items]
            for place in found:
                touched.pop((place[0], self._tables.identity(place)))
                changes.append(self._tables.put(place))
            asked = answer.get("UnprocessedKeys") or {}
        return changes + [self._tables.remove(place) for place in touched.values()]

    def _replay_before_start(self, send: Send) -> Send:
        async def wrapped(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                await self._replay()
                self._log.start()
            await send(message)

        return wrapped

    async def _replay(self) -> None:
        """Bring back tables, then items, and only then the streams: replayed items are no news."""
        streams: dict[str, Json] = {}
        for name, operation, text in self._log.definitions():
            body = json.loads(text)
            if stream := body.pop("StreamSpecification", None):
                streams[name] = stream
            if len(body) > 1:
                await self._inner.request(operation, body)
            self._tables.learn(operation, body)
        await self._replay_items()
        for name, stream in streams.items():
            if stream.get("StreamEnabled"):
                await self._inner.request("UpdateTable", {"TableName": name, "StreamSpecification": stream})

    async def _replay_items(self) -> None:
        rows = self._log.items()
        while batch := list(islice(rows, 25)):
            puts: dict[str, list[Json]] = {}
            for name, item in batch:
                puts.setdefault(name, []).append({"PutRequest": {"Item": json.loads(item)}})
            while puts:
                puts = (await self._inner.request("BatchWriteItem", {"RequestItems": puts})).get(
                    "UnprocessedItems"
                ) or {}


async def _read(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _answer(status: int, kind: str, text: str) -> list[Message]:
    body = json.dumps({"__type": kind, "message": text}).encode()
    headers = [(b"content-type", b"application/x-amz-json-1.0"), (b"content-length", str(len(body)).encode())]
    return [
        {"type": "http.response.start", "status": status, "headers": headers},
        {"type": "http.response.body", "body": body},
    ]


async def _send_all(send: Send, messages: list[Message]) -> None:
    for message in messages:
        await send(message)


def _serve(data: Path, descriptor: int) -> None:
    uvicorn = import_module("uvicorn")
    keys = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
    remember_checked_conditions(import_module("ministack.services.dynamodb"))
    log = WriteLog(data / "tables.sqlite")
    config = uvicorn.Config(
        DurableEngine(import_module("ministack.app").app, log, keys),
        http="httptools",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        # The portal's clients keep their connections; closing one under a request would look like a fault.
        timeout_keep_alive=3600,
        timeout_graceful_shutdown=2,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])
    log.close()


if __name__ == "__main__":
    die_with_parent()
    _serve(Path(sys.argv[1]), int(sys.argv[2]))
