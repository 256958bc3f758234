"""How much is done in a month: assumptions, in one place, to be changed by whoever knows their own communities.

Requirements say what people do, not how often; the numbers below are ours. "Homes per community" is the size for
which the desk is staffed here. An action's name is its row in the table of `bench.scale`.
"""

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True)
class Usage:
    """What a company's people do."""

    homes: int = 10_000
    homes_per_community: int = 4_000
    issues_per_home_a_year: float = 3.0
    #: Of the reports, how many come with (two) photos.
    with_photos: float = 0.5
    #: How often somebody looks without having an issue under way, in a month.
    visits_per_home: float = 2.0
    sign_ins_per_home: float = 0.25
    #: Pages of the desk that stay open, for each community, and for how long a day.
    open_desks: int = 6
    desk_hours: float = 10.0
    days: int = 30
    poll_seconds: float = 15.0
    #: An open page's mark changes each minute, so one of four polls at least brings rows; news bring some more.
    polls_with_news: float = 0.3
    technicians: int = 20
    #: Part of a day's work that falls into its busiest hour.
    busiest_hour: float = 0.15

    @property
    def issues(self) -> float:
        """Issues reported in a month."""
        return self.homes * self.issues_per_home_a_year / 12

    @property
    def communities(self) -> float:
        """Communities of the assumed size."""
        return self.homes / self.homes_per_community

    def peak(self, name: str, a_month: float) -> float:
        """How often an action happens a second in the busiest hour."""
        return 1 / 60 if name == TICK else a_month / self.days * self.busiest_hour / 3600


#: Once a minute, whatever anybody does.
TICK = "behind: tick, nothing due"
#: What comes with one issue on average, from its report to its end.
PER_ISSUE = {
    "owner: home": 4.0,
    "owner: list of 20": 1.0,
    "owner: one issue with everything": 8.0,
    "owner: inbox": 2.0,
    "owner: similar at a public place": 0.3,
    "owner: follow a neighbour's issue": 0.02,
    "owner: message": 0.8,
    "owner: confirm": 0.6,
    "owner: reopen": 0.05,
    "owner: rate": 0.4,
    "owner: urge": 0.1,
    "desk: issue page": 6.0,
    "desk: acknowledge": 1.0,
    "desk: assign": 1.1,
    "desk: start": 1.1,
    "desk: resolve": 1.05,
    "desk: message": 0.8,
    "desk: take a step back": 0.02,
    "behind: deliver a notice to one person": 8.5,
    "behind: deliver an alarm to all on duty": 0.02,
    "behind: close a quiet issue (each, in a tick)": 0.4,
}


def month(usage: Usage) -> Counter[str]:
    """How often each action happens in a month."""
    done: Counter[str] = Counter()
    for name, times in PER_ISSUE.items():
        done[name] += round(times * usage.issues)
    photographed = round(usage.issues * usage.with_photos)
    done["owner: report"] = round(usage.issues) - photographed
    done["owner: report with two photos"] = photographed
    done["owner: begin a photo"] = done["behind: a photo is ready"] = 2 * photographed
    done["owner: home"] += round(usage.homes * usage.visits_per_home)
    for name in ("ask for a sign-in code", "sign in with the code"):
        done[name] = round(usage.homes * usage.sign_ins_per_home)
    done[TICK] = usage.days * 24 * 60
    done.update(_desk(usage))
    return done


def _desk(usage: Usage) -> Counter[str]:
    open_s = usage.communities * usage.open_desks * usage.desk_hours * 3600 * usage.days
    polls = open_s / usage.poll_seconds
    people_days = usage.communities * usage.open_desks * usage.days
    return Counter(
        {
            "desk: live poll, nothing new": round(polls * (1 - usage.polls_with_news)),
            "desk: live poll, something new": round(polls * usage.polls_with_news),
            "desk: queue page": round(people_days * 60),
            "desk: board": round(people_days * 5),
            "desk: today's jobs": round(usage.communities * usage.technicians * usage.days * 25),
        }
    )
