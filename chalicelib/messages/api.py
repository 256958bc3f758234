"""How one is told, and what managers see of messages that failed, over the JSON API."""

from chalice.app import Response

from chalicelib.accounts.managing import managed
from chalicelib.answers import json_answer
from chalicelib.cursors import give, scope, take
from chalicelib.errors import N_, Invalid
from chalicelib.messages import choosing, failed, preview
from chalicelib.messages.models import (
    ChooseMessages,
    Device,
    DeviceKept,
    FailedMessages,
    FailedQuery,
    Judge,
    Judged,
    MessageChoices,
    MessageTemplate,
    MessageTemplates,
    TemplateQuery,
    WeChatAgreed,
    WeChatCode,
    WeChatCredits,
)
from chalicelib.messages.notifier import Refused
from chalicelib.messages.providers import wechat_of
from chalicelib.once import asked_once
from chalicelib.routes import Routes
from chalicelib.web import MANAGERS, SIGNED_IN, Call

routes = Routes(__name__, "messages")
_BAD_CODE = N_("WeChat does not know this code. Ask it for another.")
_NO_WECHAT = N_("We don't write by WeChat here. Please choose another channel.")


@routes.api(
    "GET", "/api/v1/me/messages", SIGNED_IN, "By which channels one is told of what", answer=MessageChoices
)
def choices(call: Call) -> MessageChoices:
    """One's own choice."""
    return choosing.choices(call.portal, call.person, call.locale, call.now)


@routes.api(
    "PUT", "/api/v1/me/messages", SIGNED_IN, "Choose channels, quiet hours, language and an address for mail",
    body=ChooseMessages, answer=MessageChoices,
)  # fmt: skip
def choose(call: Call) -> MessageChoices:
    """Keep a choice."""
    body = call.read(ChooseMessages)
    choosing.choose(call.portal, call.person, body, call.now)
    return choosing.choices(call.portal, call.person, body.locale or call.locale, call.now)


@routes.api(
    "PUT",
    "/api/v1/me/messages/devices",
    SIGNED_IN,
    "Show messages in this browser",
    body=Device,
    answer=DeviceKept,
)
def add_device(call: Call) -> DeviceKept:
    """Remember a browser's push subscription."""
    return DeviceKept(id=choosing.add_device(call.portal, call.person, call.read(Device), call.now))


@routes.api(
    "DELETE",
    "/api/v1/me/messages/devices/{device}",
    SIGNED_IN,
    "Show messages in a browser no longer",
    status=204,
)
def forget_device(call: Call, device: str) -> Response:
    """Forget a browser; one that is not known is forgotten already."""
    choosing.forget_devices(call.portal, call.person, device[:64])
    return json_answer(None, 204)


@routes.api(
    "PUT", "/api/v1/me/messages/wechat", SIGNED_IN, "Be told by WeChat, as whoever has signed in to the mini-program",
    body=WeChatCode, status=204,
)  # fmt: skip
def bind_wechat(call: Call) -> Response:
    """Ask WeChat whose code this is, and remember it."""
    code = call.read(WeChatCode).code
    wechat = wechat_of(call.portal.settings)
    if wechat is None:
        raise Invalid.field("code", "not_offered", _NO_WECHAT)
    try:
        openid = wechat.openid_of(code)
    except Refused as error:
        raise Invalid.field("code", "bad_code", _BAD_CODE) from error
    choosing.bind_wechat(call.portal, call.person, openid)
    return json_answer(None, 204)


@routes.api(
    "POST", "/api/v1/me/messages/wechat/credits", SIGNED_IN, "Count the WeChat messages that one agreed to",
    body=WeChatAgreed, answer=WeChatCredits, once=True,
)  # fmt: skip
def add_credits(call: Call) -> WeChatCredits:
    """One message more of each kind."""
    body = call.read(WeChatAgreed)
    key = asked_once(call, "wechat credits", body)
    return WeChatCredits(credits=choosing.add_credits(call.portal, call.person, body.accepted, key, call.now))


@routes.api(
    "GET", "/api/v1/desk/messages", MANAGERS, "Messages of a community that did not go out", query=FailedQuery,
    answer=FailedMessages,
)  # fmt: skip
def failures(call: Call) -> FailedMessages:
    """A page of them."""
    query = call.read_query(FailedQuery)
    community_id = managed(call.person, query.community_id)
    of = scope("failed", community_id=community_id)
    after = take(call.portal.keys, call.person, of, query.cursor)
    items, place = failed.read(call.portal, community_id, query.limit, after)
    return FailedMessages(items=items, next_cursor=give(call.portal.keys, call.person, of, place))


@routes.api(
    "POST", "/api/v1/desk/messages/judge", MANAGERS, "Send messages that failed again, or drop them", body=Judge,
    answer=Judged,
)  # fmt: skip
def judge(call: Call) -> Judged:
    """What becomes of them; safe to repeat."""
    body = call.read(Judge)
    community_id = managed(call.person, body.community_id)
    return Judged(done=failed.judge(call.portal, call.person, community_id, body.keys, body.act, call.now))


@routes.api(
    "GET", "/api/v1/desk/messages/templates", MANAGERS, "What messages say, with a made-up report",
    query=TemplateQuery, answer=MessageTemplates,
)  # fmt: skip
def templates(call: Call) -> MessageTemplates:
    """Every template in a language."""
    locale = call.read_query(TemplateQuery).locale or call.locale
    shown = preview.all_of(locale, call.now, call.origin)
    return MessageTemplates(locale=locale, items=[MessageTemplate(**one) for one in shown])
