"""What stands in the way of a change of points."""

from chalicelib.errors import N_, ChangedMeanwhile, Conflict


class PurseMoved(ChangedMeanwhile):
    """Another change of the same person's points came in between: read and judge anew."""


class InsufficientPoints(Conflict):
    """409: more points than there are."""

    code = "insufficient_points"
    title = N_("There are not enough points for this")
    detail = N_("You need more points for this than you have. Pending points count once they are credited.")
