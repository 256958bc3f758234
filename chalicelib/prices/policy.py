"""The limits of price boards and commitments (ours)."""

from datetime import timedelta

#: The dearest single price, in fen: ten million yuan.
MOST_FEN = 1_000_000_000
#: A board is read whole: items, and prices of each.
MOST_ITEMS, MOST_PRICES = 200, 200
#: How far ahead a price may be announced, and a commitment hold.
AHEAD = timedelta(days=366)
LONGEST = timedelta(days=3 * 366)
MOST_LINES = 50
