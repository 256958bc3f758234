"""What all pages of rewards are declared with."""

from chalicelib.routes import Routes

routes = Routes(__name__, "rewards")
