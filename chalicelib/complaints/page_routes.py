"""What all pages of complaints are declared with."""

from chalicelib.routes import Routes

routes = Routes(__name__, "complaints")
