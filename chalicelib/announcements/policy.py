"""The business numbers of announcements. Source: requirements part 12; what it leaves open is ours."""

from datetime import timedelta

MAX_TITLE = 60
MAX_TEXT = 4000
#: Homes that one announcement can name; more of them are a building.
MAX_UNITS = 200
#: How long an announcement without an end stays on people's first page.
SHOWN = timedelta(days=14)
#: Announcements on somebody's first page; older ones are in the inbox.
ON_HOME = 3
