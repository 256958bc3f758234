"""The business numbers of announcements. Source: requirements part 12; what it leaves open is ours."""

from datetime import timedelta

MAX_TITLE = 60
MAX_TEXT = 4000
#: Homes that one announcement can name; more of them are a building.
MAX_UNITS = 200
#: How far ahead one can be planned; a date that is further off is a slip of the hand.
AHEAD = timedelta(days=366)
#: A moment that is over by no more than this is now: clocks differ, and a form takes a while to be confirmed.
JUST_NOW = timedelta(minutes=5)
#: How much the clocks of two machines may differ, so that one has begun what waits yet by the other.
CLOCKS = timedelta(minutes=2)
#: How long an announcement without an end stays on people's first page.
SHOWN = timedelta(days=14)
#: Announcements on somebody's first page; older ones are in the inbox.
ON_HOME = 3
