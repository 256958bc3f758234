"""What must hold of a simulated month's promises, looked for in the records that it has left."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.db import Db
from chalicelib.inbox import outbox, whom
from chalicelib.issues.models import IssueFile
from chalicelib.issues.policy import category_of
from chalicelib.messages.notifier import Channel
from chalicelib.portal import Portal
from chalicelib.records import Item, decode_item
from chalicelib.service_levels.policy import DEFAULT_POLICY
from chalicelib.service_levels.telling import tell_at
from chalicelib.times import moment, rfc3339

_ZONE = ZoneInfo("Asia/Shanghai")
#: How often the month's clock ticks.
TICK = timedelta(minutes=5)
#: What the clock tells; people's own steps are told when they are taken.
_BY_CLOCK = {
    "due_soon", "escalated", "unresolved", "pause_over", "pause_over_waiting_owner", "pause_over_waiting_parts",
    "pause_over_appointment", "running_late", "running_late_unassigned", "ask_confirm", "ask_answer", "visit_soon",
}  # fmt: skip


#: A person and the id of what they are told of.
Told = tuple[str, str]


@dataclass(frozen=True)
class Way:
    """One message outside: whose, of what, by which channel."""

    account_id: str
    source: str
    channel: Channel


class Letters:
    """Notes every notice that is written, every message that is given, and by which ones outside it is told, as they
    go to the table."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.notices: dict[str, Item] = {}
        self.messages: Counter[Told] = Counter()
        #: What is to be told outside, and since it was planned, by which messages.
        self.ways: dict[Told, list[Way] | None] = {}
        self._stream: list[Any] = []

    def __getattr__(self, operation: str) -> Any:
        return getattr(self._client, operation)

    def transact_write_items(self, **request: Any) -> Any:
        """The write itself; what it has put is noted once it is done."""
        answer = self._client.transact_write_items(**request)
        parts = [next(iter(part.items())) for part in request["TransactItems"]]
        for verb, body in parts:
            if verb == "Put":
                self._note(body["Item"])
        keys = [(verb, body.get("Key") or body["Item"]) for verb, body in parts]
        for verb, key in keys:
            if verb == "Delete" and key["PK"]["S"].startswith("TELL#"):
                self.ways[_told(key)] = [_way(one) for _, one in keys if one["SK"]["S"].startswith("SEND#")]
        return answer

    def _note(self, wire: Any) -> None:
        pk, sk = wire["PK"]["S"], wire["SK"]["S"]
        if pk.startswith("OUTBOX#"):
            self.notices[sk] = decode_item(wire)
        elif sk.startswith("INBOX#"):
            self.messages[pk.removeprefix("ACCOUNT#"), sk.removeprefix("INBOX#")] += 1
        elif pk.startswith("TELL#"):
            self.ways[_told(wire)] = None
            self._stream.append({"eventName": "INSERT", "dynamodb": {"NewImage": wire}})

    def stream(self) -> list[Any]:
        """What the table's stream brings of what is to be told outside, since it was asked last."""
        brought, self._stream = self._stream, []
        return brought

    def watching(self, portal: Portal) -> Portal:
        """The same portal, with what it writes noted."""
        return replace(portal, db=Db(self, portal.db.table))  # type: ignore[arg-type]

    @property
    def sent(self) -> int:
        """How many notices were written."""
        return len(self.notices)

    @property
    def given(self) -> int:
        """How many messages were given to people."""
        return self.messages.total()


def _told(key: Any) -> Told:
    source, _, account_id = key["SK"]["S"].partition("#")
    return account_id, source


def _way(key: Any) -> Way:
    _, source, channel = key["SK"]["S"].split("#")
    return Way(key["PK"]["S"].removeprefix("ACCOUNT#"), source, channel)


def problems(portal: Portal, files: list[IssueFile], letters: Letters) -> dict[str, list[str]]:
    """What does not hold of promises and of people's inboxes, by what should."""
    return {
        "every breach was warned of before": [wrong for file in files for wrong in _unwarned(file)],
        "every level of a missed promise was handled once, in order": [w for f in files for w in _ladder(f)],
        "every level was told once": _levels(files, letters),
        "nobody was told twice of the same": _twice(letters),
        "no channel is asked to speak at night but of urgent issues": _at_night(letters),
        "no message in an inbox was doubled": [str(key) for key, n in letters.messages.items() if n > 1],
        "no message in an inbox was lost": _lost(portal, letters),
    }


def _unwarned(file: IssueFile) -> list[str]:
    """Breaches of promises that nobody was warned of while there was time."""
    found = []
    for name, row in file.done.items():
        if row["kind"] != "breach":
            continue
        stem, due = name.removesuffix("breach"), row["due_at"]
        warned = [one for one, at in file.done.items() if one.startswith(f"{stem}warn.") and at["at"] < due]
        if f"{stem}warn.{due}" not in warned and not (warned and _just_moved(file, due)):
            found.append(f"{file.issue.number} {name}")
    return found


def _just_moved(file: IssueFile, due: str) -> bool:
    """Whether somebody went on with paused work so short before a promise ended that no tick of the clock came
    between: what they had been warned of before the pause was still to come, and is its warning."""
    ends = [row.at for row in file.timeline if row.from_status == "paused" and row.at < moment(due)]
    return bool(ends) and moment(due) - max(ends) < TICK


def _ladder(file: IssueFile) -> list[str]:
    """Levels without those below them."""
    found = []
    for name, row in file.done.items():
        stem, _, level = name.rpartition(".")
        if row["kind"] == "escalate" and int(level) > 1 and f"{stem}.{int(level) - 1}" not in file.done:
            found.append(f"{file.issue.number} {name}")
    return found


def _levels(files: list[IssueFile], letters: Letters) -> list[str]:
    """Issues of which not just as many levels were told as were handled; but for what was done by then, and for those
    that had come together with a higher one, which tells for them."""
    told = Counter(row["issue_id"] for row in letters.notices.values() if row["event"] == "escalated")
    handled = {
        file.issue.id: sum(
            row["kind"] == "escalate" and not row.get("over") and not row.get("passed_on")
            for row in file.done.values()
        )
        for file in files
    }
    return [f"{name}: {told[name]} of {many}" for name, many in handled.items() if told[name] != many]


def _twice(letters: Letters) -> list[str]:
    told = Counter(
        (
            row["issue_id"],
            row["event"],
            row.get("goal"),
            str(row.get("step")),
            row.get("level"),
            row.get("due_at"),
        )
        for row in letters.notices.values()
        if row["event"] in ("escalated", "due_soon", "running_late", "running_late_unassigned")
    )
    return [str(key) for key, n in told.items() if n > 1]


def _at_night(letters: Letters) -> list[str]:
    """Notices of the clock whose channels may speak at night, though nobody's safety asks for it. All others wait for
    the morning in their channels."""
    found = []
    for row in letters.notices.values():
        if row["event"] not in _BY_CLOCK:
            continue
        at: datetime = moment(row["at"])
        urgent = bool(row.get("urgent"))
        by_day = rfc3339(tell_at(DEFAULT_POLICY.quiet, _ZONE, at)) == rfc3339(at)
        to_staff_of_l1 = not row["owners"] and category_of(row["category_id"]).sla_class == "L1"
        if not by_day and urgent and not to_staff_of_l1:
            found.append(f"{row['number']} {row['event']} {row['at']}")
    return found


def _lost(portal: Portal, letters: Letters) -> list[str]:
    """Who should have a message and has none; and notices that were never delivered."""
    left = [row["SK"] for n in range(outbox.SHARDS) for row in portal.db.query(outbox.outbox_pk(n)).items]
    found = [
        f"{sk} to {account_id}"
        for sk, row in letters.notices.items()
        for account_id in {*row["owners"], *row["staff"], *whom.of(portal, row)}
        if (account_id, sk) not in letters.messages
    ]
    return [*left, *found]
