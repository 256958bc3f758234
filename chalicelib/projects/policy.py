"""The business numbers of decoration projects, in one place. Source: requirements part 6 (a report each month, with
photos); the rest is ours, and says so."""

from datetime import time, timedelta

from chalicelib.errors import N_

#: The stages that a project begins with, until its designer changes them (ours, as most firms in China work).
STAGES = (
    N_("Design"), N_("Demolition"), N_("Plumbing and electricity"), N_("Tiles and carpentry"), N_("Painting"),
    N_("Fitting"), N_("Acceptance"),
)  # fmt: skip
#: A month's report is due on this day of the next month, at this time of the community's clock (ours).
DUE_DAY, DUE_AT = 3, time(9)
#: When it is still missing so much later, the designer hears of it again, and managers with them (ours).
AGAIN_AFTER = timedelta(days=4)
MOST_STAGES, MOST_PHOTOS = 20, 9
