"""What the desk's pages of points are declared with."""

from chalicelib.routes import Routes

routes = Routes(__name__, "points")
