"""What the rest of the portal hears when the store is slow, away, or wrongly set up."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from chalicelib.errors import Unavailable
from chalicelib.storage import Storage
from tests.factories_photos import make_storage


def _failing(storage: Storage, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(storage.client, "_make_api_call", fail)


def _client_error(code: str, status: int) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        "GetObject",
    )


@pytest.mark.parametrize(
    "error",
    [
        _client_error("InternalError", 500),
        _client_error("SlowDown", 503),
        _client_error("TooManyRequests", 429),
        _client_error("RequestTimeout", 400),
        ReadTimeoutError(endpoint_url="http://store.example"),
        ConnectTimeoutError(endpoint_url="http://store.example"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_store_that_is_busy_or_away_is_unavailable(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = make_storage()
    _failing(storage, error, monkeypatch)
    calls: list[Callable[[], object]] = [
        lambda: storage.read("k", 1),
        lambda: storage.write("k", b"", "t", "c"),
        lambda: storage.delete("k"),
        lambda: storage.list("k", 1),
    ]
    for call in calls:
        with pytest.raises(Unavailable):
            call()


def test_a_deletion_that_the_store_did_not_do_is_not_taken_for_done(monkeypatch: pytest.MonkeyPatch) -> None:
    storage = make_storage()
    refused = {"Errors": [{"Key": "k", "Code": "InternalError"}]}
    monkeypatch.setattr(storage.client, "_make_api_call", lambda *_, **__: refused)
    with pytest.raises(Unavailable):
        storage.delete("k", "l")


def test_a_wrong_setup_is_not_hidden_as_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    storage = make_storage()
    _failing(storage, _client_error("AccessDenied", 403), monkeypatch)
    with pytest.raises(ClientError):
        storage.read("k", 1)


def test_nothing_listening_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        make_storage(endpoint_url="http://127.0.0.1:9").read("k", 1)
