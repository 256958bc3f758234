"""What the pages of managers' rules are declared with."""

from chalicelib.routes import Routes

routes = Routes(__name__, "desk")
