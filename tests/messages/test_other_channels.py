"""WeChat, web push, mail and SNS: what is sent, and what each answer means."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

from chalicelib.errors import Unavailable
from chalicelib.messages.adapters.mail import Ses
from chalicelib.messages.adapters.push import Keys, WebPush, encrypt, known_service
from chalicelib.messages.adapters.sns import Sns
from chalicelib.messages.adapters.wechat import WeChatMessages
from chalicelib.messages.notifier import Gone, Message, Refused, Unsure
from chalicelib.messages.providers import Providers
from chalicelib.messages.settings import Mail, Push, WeChat
from tests.factories import NOW, make_settings
from tests.messages.fake_server import Server, serving

MESSAGE = Message(
    to="o-1", channel="wechat", template="assigned", text="t", at=NOW, subject="报修1已安排师傅", html="<p>h</p>",
    link="https://p.example/i/1", token="01K.1", values={"kind": "urgent", "number": "1", "category": "水" * 30},
)  # fmt: skip


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as told:
        yield told


def _wechat(url: str, clock: Any = lambda: 0.0) -> WeChatMessages:
    template = {
        "id": "T1",
        "page": "pages/go?to={path}",
        "data": {"thing1": "{category}", "character_string2": "{number}"},
    }
    config = WeChat.model_validate({"app_id": "wx1", "api": url, "templates": {"urgent": template}})
    return WeChatMessages(config, {"wechat_secret": "shh"}, clock)


TOKEN = (200, {"access_token": "A1", "expires_in": 7200})


def test_wechat_s_token_is_kept_and_renewed_before_it_ends(server: Server) -> None:
    now = 0.0
    wechat = _wechat(server.url, lambda: now)
    server.answers = [
        TOKEN,
        (200, {"errcode": 0, "msgid": 7}),
        (200, {"errcode": 0}),
        TOKEN,
        (200, {"errcode": 0}),
    ]
    assert wechat.send(MESSAGE) == "7"
    wechat.send(MESSAGE)
    now = 6901
    wechat.send(MESSAGE)
    paths = [asked.path.partition("?")[0].rpartition("/")[2] for asked in server.asked]
    assert paths == ["stable_token", "send", "send", "stable_token", "send"]
    sent = server.asked[1].json
    assert (sent["touser"], sent["template_id"], sent["page"]) == ("o-1", "T1", "pages/go?to=/i/1")
    assert sent["data"] == {"thing1": {"value": "水" * 20}, "character_string2": {"value": "1"}}


def test_a_token_that_wechat_ended_is_asked_for_again_at_once(server: Server) -> None:
    server.answers = [TOKEN, (200, {"errcode": 42001}), TOKEN, (200, {"errcode": 0})]
    _wechat(server.url).send(MESSAGE)
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    ("code", "error", "reason"),
    [
        (43101, Refused, "no_credit"),
        (40003, Refused, "bad_openid"),
        (45009, Unavailable, None),
        (-1, Unavailable, None),
    ],
)
def test_wechat_s_errors_say_whether_to_try_again(
    server: Server, code: int, error: type, reason: str | None
) -> None:
    server.answers = [TOKEN, (200, {"errcode": code})]
    with pytest.raises(Unavailable) as raised:
        _wechat(server.url).send(MESSAGE)
    assert type(raised.value) is error
    assert getattr(raised.value, "reason", None) == reason


def test_without_a_token_nothing_was_sent(server: Server) -> None:
    server.answers = [(500, b"")]
    with pytest.raises(Unavailable) as raised:
        _wechat(server.url).send(MESSAGE)
    assert type(raised.value) is Unavailable


def test_a_code_of_the_mini_program_says_who_it_is(server: Server) -> None:
    server.answers = [(200, {"openid": "o-9"}), (200, {"errcode": 40029})]
    assert _wechat(server.url).openid_of("c1") == "o-9"
    with pytest.raises(Refused):
        _wechat(server.url).openid_of("c1")


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_push_message_is_encrypted_as_in_the_example_of_rfc_8291() -> None:
    private = ec.derive_private_key(
        int.from_bytes(_raw("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")), ec.SECP256R1()
    )
    to = Keys(
        _raw("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        _raw("BTBZMqHH6r4Tts7J_aSIgg"),
    )
    made = encrypt(
        b"When I grow up, I want to be a watermelon", to, private=private, salt=_raw("DGv6ra1nlYgDCS1FRnbzlw")
    )
    assert made == _raw(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_y"
        "l95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def _browser(url: str) -> str:
    point = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )  # fmt: skip
    text = base64.urlsafe_b64encode(point).rstrip(b"=").decode()
    return json.dumps({"endpoint": f"{url}/push/1", "p256dh": text, "auth": "BTBZMqHH6r4Tts7J_aSIgg"})


PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
PUBLIC = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"


def _push(url: str, **changes: Any) -> None:
    config = Push(public_key=PUBLIC, contact="mailto:office@example.com")
    adapter = WebPush(config, {"push_private": PRIVATE}, lambda: 1_000_000, allowed=lambda _: True)
    adapter.send(Message(**{**MESSAGE.__dict__, "to": _browser(url), **changes}))


def test_a_push_service_learns_who_sends_and_nothing_of_what(server: Server) -> None:
    server.answers = [(201, b"")]
    _push(server.url)
    (asked,) = server.asked
    assert "报修".encode() not in asked.body
    assert asked.headers["urgency"] == "high"
    token, _, key = asked.headers["authorization"].removeprefix("vapid t=").partition(", k=")
    head, claims, signature = token.split(".")
    assert key == PUBLIC
    assert json.loads(_raw(claims)) == {
        "aud": server.url,
        "exp": 1_043_200,
        "sub": "mailto:office@example.com",
    }
    raw = _raw(signature)
    signed = utils.encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _raw(PUBLIC))
    public.verify(signed, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))


def test_the_same_message_has_the_same_topic_so_that_it_is_seen_once(server: Server) -> None:
    server.answers = [(201, b"")]
    for token in ("a", "a", "b", "01K.owner1.1", "01K.owner1.2", "01K.owner2.1"):
        _push(server.url, token=token)
    topics = [asked.headers["topic"] for asked in server.asked]
    assert topics[0] == topics[1] != topics[2]
    assert topics[3] == topics[4] != topics[5], "with more news it takes the place of the one before"
    assert all(len(topic) <= 32 for topic in topics)


@pytest.mark.parametrize(
    ("status", "error"), [(410, Gone), (404, Gone), (403, Refused), (429, Unavailable), (500, Unsure)]
)
def test_a_browser_that_is_gone_is_told_apart_from_a_service_that_is_down(
    server: Server, status: int, error: type
) -> None:
    server.answers = [(status, b"")]
    with pytest.raises(Unavailable) as raised:
        _push(server.url)
    assert type(raised.value) is error


@pytest.mark.parametrize(
    ("endpoint", "known"),
    [
        ("https://fcm.googleapis.com/fcm/send/x", True), ("https://wns2-am3p.notify.windows.com/w/?t=1", True),
        ("https://web.push.apple.com/Q1", True), ("http://web.push.apple.com/Q1", False),
        ("https://fcm.googleapis.com.evil.example/x", False), ("https://169.254.169.254/latest", False),
        ("https://fcm.googleapis.com@evil.example/", False), ("https://evilnotify.windows.com/", False),
        ("https://web.push.apple.com:8443/", False), ("https://[", False),
    ],
)  # fmt: skip
def test_only_browser_makers_services_are_called(endpoint: str, known: bool) -> None:
    assert known_service(endpoint) is known


def _failing(error: Exception) -> Any:
    def call(**_: Any) -> None:
        raise error

    return call


def _refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "m"}}, "op")


LOST, AWAY = ReadTimeoutError(endpoint_url="http://x"), EndpointConnectionError(endpoint_url="http://x")
_ERRORS = [
    (_refusal("InvalidParameter"), _refusal("MessageRejected"), Refused),
    (_refusal("Throttled"), _refusal("TooManyRequestsException"), Unavailable),
    (AWAY, AWAY, Unavailable),
    (LOST, LOST, Unsure),
]


@pytest.mark.parametrize(
    ("by_sns", "by_ses", "error"), _ERRORS, ids=["refused", "held back", "away", "no answer"]
)
def test_sns_and_ses_tell_what_may_be_tried_again(
    monkeypatch: pytest.MonkeyPatch, by_sns: Exception, by_ses: Exception, error: type
) -> None:
    sns, ses = Sns("us-east-1"), Ses(Mail(sender="a@example.com"), "us-east-1")
    monkeypatch.setattr(sns._client, "publish", _failing(by_sns))
    monkeypatch.setattr(ses._client, "send_email", _failing(by_ses))
    for adapter in (sns, ses):
        with pytest.raises(Unavailable) as raised:
            adapter.send(MESSAGE)
        assert type(raised.value) is error


def test_a_mail_has_both_forms_of_one_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    ses, sent = Ses(Mail(sender="a@example.com"), "us-east-1"), {}
    monkeypatch.setattr(ses._client, "send_email", lambda **asked: sent.update(asked) or {"MessageId": "m-1"})
    assert ses.send(MESSAGE) == "m-1"
    simple = sent["Content"]["Simple"]
    assert simple["Subject"] == {"Data": MESSAGE.subject, "Charset": "UTF-8"}
    assert {kind: part["Data"] for kind, part in simple["Body"].items()} == {"Text": "t", "Html": "<p>h</p>"}


def test_aws_is_asked_once_since_a_second_call_would_be_a_second_message() -> None:
    clients: Any = (Sns("us-east-1")._client, Ses(Mail(sender="a@example.com"), "us-east-1")._client)
    for client in clients:
        assert client.meta.config.retries["total_max_attempts"] == 1


def test_a_channel_that_is_not_set_up_refuses() -> None:
    providers = Providers(make_settings(portal_stage="prod"))
    with pytest.raises(Refused) as raised:
        providers.send(MESSAGE)
    assert raised.value.reason == "not_set_up"
    assert not providers.repeatable("sms")
