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
