"""What stands in the way of having a reward."""

from chalicelib.errors import N_, ChangedMeanwhile, Conflict


class RewardMoved(ChangedMeanwhile):
    """Somebody took one, or a manager changed it, in between: read and judge anew."""


class RemindedAlready(Conflict):
    """Another run of the clock has told of this voucher's end; nobody hears of it."""


class OutOfStock(Conflict):
    """409: the last one is gone, or it is no longer on offer."""

    code = "out_of_stock"
    title = N_("This reward is gone")
    detail = N_("The last one has been taken. Have a look at the others.")


class TooManyOfIt(Conflict):
    """409: this person has had as many as one may."""

    code = "limit_reached"
    title = N_("You have had as many as one may")
    detail = N_("There is a limit for each person, so that there is something for everybody.")


class NotUsable(Conflict):
    """409: the voucher is not one that can be used or cancelled (any more)."""

    code = "voucher_not_usable"
    title = N_("This voucher can't be used any more")
    detail = N_("It was used, cancelled, or not used in time.")
