"""The business numbers of consultations, in one place."""

from datetime import timedelta

#: Requirements, part 6. The grid covers appointments and the buffers around them.
CELL = timedelta(minutes=15)
#: Appointments begin every half hour from when a designer opens: more choice than that only makes choosing longer.
STEP = timedelta(minutes=30)
#: How soon, in hours, and how far ahead an owner may book: unless a designer says otherwise, and none farther.
NOTICE_HOURS = 2
HORIZON = timedelta(days=60)
#: Until when before the start an owner may cancel or take another time.
CUT_OFF = timedelta(hours=4)
#: How long a slot that got free is kept for the first in line …
OFFER = timedelta(hours=2)
#: … and how much longer for nobody, so that the clock comes to offer it to the next before anybody else takes it.
GRACE = timedelta(minutes=10)
REMINDERS = (timedelta(hours=24), timedelta(hours=1))
#: One answer of free slots, in days: a month, and what is left of a week.
MOST_DAYS = 31
#: What a designer keeps at most.
MOST_SERVICES, MOST_EXCEPTIONS, MOST_FRAMES = 12, 120, 6
#: How many people may wait for one designer, and how many of them one look goes through.
MOST_WAITING = 100
#: New times that somebody is offered whose appointment we had to cancel.
FIRST_CHOICE = 3
MOST_PHOTOS = 9
