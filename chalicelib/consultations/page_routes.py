"""What the pages of consultations are declared with."""

from chalicelib.routes import Routes

routes = Routes(__name__, "consultations")
