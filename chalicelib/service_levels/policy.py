"""The default policy and calendar: the only place with numbers of service levels.

Sources: requirements part 4 (classes, complaints, seepage, consultations, 30 days, delays) and part 6 (reminders).
Where a number is a day or more on the working calendar it is said in working days: 24 h hold one working day, 7 d are
seven of them (docs/decisions.md, "A day on the working calendar"). Numbers that the requirements leave open say so.

What holds is a list of versions: to change a default, append one that begins after the release, and change none.
"""

from datetime import UTC, datetime, time, timedelta

from chalicelib.service_levels.calendar_models import Calendar, CalendarVersion, Frame
from chalicelib.service_levels.models import (
    ComplaintPolicy,
    Goal,
    Levels,
    Policy,
    PolicyVersion,
    QuietHours,
    Rung,
    ServiceClass,
    Span,
)


def _round_the_clock(*, days: int = 0, hours: int = 0, minutes: int = 0) -> Span:
    return Span("always", days, hours, minutes)


def _working(*, days: int = 0, hours: int = 0, minutes: int = 0) -> Span:
    return Span("working", days, hours, minutes)


#: Part 4; only how often an owner hears from us is ours.
_URGENT: dict[Goal, Span] = {
    "acknowledge": _round_the_clock(hours=2),
    "on_site": _round_the_clock(hours=2),
    "next_update": _round_the_clock(hours=4),
    "resolve": _round_the_clock(hours=24),
}
_QUALITY: dict[Goal, Span] = {
    "acknowledge": _working(days=1),
    "on_site": _working(days=1),
    "next_update": _working(days=2),
    "resolve": _working(days=7),
}
_COMPLEX: dict[Goal, Span] = {
    "acknowledge": _working(days=1),
    "next_update": _working(days=2),
    "resolve": _working(days=3),
}
#: Four levels (part 3); after how long each is told is ours.
_URGENT_LADDER = (
    Rung(_round_the_clock(), ("assignee", "front_line")),
    Rung(_round_the_clock(minutes=30), ("senior",)),
    Rung(_round_the_clock(hours=1), ("manager",)),
    Rung(_round_the_clock(hours=4), ("expert", "manager")),
)
_LADDER = (
    Rung(_working(), ("assignee", "front_line")),
    Rung(_working(hours=4), ("senior",)),
    Rung(_working(days=1), ("manager",)),
    Rung(_working(days=3), ("expert", "manager")),
)

#: Complaints (parts 4 and 5): the clocks and the share of call-backs are the requirements', an answer to a suggestion
#: takes, by us, no longer than the latest reply to a complaint, and what makes a case a hard one is ours.
COMPLAINTS = ComplaintPolicy(
    goals={
        "start": _round_the_clock(hours=24),
        "investigate": _round_the_clock(hours=72),
        "opinion": _round_the_clock(hours=48),
        "reply": _round_the_clock(hours=24),
        "reply_latest": _working(days=3),
        "answer": _working(days=3),
    },
    call_back_percent=90,
    hard_after=timedelta(days=7),
    hard_departments=2,
)

DEFAULT_POLICY = Policy(
    classes={
        "L1": ServiceClass(_URGENT, _URGENT_LADDER),
        "L2": ServiceClass(_QUALITY, _LADDER),
        "L3": ServiceClass(_COMPLEX, _LADDER),
    },
    categories={},
    # The reasons are part 4's, the maxima ours: parts take a fortnight, an owner a week to answer.
    pauses={
        "waiting_owner": timedelta(days=7),
        "waiting_parts": timedelta(days=14),
        "appointment": timedelta(days=14),
    },
    warn_percent=75,  # ours: half an hour before two, six before a day
    unresolved=timedelta(days=30),
    delays=((timedelta(days=3), "slight"), (timedelta(days=7), "general"), (None, "serious")),
    reminders=(timedelta(hours=24), timedelta(hours=1)),
    ask_again=timedelta(days=3),  # ours: before the 7 quiet days are over
    quiet=QuietHours(
        time(22), time(7), timedelta(minutes=15)
    ),  # the night is ours, the quarter of an hour keeps alerts few
    # Each class of delay has a plan (part 4); whose it is, is ours. What is slightly late is the ladder's matter.
    plans={"general": ("manager",), "serious": ("manager", "expert")},
    complaints=COMPLAINTS,
)

#: Ours, as part 4 names no hours: an office's day in two frames, Monday to Friday.
_OFFICE = (Frame(8 * 60 + 30, 12 * 60), Frame(13 * 60 + 30, 18 * 60))
#: How long before a year begins managers are told that its holidays are not known; they are announced in November.
CALENDAR_AHEAD = timedelta(days=31)
#: How long before it holds a version is saved: twice as long as any process remembers those before.
NOTICE = timedelta(minutes=2)
_BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)
POLICIES = (PolicyVersion(_BEGINNING, _BEGINNING, DEFAULT_POLICY),)


def default_calendar(zone_name: str, *, chinese: bool = True) -> Calendar:
    """The working calendar of a community in a zone until its managers change it."""
    return Calendar(zone_name, _OFFICE, (*[_OFFICE] * 5, (), ()), chinese)  # type: ignore[arg-type]


def default_levels(zone_name: str) -> Levels:
    """What holds in a community that has changed nothing."""
    calendar = CalendarVersion(_BEGINNING, _BEGINNING, default_calendar(zone_name))
    return Levels(POLICIES, (calendar,))


#: Wall seepage (part 4): what its SOP promises besides the class's goals.
SEEPAGE = {"detect": _round_the_clock(hours=72), "plan": _round_the_clock(days=7)}
#: Online consultations (part 4): in service hours.
CONSULTATION_ANSWER = _working(minutes=30)
