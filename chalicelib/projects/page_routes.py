"""What the pages of decoration projects are declared with."""

from chalicelib.routes import Routes

routes = Routes(__name__, "projects")
