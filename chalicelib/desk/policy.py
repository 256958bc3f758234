"""The numbers of the desk: how much at once, how much of one's own, how often."""

#: Steps in one go: a page of the queue, at most.
MAX_BULK = 100
#: Canned replies that one person keeps, and as many that one community keeps.
MAX_REPLIES = 20
MAX_REPLY_TITLE = 40
MAX_REPLY_TEXT = 500
#: Filters that one person keeps.
MAX_FILTERS = 12
MAX_FILTER_NAME = 30
