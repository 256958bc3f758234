"""How one is told, as a page; and the short links of messages."""

from collections.abc import Mapping

from chalice.app import Response

from chalicelib.accounts.models import DESK_ROLES
from chalicelib.answers import flash_words, page
from chalicelib.errors import N_, Invalid, NotFound, PortalError
from chalicelib.inputs import from_form
from chalicelib.issues import store as issues
from chalicelib.issues.access import may_see
from chalicelib.issues.models import Issue
from chalicelib.messages import choosing
from chalicelib.messages.models import ChooseMessages
from chalicelib.messages.policy import CHANNELS
from chalicelib.page_words import DEFAULT_ZONE, Speech, speak
from chalicelib.pages import go, said, stay, values, whole_number
from chalicelib.routes import Routes
from chalicelib.web import SIGNED_IN, Call, url

routes = Routes(__name__, "me")

SAVED = flash_words("messages_saved", "success", N_("Saved."))
ASKED = flash_words(
    "messages_email_asked",
    "success",
    N_("Saved. We have sent a mail to the new address: open its link to confirm it."),
)
CONFIRMED = flash_words(
    "messages_email_confirmed", "success", N_("Your address is confirmed: mails go there now.")
)
FORGOTTEN = flash_words("messages_devices_gone", "success", N_("No browser shows messages any more."))
KIND_WORDS: Mapping[str, str] = {
    "urgent": N_("Urgent matters, at any hour"),
    "steps": N_("Each step of my reports"),
    "talk": N_("Messages and photos"),
    "news": N_("Announcements"),
    "work": N_("What is new in my work, gathered"),
}
CHANNEL_WORDS: Mapping[str, str] = {
    "push": N_("On my devices"),
    "wechat": N_("WeChat"),
    "email": N_("E-mail"),
    "sms": N_("Text message"),
}


@routes.page("/me/messages", SIGNED_IN, "How one is told, besides the inbox")
def show(call: Call) -> Response:
    """Channels, quiet hours, the address for mail, this browser."""
    return _show(call)


def _show(call: Call, error: PortalError | None = None) -> Response:
    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    found = choosing.choices(call.portal, call.person, call.locale, call.now)
    context = {
        "found": found,
        "kinds": [(kind, KIND_WORDS[kind]) for kind in found.channels],
        "channel_words": [(channel, CHANNEL_WORDS[channel]) for channel in CHANNELS],
        "values": values(call.form if error else {}),
        "errors": said(error) if error else [],
    }
    return page(call, "messages/mine.html", context, error.status if error else 200)


@routes.form("/me/messages", SIGNED_IN, "Choose how one is told", on="/me/messages")
def keep(call: Call) -> Response:
    """Keep what was chosen."""

    def work() -> Response:
        kinds = choosing.kinds_for(call.person)
        body = from_form(
            ChooseMessages,
            version=whole_number(call.field("version", "0"), "version"),
            channels={kind: call.form.get(kind, []) for kind in kinds},
            quiet={"start": call.field("start"), "end": call.field("end")},
            email=call.field("email"),
        )
        before = choosing.reach_of(call.portal, call.person).email
        choosing.choose(call.portal, call.person, body, call.now)
        return go(url("/me/messages"), ASKED if body.email and body.email != before else SAVED)

    return stay(lambda error: _show(call, error), work)


@routes.form("/me/messages/devices", SIGNED_IN, "Show messages in no browser any more", on="/me/messages")
def forget(call: Call) -> Response:
    """Forget all browsers."""
    choosing.forget_devices(call.portal, call.person)
    return go(url("/me/messages"), FORGOTTEN)


@routes.page("/me/messages/email", SIGNED_IN, "Confirm an address for mail")
def email(call: Call) -> Response:
    """One button: programs that look at links in mails press none."""
    return _email(call, call.query.get("token", ""))


def _email(call: Call, token: str, error: PortalError | None = None) -> Response:
    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    asked = choosing.asked_email(call.portal, call.person, token)
    context = {"token": token, "address": asked, "errors": said(error) if error else []}
    return page(call, "messages/email.html", context, error.status if error else 200)


@routes.form("/me/messages/email", SIGNED_IN, "Confirm an address for mail", on="/me/messages")
def confirm(call: Call) -> Response:
    """Take the address as one's own."""
    token = call.field("token")
    try:
        choosing.confirm_email(call.portal, call.person, token, call.now)
    except Invalid as error:
        return _email(call, token, error)
    return go(url("/me/messages"), CONFIRMED)


@routes.page("/i/{number}", SIGNED_IN, "The issue of a number: where messages lead")
def by_number(call: Call, number: str) -> Response:
    """To the desk's page of it where one works, else to the owner's. Raises NotFound for what is not one's to see."""
    issue_id = issues.id_of_number(call.portal.db, number)
    file = issues.load(call.portal.db, call.portal.keys, issue_id) if issue_id else None
    if file is None:
        raise NotFound
    if not may_see(call.person, file):
        return _outage(call, file.issue)
    at_desk = bool(call.person.roles_in(file.issue.community_id) & DESK_ROLES)
    return go(url(f"/desk/issues/{file.issue.id}" if at_desk else f"/issues/{file.issue.id}"))


def _outage(call: Call, issue: Issue) -> Response:
    """To the outage, where one's home suffers from it, or did. Raises NotFound."""
    from chalicelib.dispatch.outage_views import of_my_homes  # hardly ever needed

    if issue.unit_id or not of_my_homes(call, issue.id):
        raise NotFound
    return go(url(f"/outages/{issue.id}"))
