"""What the owner's pages are declared with."""

from chalicelib.routes import Routes

routes = Routes(__name__, "issues")
