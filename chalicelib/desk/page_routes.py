"""What the desk's pages are declared with."""

from chalicelib.routes import Routes

routes = Routes(__name__, "desk")
