"""What a community's points come to: outstanding by month of expiry, and what became of them by rule. Worked out from
the sums that each change of points writes along: one round trip, however many people have points."""

from collections import Counter
from datetime import datetime

from chalicelib.conditions import Key
from chalicelib.db import Db
from chalicelib.points.desk_models import ByRule, Owing, PointsReport
from chalicelib.points.models import Month
from chalicelib.points.months import later, month_of
from chalicelib.points.policy import FEN_PER_POINT, KINDS, LIFE_MONTHS

_RULES = (*KINDS, "adjusted")


def read(db: Db, community_id: str, now: datetime) -> PointsReport:
    """The report as of now: the last twelve months, and all that is still to expire."""
    month = month_of(now)
    span = Key("SK").between(later(month, -LIFE_MONTHS), f"{later(month, LIFE_MONTHS + 1)}~")
    sums: dict[Month, Counter[str]] = {}
    for row in db.query_all(Key("PK").eq(f"POINTSUM#{community_id}") & span):
        counts = {name: value for name, value in row.items() if name not in ("PK", "SK")}
        sums.setdefault(row["SK"][:7], Counter()).update(counts)
    owing = [
        Owing(month=one, points=counts["outstanding"], fen=counts["outstanding"] * FEN_PER_POINT)
        for one, counts in sorted(sums.items())
        if counts["outstanding"]
    ]
    total = sum(one.points for one in owing)
    past: Counter[str] = Counter()
    for one, counts in sums.items():
        if one <= month:
            past.update(counts)
    by_rule = [_by_rule(rule, past) for rule in _RULES]
    return PointsReport(
        outstanding=total,
        fen=total * FEN_PER_POINT,
        by_month=owing,
        by_rule=[one for one in by_rule if one.earned or one.spent or one.expired or one.reversed],
    )


def _by_rule(rule: str, past: Counter[str]) -> ByRule:
    return ByRule(
        rule=rule,
        earned=past[f"earned_{rule}"] + past[f"adjusted_{rule}"],
        spent=-past[f"spent_{rule}"] - past[f"given_back_{rule}"],
        expired=-past[f"expired_{rule}"],
        reversed=-past[f"reversed_{rule}"],
    )
