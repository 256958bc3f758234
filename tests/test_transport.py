"""How requests reach the table: connections kept, failures and signatures as botocore's."""

import json
import socket
import threading
import zlib
from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.session import Session

from chalicelib import aws, table_client, transport
from chalicelib.conditions import Attr
from chalicelib.db import Check, Db, K
from chalicelib.errors import Unavailable
from chalicelib.signing import Signer
from chalicelib.transport import Transport
from tests.factories import NOW

KEYS = ("AKIDEXAMPLE", "secret", None)
FOUND = b'{"Item": {"PK": {"S": "P"}, "SK": {"S": "A"}, "n": {"N": "7"}}}'


def answered(body: bytes, status: str = "200 OK", more: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode() + body


class Server:
    """Answers each request with the next of `answers`; one that is None closes the connection without a word."""

    def __init__(self) -> None:
        self.answers: list[bytes | None] = []
        self.requests: list[bytes] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            while head := b"".join(iter(lines.readline, b"\r\n")) if lines.peek(1) else b"":
                length = next(
                    int(line[15:])
                    for line in head.lower().splitlines()
                    if line.startswith(b"content-length:")
                )
                self.requests.append(head + lines.read(length))
                answer = self.answers.pop(0)
                if answer is None:
                    return
                connection.sendall(answer)
                if b"onnection: close" in answer or b"Content-Length" not in answer:
                    return

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def server() -> Iterator[Server]:
    started = Server()
    yield started
    started.close()


@pytest.fixture
def db(server: Server) -> Iterator[Db]:
    """A table behind that server, by the client that Lambda has, but for waiting between tries."""
    session = Session()
    session.set_credentials(*KEYS)
    once: Any = {"mode": "standard", "total_max_attempts": 1}
    with closing(table_client.connect("us-east-1", server.url, session, retries=once)) as client:
        yield Db(client, "portal", sleep=lambda _: None)


def _transport(url: str) -> Transport:
    return Transport("dynamodb", url, "us-east-1", lambda: KEYS, lambda: "")


def _request(url: str) -> Any:
    headers = {"X-Amz-Target": b"DynamoDB_20120810.GetItem", "Content-Type": "x", "Content-Length": "2"}
    return SimpleNamespace(url=url, headers=headers, body=b"{}")


def test_an_answer_is_read_and_the_connection_kept(server: Server, db: Db) -> None:
    server.answers = [answered(FOUND, more=f"x-amz-crc32: {zlib.crc32(FOUND)}\r\n"), answered(b"{}")]
    assert db.get(K("P", "A")) == {"PK": "P", "SK": "A", "n": 7}
    assert db.get(K("P", "B")) is None
    assert server.connections == 1
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert b"x-amz-target: DynamoDB_20120810.GetItem" in server.requests[0]
    assert head.count(b"authorization: AWS4-HMAC-SHA256") + body.count(b"authorization") == 1


def test_an_answer_in_many_pieces_is_put_together(server: Server) -> None:
    body = json.dumps({"Item": {"t": {"S": "长" * 200_000}}}).encode()
    server.answers = [answered(body)]
    assert _transport(server.url).send(_request(server.url)).content == body


def test_a_connection_that_was_closed_meanwhile_is_not_used_again(server: Server, db: Db) -> None:
    server.answers = [answered(b"{}", more="Connection: close\r\n"), answered(b"{}"), None, answered(b"{}")]
    db.get(K("P", "A"))
    db.get(K("P", "A"))
    assert server.connections == 2
    with pytest.raises(Unavailable):
        db.get(K("P", "A"))
    db.get(K("P", "A"))
    assert server.connections == 3


def test_a_connection_closed_while_idle_is_noticed_before_it_is_used(server: Server) -> None:
    wire = _transport(server.url)
    near, far = socket.socketpair()
    wire._idle.append(near)
    far.close()
    server.answers = [answered(b"{}")]
    assert wire.send(_request(server.url)).status_code == 200
    assert near.fileno() == -1


def test_an_error_comes_with_its_code_and_the_reasons_of_each_part(server: Server, db: Db) -> None:
    reasons = [{"Code": "ValidationError", "Message": "no"}, {"Code": "None"}]
    body = json.dumps({"__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException", "message": "x",
                       "CancellationReasons": reasons}).encode()  # fmt: skip
    server.answers = [answered(body, "400 Bad Request", "x-amzn-RequestId: R1\r\n")]
    with pytest.raises(ClientError) as raised:
        db.write(Check(K("P", "A"), Attr("n").eq(1)))
    answer: Any = raised.value.response
    assert answer["Error"]["Code"] == "TransactionCanceledException"
    assert answer["CancellationReasons"] == reasons
    assert answer["ResponseMetadata"]["RequestId"] == "R1"


@pytest.mark.parametrize("code", ["ThrottlingException", "ProvisionedThroughputExceededException"])
def test_a_table_that_throttles_is_away(server: Server, db: Db, code: str) -> None:
    server.answers = [answered(json.dumps({"__type": f"x#{code}"}).encode(), "400 Bad Request")]
    with pytest.raises(Unavailable):
        db.get(K("P", "A"))


@pytest.mark.parametrize(
    "broken",
    [None, b"HTTP/1.1 200 OK\r\n\r\n{}", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
     b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{}"],
)  # fmt: skip
def test_what_is_no_whole_answer_counts_as_a_closed_connection(server: Server, broken: bytes | None) -> None:
    server.answers = [broken]
    with pytest.raises(ConnectionClosedError):
        _transport(server.url).send(_request(server.url))


def test_a_table_that_nobody_answers_for_is_told_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        monkeypatch.setattr(transport, "READ_TIMEOUT_S", 0.01)
        with pytest.raises(ReadTimeoutError):
            _transport(url).send(_request(url))
    with pytest.raises(EndpointConnectionError):
        _transport(url).send(_request(url))


def test_a_connection_that_does_not_come_about_in_time_is_told_by_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def late(*_: object) -> socket.socket:
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", late)
    with pytest.raises(ConnectTimeoutError):
        _transport("https://dynamodb.us-east-1.amazonaws.com").send(_request("https://x"))


def test_without_credentials_nothing_is_sent(server: Server) -> None:
    with pytest.raises(NoCredentialsError):
        Transport("dynamodb", server.url, "us-east-1", lambda: None, lambda: "").send(_request(server.url))
    assert server.requests == []


@pytest.mark.parametrize("token", [None, "session-token"])
def test_calls_carry_the_signature_that_botocore_makes(
    token: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: NOW.replace(tzinfo=None))
    headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810.Query"}
    theirs = AWSRequest("POST", "https://dynamodb.cn-north-1.amazonaws.com.cn/", headers, data=b'{"a": 1}')
    SigV4Auth(Credentials("AKID", "secret", token), "dynamodb", "cn-north-1").add_auth(theirs)
    lower = {name.lower(): value for name, value in headers.items()}
    ours = Signer("AKID", "secret", token, "cn-north-1", "dynamodb").signed(
        {**lower, "host": "dynamodb.cn-north-1.amazonaws.com.cn"}, b'{"a": 1}', NOW
    )
    assert ours["authorization"] == theirs.headers["Authorization"]


def test_through_a_proxy_botocore_finds_the_way_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "https://dynamodb.us-east-1.amazonaws.com"
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert aws.transport("dynamodb", "us-east-1", url) is None
    client: Any = table_client.connect("us-east-1", url)
    assert type(client).__module__ == "botocore.client"
    monkeypatch.setenv("NO_PROXY", "*")
    assert aws.transport("dynamodb", "us-east-1", url) is not None


def test_many_threads_have_a_connection_each(server: Server) -> None:
    wire = _transport(server.url)
    server.answers = [answered(b"{}")] * 40
    failed: list[Exception] = []

    def ask() -> None:
        try:
            for _ in range(10):
                assert wire.send(_request(server.url)).content == b"{}"
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert server.connections <= 4


def test_a_first_try_that_failed_is_tried_again_by_botocore_and_sent_no_more_often(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("botocore.endpoint.time.sleep", waits.append)
    session = Session()
    session.set_credentials(*KEYS)
    client = table_client.connect("us-east-1", server.url, session)
    db = Db(client, "portal")
    throttled = answered(b'{"__type": "x#ThrottlingException"}', "400 Bad Request")
    garbled = answered(FOUND, more=f"x-amz-crc32: {zlib.crc32(FOUND) + 1}\r\n")
    for first in (throttled, None, answered(b"{}", "500 Oops"), garbled):
        server.requests.clear()
        server.answers = [first, answered(FOUND)]
        assert db.get(K("P", "A")) == {"PK": "P", "SK": "A", "n": 7}
        assert len(server.requests) == 2
    assert len(waits) == 4
    server.requests.clear()
    server.answers = [throttled] * 4
    with pytest.raises(Unavailable):
        db.get(K("P", "A"))
    assert len(server.requests) == 4  # the first and three more
    client.close()
