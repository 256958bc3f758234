"""What there is of each, by name: apart from the models, which a list of issues needs none of."""

from typing import Literal

#: A clock that always runs, or one that runs while the calendar is open.
Clock = Literal["always", "working"]
Goal = Literal["acknowledge", "on_site", "next_update", "resolve"]
#: The steps of a complaint that have a limit, the last moment of its written reply, and the answer to a suggestion.
ComplaintGoal = Literal["start", "investigate", "opinion", "reply", "reply_latest", "answer"]
PauseReason = Literal["waiting_owner", "waiting_parts", "appointment"]
State = Literal["pending", "met", "missed", "not_applicable"]
#: Who is told of a breach; which people these are, is the roster's matter.
Told = Literal["assignee", "front_line", "senior", "manager", "expert"]
