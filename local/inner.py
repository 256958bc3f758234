"""Requests of the engine's wrapper to the engine itself, in the same process."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.wire import Json

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Message, Receive, Send], Awaitable[None]]

_REGION = "us-east-1"
_HOST = "engine.local"


class EngineRefusedError(Exception):
    """The engine turned down a request that the log or this wrapper made."""


async def call(app: Asgi, scope: Message, body: bytes) -> list[Message]:
    """The messages with which an ASGI app answers a whole request."""
    sent: list[Message] = []
    incoming = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return incoming.pop() if incoming else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent


class InnerClient:
    """Makes requests of its own to the engine, signed with the root key."""

    def __init__(self, app: Asgi, access_key: str, secret_key: str) -> None:
        self._app = app
        self._signer = SigV4Auth(Credentials(access_key, secret_key), "dynamodb", _REGION)

    async def request(self, operation: str, body: Json) -> Json:
        """The answer to one DynamoDB operation; raises EngineRefusedError when it fails."""
        data = json.dumps(body).encode()
        headers = {"Host": _HOST, "X-Amz-Target": f"DynamoDB_20120810.{operation}"}
        request = AWSRequest("POST", f"http://{_HOST}/", data=data, headers=headers)
        self._signer.add_auth(request)
        sent = await call(self._app, _scope(request.headers.items()), data)
        answer = b"".join(message.get("body", b"") for message in sent)
        if sent[0]["status"] != 200:
            raise EngineRefusedError(f"{operation}: {answer.decode()}")
        result: Json = json.loads(answer)
        return result


def _scope(headers: Any) -> Message:
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "method": "POST",
        "path": "/", "raw_path": b"/", "query_string": b"", "client": ("127.0.0.1", 0), "server": (_HOST, 80),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
    }  # fmt: skip
