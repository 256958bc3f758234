"""The numbers of rosters; all are ours."""

#: Weekly duties, and changes on single days, that a community keeps: more than a page can show are surely a mistake.
MAX_WEEKLY, MAX_CHANGES = 60, 120
#: Days that the preview of a roster shows.
DAYS_SHOWN = 7
