"""What must hold of a simulated month's messages as they left by the channels' adapters."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bench.month_checks import Letters, Told, Way
from bench.outside import Left
from chalicelib.conditions import Key
from chalicelib.issues.models import IssueFile
from chalicelib.issues.policy import category_of
from chalicelib.messages import store
from chalicelib.messages.models import Outgoing
from chalicelib.portal import Portal
from chalicelib.service_levels.policy import DEFAULT_POLICY
from chalicelib.times import moment

_ZONE = ZoneInfo("Asia/Shanghai")
Hours = tuple[time, time]


@dataclass(frozen=True)
class Outside:
    """All that went on outside of the inboxes: what left, what is kept of each message, and what waits at the desk."""

    letters: Letters
    left: list[Left]
    kept: dict[Way, Outgoing]
    desk: set[Way]
    #: Whose own quiet hours go before the community's.
    quiet: dict[str, Hours]


def read(portal: Portal, letters: Letters, left: list[Left], quiet: dict[str, Hours], desk: str) -> Outside:
    """What the month has left in the table."""
    kept = {}
    for account_id in {account_id for account_id, _ in letters.messages}:
        own = Key("PK").eq(f"ACCOUNT#{account_id}") & Key("SK").begins_with("SEND#")
        for row in portal.db.query_all(own):
            one = store.from_item(row)
            kept[Way(account_id, one.source, one.channel)] = one
    failed = portal.db.query_all(f"FAILED#{desk}")
    waits = {Way(row["account_id"], row["source"], row["channel"]) for row in failed}
    return Outside(letters, left, kept, waits, quiet)


def problems(found: Outside) -> dict[str, list[str]]:
    """What does not hold of messages outside, by what should."""
    return {
        "no message left at night but of L1 issues": _at_night(found),
        "work came at most once in 15 minutes to each": _crowded(found.left),
        "no message left twice": _doubled(found.left),
        "no message outside was lost: each left, or waits at the desk": _lost(found),
    }


def _at_night(found: Outside) -> list[str]:
    default = DEFAULT_POLICY.quiet
    wrong = []
    for one in found.left:
        start, end = found.quiet.get(one.account_id, (default.start, default.end))
        clock = one.at.astimezone(_ZONE).time()
        if (clock >= start or clock < end) and not _urgent(found.letters, one):
            wrong.append(f"{one.channel} {one.kind} {one.source} {one.at}")
    return wrong


def _urgent(letters: Letters, one: Left) -> bool:
    category = letters.notices[one.source]["category_id"]
    return one.kind == "urgent" and category_of(category).sla_class == "L1"


def _crowded(left: Iterable[Left]) -> list[str]:
    told = defaultdict(set)
    for one in left:
        if one.kind == "work":
            told[one.account_id].add(one.at)
    pairs = ((name, *pair) for name, times in told.items() for pair in itertools.pairwise(sorted(times)))
    return [f"{name} {a} {b}" for name, a, b in pairs if b - a < DEFAULT_POLICY.quiet.digest]


def _doubled(left: Iterable[Left]) -> list[str]:
    """What left again with the same news; but for urgent messages whose provider knows no token and hung up with one
    in its hands."""
    times = Counter(
        (one.source, one.account_id, one.channel, one.to, one.news)
        for one in left
        if one.heard or not one.insists
    )
    return [f"{key[:3]}" for key, many in times.items() if many > 1]


def insisted(left: Iterable[Left]) -> int:
    """How many urgent messages may have arrived twice, as nobody knew whether they had arrived at all."""
    return sum(one.insists and not one.heard for one in left)


def _lost(found: Outside) -> list[str]:
    """What was never planned, is still on its way, or says that it was sent and never left; each piece of news is
    told by one message or counted in one digest."""
    gone = {Way(one.account_id, one.source, one.channel) for one in found.left}
    wrong = [f"never planned: {told}" for told, ways in found.letters.ways.items() if ways is None]
    for way, one in found.kept.items():
        if one.state == "sent" and way not in gone:
            wrong.append(f"never left: {way}")
        if one.state == "failed" and way not in found.desk and not _elsewhere(found, one):
            wrong.append(f"given up: {way}")
        if one.state not in ("sent", "failed"):
            wrong.append(f"{one.state}: {way}")
    news = Counter(way for ways in found.letters.ways.values() for way in ways or ())
    wrong += [
        f"{one.n} of {news[way]} news: {way}"
        for way, one in found.kept.items()
        if way in news and one.n != news[way]
    ]
    return wrong + [f"no such message: {way}" for way in news if way not in found.kept]


def _elsewhere(found: Outside, one: Outgoing) -> bool:
    """Whether another channel took a message's place."""
    return any(Way(one.account_id, one.source, other) in found.kept for other in one.otherwise)


def warned(found: Outside, files: Iterable[IssueFile]) -> tuple[int, int, list[datetime]]:
    """Of the breaches and the people who were to be warned of them outside: how many there are, how many a channel
    reached before the breach, and when the others' breaches were."""
    first: dict[Way, datetime] = {}
    for one in found.left:
        way = Way(one.account_id, one.source, one.channel)
        first[way] = min(first.get(way, one.at), one.at)
    warnings = _warnings(found.letters)
    reached, late = 0, list[datetime]()
    for file in files:
        for row in file.done.values():
            if row["kind"] != "breach":
                continue
            for told in warnings.get((file.issue.id, row["detail"], row["due_at"]), ()):
                ways = found.letters.ways.get(told) or []
                if not ways:
                    continue
                if any(first.get(way, moment(row["due_at"])) < moment(row["due_at"]) for way in ways):
                    reached += 1
                else:
                    late.append(moment(row["due_at"]))
    return reached + len(late), reached, late


def _warnings(letters: Letters) -> dict[tuple[str, str, str], list[Told]]:
    """Who was warned of what, by issue, goal and the moment that was warned of."""
    people = defaultdict(list)
    for account_id, source in letters.messages:
        people[source].append((account_id, source))
    found: dict[tuple[str, str, str], list[Told]] = defaultdict(list)
    for source, row in letters.notices.items():
        if row["event"] == "due_soon":
            found[row["issue_id"], row["goal"], row["due_at"]] += people[source]
    return found


def slowest(found: Outside, channels: frozenset[str]) -> timedelta:
    """How long the slowest urgent message took by these channels, from what it tells of."""
    took = (
        one.at - moment(found.letters.notices[one.source]["at"])
        for one in found.left
        if one.kind == "urgent" and one.channel in channels
    )
    return max(took, default=timedelta())
