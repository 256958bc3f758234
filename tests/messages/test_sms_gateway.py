"""The HTTP adapter against a server that fails, is slow, says nothing, says "again"; and what it signs."""

import hashlib
import hmac
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.errors import Unavailable
from chalicelib.messages.adapters.gateway import SmsGateway
from chalicelib.messages.notifier import Message, Refused, Unsure
from chalicelib.messages.settings import Gateway
from tests.factories import NOW
from tests.messages.fake_server import Server, serving

KEYS = {"sms_key": "AK1", "sms_secret": "shh"}
MOMENT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
MESSAGE = Message(
    to="+8613800000001", channel="sms", template="assigned", text="报修1已安排师傅 https://p.example/i/1", at=NOW,
    token="01K.1", values={"number": "20261120-00001", "link": "https://p.example/i/1", "kind": "urgent", "n": "1"},
)  # fmt: skip
OK = (200, {"Response": {"Set": [{"Code": "Ok", "SerialNo": "s-1"}]}})


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as told:
        told.answers = [OK]
        yield told


def _config(url: str, **changes: Any) -> Gateway:
    made = {
        "url": f"{url}/sms",
        "signature_name": "枫林物业",
        "numbers": "national",
        "body": {
            "PhoneNumberSet": ["{phone}"], "SignName": "{signature_name}", "TemplateId": "{template}",
            "TemplateParamSet": "{params_list}", "SessionContext": "{token}",
        },
        "templates": {"sign_in_code": {"zh-CN": "1001"}, "*": {"zh-CN": "1003"}},
        "params": {"sign_in_code": ["{code}"], "*": ["{number}", "{link}"]},
        "headers": {"X-Time": "{time}", "Authorization": "HMAC Credential={key}/{date}, Signature={signature}"},
        "sign": {
            "canonical": "POST\n{path}\n{body_sha256}",
            "text": "HMAC\n{time}\n{date}\n{canonical_sha256}",
            "keys": ["K{secret}", "{date}", "sms"],
        },
        "code_at": "Response.Set.0.Code",
        "id_at": "Response.Set.0.SerialNo",
        "ok": ["Ok"],
        "repeated": ["Repeated"],
        "later": ["LimitExceeded"],
        "timeout_s": 0.3,
    }  # fmt: skip
    return Gateway.model_validate({**made, **changes})


def _send(url: str, message: Message = MESSAGE, **changes: Any) -> str | None:
    return SmsGateway(_config(url, **changes), KEYS, lambda: MOMENT).send(message)


def test_a_template_and_what_goes_into_it_is_sent_and_no_text(server: Server) -> None:
    assert _send(server.url) == "s-1"
    (asked,) = server.asked
    assert asked.json == {
        "PhoneNumberSet": ["13800000001"],
        "SignName": "枫林物业",
        "TemplateId": "1003",
        "TemplateParamSet": ["20261120-00001", "https://p.example/i/1"],
        "SessionContext": "01K.1",
    }


def test_a_request_is_signed_by_a_chain_of_keys_over_the_hash_of_what_is_sent(server: Server) -> None:
    _send(server.url)
    (asked,) = server.asked
    key = b"Kshh"
    for part in (b"2026-11-20", b"sms"):
        key = hmac.digest(key, part, "sha256")
    canonical = f"POST\n/sms\n{hashlib.sha256(asked.body).hexdigest()}"
    stamp = str(int(MOMENT.timestamp()))
    text = f"HMAC\n{stamp}\n2026-11-20\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    wanted = hmac.digest(key, text.encode(), "sha256").hex()
    assert asked.headers["authorization"] == f"HMAC Credential=AK1/2026-11-20, Signature={wanted}"
    assert asked.headers["x-time"] == stamp
    assert b"shh" not in asked.body
    assert not [value for value in asked.headers.values() if "shh" in value]


def test_a_form_with_named_values_is_another_provider_s_way(server: Server) -> None:
    body = {"PhoneNumbers": "{phone}", "TemplateParam": "{params_json}", "OutId": "{token}"}
    sign = {"text": "{body}", "algorithm": "sha1", "encoding": "base64"}
    _send(server.url, encoding="form", numbers="e164", body=body, sign=sign)
    (asked,) = server.asked
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.body.startswith(b"PhoneNumbers=%2B8613800000001&TemplateParam=%7B%22number%22")


def test_a_sign_in_code_has_its_own_template(server: Server) -> None:
    code = replace(MESSAGE, template="sign_in_code", code="123456", values={})
    _send(server.url, code)
    assert server.asked[0].json["TemplateId"] == "1001"
    assert server.asked[0].json["TemplateParamSet"] == ["123456"]


def _answer(code: str) -> tuple[int, Any]:
    return 200, {"Response": {"Set": [{"Code": code}]}}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((503, b""), Unavailable), ((429, b""), Unavailable), (_answer("LimitExceeded"), Unavailable),
        ((500, b""), Unsure), ((502, b"<html>"), Unsure), ((200, b"<html>"), Unsure), ((200, {"x": 1}), Unsure),
        (None, Unsure),
        (_answer("PhoneNumberInBlacklist"), Refused), ((403, {"message": "no"}), Refused), ((400, {}), Refused),
    ],
    ids=str,
)  # fmt: skip
def test_each_answer_says_whether_it_may_be_tried_again(server: Server, answer: Any, error: type) -> None:
    server.answers = [answer]
    with pytest.raises(Unavailable) as raised:
        _send(server.url)
    assert type(raised.value) is error


def test_a_refusal_keeps_the_provider_s_word(server: Server) -> None:
    server.answers = [_answer("PhoneNumberInBlacklist")]
    with pytest.raises(Refused) as raised:
        _send(server.url)
    assert raised.value.reason == "PhoneNumberInBlacklist"


def test_a_repeated_message_was_sent(server: Server) -> None:
    server.answers = [_answer("Repeated")]
    assert _send(server.url) is None


def test_a_slow_answer_may_be_a_message_that_went_out(server: Server) -> None:
    server.slow = threading.Event()
    with pytest.raises(Unsure):
        _send(server.url)


def test_a_server_that_is_not_there_got_nothing() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(Unavailable) as raised:
            _send(f"http://127.0.0.1:{nobody.getsockname()[1]}")
    assert type(raised.value) is Unavailable


def test_a_language_without_a_template_is_refused_before_anything_is_sent(server: Server) -> None:
    with pytest.raises(Refused):
        _send(server.url, replace(MESSAGE, locale="en"))
    assert server.asked == []


@pytest.mark.parametrize(
    "wrong", [{"code_at": None}, {"urls": "x"}, {"sign": {"text": "x", "algorithm": "md5"}}]
)
def test_a_file_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        _config("http://x", **wrong)
