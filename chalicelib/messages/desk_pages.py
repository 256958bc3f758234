"""Messages at the desk: what did not go out, and what messages say."""

from collections.abc import Mapping
from typing import Any

from chalice.app import Response

from chalicelib import i18n
from chalicelib.accounts.managing import managed
from chalicelib.answers import flash_words, page
from chalicelib.communities import store as communities
from chalicelib.cursors import give, scope, take
from chalicelib.errors import N_
from chalicelib.inputs import from_form
from chalicelib.messages import failed, preview
from chalicelib.messages.models import FailedMessage, FailedQuery, Judge
from chalicelib.messages.pages import CHANNEL_WORDS
from chalicelib.pages import go, next_url
from chalicelib.routes import Routes
from chalicelib.times import moment
from chalicelib.web import MANAGERS, Call, url

routes = Routes(__name__, "messages")

AGAIN = flash_words("messages_again", "success", N_("They go out again within a minute."))
DROPPED = flash_words("messages_dropped", "success", N_("Left in the inbox only."))
NONE_LEFT = flash_words("messages_none", "info", N_("Somebody else has seen to it already."))
#: A provider's own code, for which there are no words.
_REFUSED = N_("the provider refused it (code %(code)s)")
#: Reasons in words for people.
REASONS: Mapping[str, str] = {
    "unsure": N_("it may have gone out: the provider did not answer"),
    "provider_down": N_("the provider did not work"),
    "our_fault": N_("a fault of the portal's own"),
    "no_credit": N_("no WeChat message was agreed to"),
    "no_address": N_("no address any more"),
    "bad_number": N_("the provider refuses the number"),
    "no_template": N_("the provider has no template for it"),
    "not_set_up": N_("this channel is not set up"),
    "unsubscribed": N_("the browser wants none any more"),
    "rejected": N_("the address takes no mail"),
}


@routes.page("/desk/messages", MANAGERS, "Messages that did not go out")
def show(call: Call) -> Response:
    """A community's, newest first."""
    query = call.read_query(FailedQuery)
    community_id = managed(call.person, query.community_id)
    of = scope("failed", community_id=community_id)
    after = take(call.portal.keys, call.person, of, query.cursor)
    items, place = failed.read(call.portal, community_id, query.limit, after)
    theirs = [communities.get(call.portal.db, one) for one in call.person.communities(frozenset({"manager"}))]
    cursor = give(call.portal.keys, call.person, of, place)
    context = {
        "communities": [(one.id, one.name) for one in theirs],
        "community_id": community_id,
        "items": [_shown(call, item) for item in items],
        "next_url": next_url("/desk/messages", cursor, community_id=community_id),
    }
    return page(call, "desk/messages.html", context)


def _shown(call: Call, item: FailedMessage) -> dict[str, Any]:
    say = i18n.translations(call.locale).gettext
    return {
        **item.model_dump(),
        "at": moment(item.at),
        "channel_words": say(CHANNEL_WORDS[item.channel]),
        "why": say(REASONS[item.reason]) if item.reason in REASONS else say(_REFUSED) % {"code": item.reason},
        "said": preview.said(item, call.locale),
    }


@routes.form("/desk/messages", MANAGERS, "Send messages again, or let them be", on="/desk/messages")
def judge(call: Call) -> Response:
    """What becomes of the chosen ones."""
    community_id = managed(call.person, call.field("community_id"))
    body = from_form(Judge, community_id=community_id, keys=call.form.get("keys", []), act=call.field("act"))
    done = failed.judge(call.portal, call.person, community_id, body.keys, body.act, call.now)
    words = (AGAIN if body.act == "resend" else DROPPED) if done else NONE_LEFT
    return go(url("/desk/messages", community_id=community_id), words)


@routes.page("/desk/messages/templates", MANAGERS, "What messages say")
def templates(call: Call) -> Response:
    """Every template with a made-up report, in one language."""
    of = call.query.get("of", "")
    of = of if of in i18n.LOCALES else call.locale
    context = {
        "of": of,
        "languages": [("zh-CN", "中文"), ("en", "English")],
        "shown": preview.all_of(of, call.now, call.origin),
    }
    return page(call, "desk/message_templates.html", context)
