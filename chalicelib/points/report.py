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
    outstanding: Counter[Month] = Counter()
    past: dict[str, Counter[str]] = {rule: Counter() for rule in _RULES}
    for row in db.query_all(Key("PK").eq(f"POINTSUM#{community_id}") & span):
        when, _, rule = row["SK"].split("#")
        outstanding[when] += row.get("outstanding", 0)
        if rule in past and when <= month:
            past[rule].update({name: value for name, value in row.items() if name not in ("PK", "SK")})
    owing = [
        Owing(month=when, points=points, fen=points * FEN_PER_POINT)
        for when, points in sorted(outstanding.items())
        if points
    ]
    total = sum(one.points for one in owing)
    by_rule = [_by_rule(rule, counts) for rule, counts in past.items()]
    return PointsReport(
        outstanding=total,
        fen=total * FEN_PER_POINT,
        by_month=owing,
        by_rule=[one for one in by_rule if one.earned or one.spent or one.expired or one.reversed],
    )


def _by_rule(rule: str, counts: Counter[str]) -> ByRule:
    return ByRule(
        rule=rule,
        earned=counts["earned"] + max(0, counts["adjusted"]),
        spent=-counts["spent"] - counts["given_back"],
        expired=-counts["expired"],
        reversed=-counts["reversed"] - min(0, counts["adjusted"]),
    )
