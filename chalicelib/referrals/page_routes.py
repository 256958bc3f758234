"""What all pages of referrals are declared with."""

from chalicelib.routes import Routes

routes = Routes(__name__, "referrals")
