"""The business numbers of rewards. Source: requirements part 7 (stock, a voucher that staff mark as used, cancelling
gives the points back); what it leaves open is ours, and says so."""

from datetime import timedelta

#: Ours: a voucher holds for so many days, and until the end of the last one, unless a manager says otherwise.
VOUCHER_DAYS = 90
#: Ours: so long before a voucher ends, at ten in the morning, its owner is reminded; of one that holds for less than
#: twice as long, never.
REMIND_BEFORE = timedelta(days=6, hours=14)
#: Ours: no reward costs more. Thirty records of a hundred lots, as many as one transaction takes, hold them at 20 each.
MOST_POINTS = 50_000
#: Ours: rewards that a community may have on offer at once, read together for its owners' page.
MOST_REWARDS = 60
#: A code's letters: none that is taken for another one when it is read out. Twelve of them can't be guessed.
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12
#: For how long a reward's former picture stays: pages that are open still show it.
KEEP_PICTURE = timedelta(days=2)
