"""What the pages of prices and commitments are declared with."""

from chalicelib.routes import Routes

routes = Routes(__name__, "prices")
