"""The numbers of what managers edit. All are ours: the requirements name none."""

from datetime import timedelta

#: A version holds this long after it was made at the earliest: processes remember versions for a minute, so by then
#: all of them know it, and none ever goes by a version that did not hold any more.
AHEAD = timedelta(minutes=2)
#: No version is made for a later day: nobody would remember that it comes.
LATEST = timedelta(days=366)
#: A preview looks at so many open issues, the nearest deadlines first: a request has 29 s, an issue costs a query.
PREVIEW_ISSUES = 200
#: So many of the promises that a change moves are listed as examples.
PREVIEW_EXAMPLES = 10
#: So many versions are shown, the newest first.
HISTORY = 20

#: Bounds of what managers may promise, so that a slip of the finger is no promise: a goal lasts from a minute to a
#: year, a rung at most as long, a pause's maximum three months, the warning comes within the goal's time. The ladder
#: has part 4's four levels.
MIN_LENGTH = timedelta(minutes=1)
MAX_GOAL = timedelta(days=366)
MAX_PAUSE = timedelta(days=92)
WARN_PERCENT = range(1, 100)
#: A share of call-backs, in percent; and how many departments make a case hard: with one every case were, and there
#: are five.
CALL_BACKS = range(101)
HARD_DEPARTMENTS = range(2, 6)
MAX_RUNGS = 4
MAX_REMINDERS = 4
MAX_DIGEST = timedelta(hours=12)
#: Classes of delay: the requirements have three. Their names are part of what is written on pages and in keys.
MAX_DELAYS = 8
MAX_DELAY_NAME = 20
#: Exceptions of a calendar: ten years of a month each.
MAX_EXCEPTIONS = 300
#: Opening hours of a day, in pieces; and how much a week has at least: a year of hours is then done within the century.
MAX_FRAMES = 8
MIN_WEEK = timedelta(hours=4)
