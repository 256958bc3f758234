"""The WSGI bridge with a toy app, over real connections."""

import gzip
import http.client
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from chalice.app import Chalice, MultiDict, Response

from local.bridge import Bridge
from tests.local.serving import connected, served


def toy_app() -> Chalice:
    app = Chalice(app_name="toy")
    forms = ["application/json", "text/plain", "application/octet-stream"]

    @app.route("/things/{name}", methods=["GET", "POST"], content_types=forms)
    def thing(name: str) -> Response:
        request = app.current_request
        assert request is not None
        query = request.query_params or MultiDict({})
        names = {key: query.getlist(key) for key in query}
        body = request.raw_body if isinstance(request.raw_body, bytes) else request.raw_body.encode()
        seen = {"name": name, "query": names, "size": len(body), "body": body[:20].hex()}
        seen |= {"headers": dict(request.headers), "context": request.context}
        return Response(seen, headers={"Set-Cookie": ["a=1", "b=2"], "Content-Type": "application/json"})

    @app.route("/things/new")
    def new() -> dict[str, str]:
        return {"fixed": "yes"}

    @app.route("/long")
    def long() -> Response:
        return Response("字" * 2000, headers={"Content-Type": "text/html; charset=utf-8"})

    @app.route("/picture")
    def picture() -> Response:
        return Response(b"\x89PNG\x00" * 500, headers={"Content-Type": "image/png"})

    @app.route("/empty", methods=["DELETE"])
    def empty() -> Response:
        return Response("", status_code=204)

    return app


def plain_fallback(event: dict[str, Any], status: int) -> Response:
    return Response(
        f"{status} for {event['path']}", status_code=status, headers={"Content-Type": "text/plain"}
    )


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served(Bridge(toy_app(), plain_fallback)) as number:
        yield number


@pytest.fixture
def connection(port: int) -> Iterator[http.client.HTTPConnection]:
    with connected(port) as made:
        yield made


def ask(
    connection: http.client.HTTPConnection, method: str, path: str, body: Any = None, **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, named)
    answer = connection.getresponse()
    return answer, answer.read()


def seen(connection: http.client.HTTPConnection, *arguments: Any, **headers: str) -> Any:
    answer, body = ask(connection, *arguments, **headers)
    assert answer.status == 200
    return json.loads(body)


def test_path_parameters_are_decoded_even_slashes(connection: http.client.HTTPConnection) -> None:
    assert seen(connection, "GET", "/things/%E6%9D%8E%2F%20x+y")["name"] == "李/ x+y"


def test_fixed_segments_win_over_parameters(connection: http.client.HTTPConnection) -> None:
    assert seen(connection, "GET", "/things/new") == {"fixed": "yes"}
    assert seen(connection, "GET", "/things/news")["name"] == "news"


def test_a_trailing_slash_makes_no_difference(connection: http.client.HTTPConnection) -> None:
    assert seen(connection, "GET", "/things/new/") == {"fixed": "yes"}


def test_query_values_keep_their_order_and_emptiness(connection: http.client.HTTPConnection) -> None:
    query = seen(connection, "GET", "/things/x?a=1&a=%E4%BD%A0&b=")["query"]
    assert query == {"a": ["1", "你"], "b": [""]}


def test_a_query_that_is_no_utf8_harms_nothing(connection: http.client.HTTPConnection) -> None:
    assert seen(connection, "GET", "/things/x?a=%ff")["query"] == {"a": ["�"]}


def test_several_cookies_stay_several_headers(connection: http.client.HTTPConnection) -> None:
    answer, _ = ask(connection, "GET", "/things/x")
    assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]


def test_the_caller_and_a_fresh_request_id_are_in_the_context(connection: http.client.HTTPConnection) -> None:
    contexts = [seen(connection, "GET", "/things/x", X_Forwarded_For="9.9.9.9")["context"] for _ in "12"]
    assert contexts[0]["identity"]["sourceIp"] == "127.0.0.1"
    assert contexts[0]["requestId"] != contexts[1]["requestId"]
    assert contexts[0]["resourcePath"] == "/things/{name}"


def test_a_chunked_body_arrives_whole(connection: http.client.HTTPConnection) -> None:
    parts = iter([b"ab", b"c" * 70_000, b"d"])
    headers = {"Content-Type": "text/plain", "Transfer-Encoding": "chunked"}
    connection.request("POST", "/things/x", parts, headers, encode_chunked=True)
    assert json.loads(connection.getresponse().read())["size"] == 70_003


def test_bytes_that_are_no_text_arrive_unchanged(connection: http.client.HTTPConnection) -> None:
    for kind in ("application/octet-stream", "application/json"):
        answer = seen(connection, "POST", "/things/x", b"\x00\xff\xfe", Content_Type=kind)
        assert answer["body"] == "00fffe"


def test_a_body_over_ten_megabytes_is_refused_as_a_problem(connection: http.client.HTTPConnection) -> None:
    body = b"x" * (10 * 1024 * 1024 + 1)
    answer, text = ask(connection, "POST", "/things/x", body, Content_Type="text/plain")
    assert answer.status == 413
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert json.loads(text)["status"] == 413
    accepted = seen(connection, "POST", "/things/x", body[:-1], Content_Type="text/plain")
    assert accepted["size"] == 10 * 1024 * 1024


def test_head_is_a_get_without_its_body(connection: http.client.HTTPConnection) -> None:
    answer, body = ask(connection, "HEAD", "/long", Accept_Encoding="identity")
    assert (answer.status, body, answer.headers["Content-Length"]) == (200, b"", "6000")
    assert ask(connection, "GET", "/long")[0].status == 200, "the connection is still good"


def test_an_unknown_path_goes_to_the_fallback(connection: http.client.HTTPConnection) -> None:
    for path in (
        "/nothing",
        "/things",
        "/things/a/b",
        "/things//",
        "/things/%ff",
        "//things/x",
        "/" + "x" * 5000,
    ):
        answer, body = ask(connection, "GET", path)
        assert answer.status == 404
        assert body.startswith(b"404 for /")


def test_a_wrong_method_is_405_and_says_which_are_right(connection: http.client.HTTPConnection) -> None:
    for method in ("PUT", "OPTIONS", "DELETE", "BREW"):
        answer, _ = ask(connection, method, "/things/x")
        assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, POST")


def test_long_text_is_compressed_for_who_takes_it(connection: http.client.HTTPConnection) -> None:
    answer, body = ask(connection, "GET", "/long", Accept_Encoding="br, gzip;q=0.8")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(body).decode() == "字" * 2000
    for accepted in ("identity", "gzip;q=0"):
        answer, body = ask(connection, "GET", "/long", Accept_Encoding=accepted)
        assert "Content-Encoding" not in answer.headers
        assert answer.headers["Vary"] == "Accept-Encoding"


def test_pictures_come_as_bytes_and_uncompressed(connection: http.client.HTTPConnection) -> None:
    answer, body = ask(connection, "GET", "/picture", Accept="image/png", Accept_Encoding="gzip")
    assert body == b"\x89PNG\x00" * 500
    assert "Content-Encoding" not in answer.headers


def test_an_answer_without_content_has_none(connection: http.client.HTTPConnection) -> None:
    answer, body = ask(connection, "DELETE", "/empty")
    assert (answer.status, body) == (204, b"")
    assert "Content-Length" not in answer.headers


def test_each_of_many_callers_gets_its_own_answer(port: int) -> None:
    def one(number: int) -> None:
        with connected(port) as own:
            for _ in range(10):
                assert seen(own, "GET", f"/things/n{number}")["name"] == f"n{number}"

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(one, range(16)))


def test_what_is_no_http_gets_a_problem_and_the_door(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nContent-Length: nonsense\r\n\r\n")
        answer = raw.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in answer
