"""What the pages of dispatch are declared with."""

from chalicelib.routes import Routes

routes = Routes(__name__, "desk")
