"""The business numbers of points: what is earned for what, how long points live, levels, what is not done alone.

Sources: requirements parts 7, 8 and 9 (what earns, twelve months, four levels, pending points, a second person above
500). How many points each thing is worth, the caps and the levels' thresholds are our defaults; managers set the
rules of their community (`/desk/points/rules`), in versions.
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

from chalicelib.errors import N_
from chalicelib.points.models import EarningRule, Kind, Tier

#: Months of the programme begin and end here: somebody may have homes in several communities, but one purse.
ZONE = ZoneInfo("Asia/Shanghai")
#: Points live for this many whole months behind the one in which they were earned, and end with the last one.
LIFE_MONTHS = 12
#: Lots that are kept together in one record: all of one month's end. Small enough to be read and written in a moment.
LOTS_IN_A_SHEET = 100
#: Records of lots that one spending may take from: a transaction takes a hundred writes, and each costs two of them.
SHEETS_AT_ONCE = 30
#: … and one expiry, which goes on with another entry.
SHEETS_THAT_EXPIRE = 4
#: What a manager may give or take for one person in a day without a second person.
ALONE = 500
#: The most that one adjustment may give or take, with a second person too.
MOST_ADJUSTED = 50_000
#: What a point is worth, in fen: what the points outstanding cost when all are spent.
FEN_PER_POINT = 1
#: How long we remember what was earned in a day, month or year, for the caps: longer than any stream repeats itself.
KEEP_USED = timedelta(days=400)
#: A rule ends at most so long after it begins, if it ends. The number is ours.
LASTS_AT_MOST = timedelta(days=3_660)

#: From how many points earned (and not older than their life) on somebody has a level.
TIERS: dict[Tier, int] = {"standard": 0, "silver": 500, "gold": 2000, "diamond": 5000}
TIER_WORDS: dict[Tier, str] = {
    "standard": N_("Standard"),
    "silver": N_("Silver"),
    "gold": N_("Gold"),
    "diamond": N_("Diamond"),
}
#: What earns points, as people read it in their history.
KINDS: dict[Kind, str] = {
    "rating": N_("You rated a repair"),
    "referral": N_("A neighbour whom you invited has joined"),
    "referral_welcome": N_("Welcome: you came by invitation"),
    "event": N_("You took part in an event"),
    "survey": N_("You filled in a survey"),
    "decoration": N_("You paid for a decoration service"),
}
#: The same, as managers read it.
KIND_NAMES: dict[Kind, str] = {
    "rating": N_("Rating a repair"),
    "referral": N_("Inviting somebody"),
    "referral_welcome": N_("Coming by invitation"),
    "event": N_("Taking part in an event"),
    "survey": N_("Filling in a survey"),
    "decoration": N_("Paying for decoration services"),
}
#: What the portal books today. It keeps no events, surveys or payments yet: their rules wait for what will, and nobody
#: is promised points for them until then.
BOOKED: frozenset[Kind] = frozenset({"rating", "referral", "referral_welcome"})
_FACTORS: dict[Tier, int] = {"standard": 100, "silver": 110, "gold": 125, "diamond": 150}
_SAME: dict[Tier, int] = dict.fromkeys(TIERS, 100)
#: The portal's own rules, which hold until a community's managers make theirs.
RULES: dict[Kind, EarningRule] = {
    "rating": EarningRule(points=20, cap_day=60, cap_month=200, cap_year=1000, factors=_FACTORS),
    "referral": EarningRule(points=300, cap_month=3000, cap_year=6000, factors=_SAME),
    "referral_welcome": EarningRule(points=100, cap_year=100, factors=_SAME),
    "event": EarningRule(points=50, cap_day=100, cap_year=1000, factors=_FACTORS),
    "survey": EarningRule(points=30, cap_month=60, cap_year=300, factors=_FACTORS),
    # A point for each ten yuan, real once the time for taking back an order is over.
    "decoration": EarningRule(points=1, per_fen=1000, cap_year=20_000, pending_days=14, factors=_FACTORS),
}
