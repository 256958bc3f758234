"""Choosing how the portal looks on this device. For visitors too: who can't read the page can't sign in."""

from chalice.app import Response

from chalicelib.answers import redirect
from chalicelib.looks import CHOICES
from chalicelib.pages import safe_path
from chalicelib.routes import Routes
from chalicelib.web import PUBLIC, Call, url

routes = Routes(__name__, "me")


@routes.form("/look", PUBLIC, "Choose text size, simple pages and colours for this device", on="/me")
def look(call: Call) -> Response:
    """Change what was tapped, and go on where it was tapped. Only this device's cookie changes."""
    chosen = call.look
    for choice in CHOICES:
        if choice in call.form:
            chosen = chosen.choose(choice, call.field(choice))
    return redirect(url(safe_path(call.field("back"), "/me")), chosen.cookie)
