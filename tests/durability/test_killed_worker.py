"""The clock, the outbox and the senders die again and again, and what they bring about is the same.

A life ends just before a write, or just after it was carried out; life after life, each write is met once. At a
provider a life ends with each message that it hands over, before it is taken and after.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.announcements import service as announcing
from chalicelib.announcements.models import Announce
from chalicelib.complaints import store as complaints
from chalicelib.complaints import timers as complaint_timers
from chalicelib.conditions import Key
from chalicelib.dispatch import callback_store, callbacks
from chalicelib.dispatch.callback_models import RecordCall
from chalicelib.inbox import outbox
from chalicelib.issues import timers
from chalicelib.messages import policy, store, worker
from chalicelib.messages.models import Outgoing
from chalicelib.messages.notifier import Message
from chalicelib.messages.sending import Turn
from chalicelib.records import Item, Put
from chalicelib.service_levels import store as levels
from chalicelib.service_levels.policy import DEFAULT_POLICY
from tests.due import worlds
from tests.due.worlds import DAY, HOUR
from tests.factories import NOW, PHONES, People, bring_to, make_key
from tests.factories_complaints import complain
from tests.messages import world as messages
from tests.messages.providers import FakeProvider

MINUTE = timedelta(minutes=1)
#: Warnings and breaches of an urgent report, a visit's reminder and its pause's end, a complaint's clocks, a question,
#: a closing. Each is followed by the minutes in which what was cut off is taken up again, and by a morning.
TICKS = [NOW + length for length in (2 * HOUR, 7 * HOUR, 25 * HOUR, 49 * HOUR, 8 * DAY)]
AFTERWARDS = (MINUTE, policy.LEASE + 2 * MINUTE, 20 * MINUTE, 45 * MINUTE)


Death = Callable[[str, Any], Any]
_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


class Killed(BaseException):
    """The process is gone: nobody catches this."""


@dataclass
class Trial:
    """A world with its people, its providers, and the complaint and announcement in it."""

    world: worlds.World
    provider: FakeProvider
    complaint: str
    announcement: str
    lives: int = 0

    def people(self) -> dict[str, str]:
        """Whose is which account."""
        found = People(self.world.portal)
        return {getattr(found, name).id: name for name in PHONES}


def _made() -> Trial:
    """Everything that a worker can have to do, about to be due."""
    world = worlds.make_world()
    portal, people = world.portal, People(world.portal)
    complaint_timers.run_due(portal, NOW)
    complaint = complain(portal=portal, by=people.owner)
    body = Announce(community_id="maple", title="停水", text="明天停水", publish_at=NOW + 6 * HOUR)
    announcement = announcing.announce(portal, people.manager, body, None, NOW)
    levels.save_policy(portal, "maple", people.manager.id, DEFAULT_POLICY, NOW + HOUR, 0, NOW)
    trial = Trial(world, FakeProvider(knows_tokens=True), complaint.complaint.id, announcement.id)
    _reached(trial, people)
    return trial


def _reached(trial: Trial, people: People) -> None:
    """The owner by text and by WeChat (one message of it), the technician by two browsers, the manager by mail."""
    chooser = messages.World(trial.world.portal, people, trial.provider)
    seal = trial.world.portal.keys.seal
    for person, channels in ((people.owner, {"steps": ["wechat"]}), (people.manager, {"work": ["email"]})):
        pk = f"ACCOUNT#{person.id}"
        sealed = {name: seal(name, f"{pk}|{name}") for name in ("openid", "email")}
        chooser.choose(person.id, channels=channels, email_checked=True, **sealed)
    credit: Item = {"PK": f"ACCOUNT#{people.owner.id}", "SK": "REACHCREDIT#steps", "left": 1}
    trial.world.portal.db.write(Put(credit))
    for name in ("d1", "d2"):
        chooser.add_device(people.technician.id, name)
    chooser.add_device(people.clerk.id)


def _copied(made: Trial) -> Trial:
    provider = FakeProvider(knows_tokens=True)
    world = worlds.copied(made.world)
    world.portal = replace(world.portal, notifier=provider)
    return Trial(world, provider, made.complaint, made.announcement)


def _minute(trial: Trial, now: Any) -> None:
    """What the functions do in a minute, together with what the stream brings them."""
    portal = trial.world.portal
    timers.run_due(portal, now)
    complaint_timers.run_due(portal, now)
    outbox.sweep(portal, now, older_than_s=-1)
    worker.sweep(Turn(portal, now))


def _lived(trial: Trial, deaths: Death | None = None, *, after: bool = False) -> dict[str, Any]:
    """All ticks, each with as many lives as it takes; what they come to."""
    for tick in TICKS:
        for later in (timedelta(), *AFTERWARDS):
            _minute_of_lives(trial, tick + later, deaths, after=after)
    for hours in (16, 17, 18):  # a morning, for what waits for one
        _minute_of_lives(trial, TICKS[-1] + hours * HOUR, deaths, after=after)
    return _outcome(trial)


def _minute_of_lives(trial: Trial, now: Any, deaths: Death | None, *, after: bool) -> None:
    while True:
        trial.lives += 1
        assert trial.lives < 5_000, "a worker that dies must come further each time"
        try:
            with trial.world.client.failing(deaths or (lambda *_: None), after=after):
                _minute(trial, now)
        except Killed:
            continue
        return


class _Deaths:
    """Ends a life with each write once. Writes that make ids are new in each life: before one of those a life ends
    only when the last did not."""

    def __init__(self, *, after: bool) -> None:
        self._after, self._met, self._last = after, set[str](), ""

    def __call__(self, operation: str, request: Any) -> Any:
        if operation not in ("transact_write_items", "update_item"):
            return None
        bodies = [body for part in request.get("TransactItems", [{"": request}]) for body in part.values()]
        keys = [body.get("Key") or body["Item"] for body in bodies]
        written = str(sorted((key["PK"]["S"], key["SK"]["S"]) for key in keys))
        form = _ID.sub("", written)
        again = written in self._met or (form == self._last and not self._after)
        self._met.add(written)
        self._last = "" if again else form
        return None if again else Killed()


def _outcome(trial: Trial) -> dict[str, Any]:
    """All that was brought about, in words that are equal for equal outcomes, whoever wrote it when."""
    names, db, keys = trial.people(), trial.world.portal.db, trial.world.portal.keys
    rows = {name: db.query_all(f"ACCOUNT#{account_id}") for account_id, name in names.items()}
    sent = [store.from_item(row) for own in rows.values() for row in own if row["SK"].startswith("SEND#")]
    complaint = complaints.load(db, keys, trial.complaint)
    announcement = db.query_all(Key("PK").eq("COMMUNITY#maple") & Key("SK").begins_with("ANNOUNCE#"))
    assert complaint is not None
    return {
        **trial.world.outcome(),
        "inboxes": Counter(
            (name, row["event"], row.get("goal"), row.get("level"))
            for name, own in rows.items()
            for row in own
            if row["SK"].startswith("INBOX#")
        ),
        "unread": {name: row["unread"] for name, own in rows.items() for row in own if row["SK"] == "UNREAD"},
        "counts": db.get(outbox.counts_key("maple")),
        "complaint": [(one.kind, one.clock) for one in complaint.timeline],
        "announced": [(row["state"], row["reached"]) for row in announcement],
        "outside": _told(names, sent),
        "taken": Counter(
            (one.channel, one.to, one.text) for one in trial.provider.taken if one.template != "digest"
        ),
        "waiting": messages.World(trial.world.portal, People(trial.world.portal), trial.provider).queued(),
        "at the desk": db.query_all("FAILED#maple"),
    }


def _told(names: dict[str, str], sent: list[Outgoing]) -> Counter[tuple[str, ...]]:
    """How many pieces of news each was told by each channel; which of them came together in a digest is a matter of
    when. What failed was told by another channel."""
    found: Counter[tuple[str, ...]] = Counter()
    for one in sent:
        event = "work" if one.digest else one.event
        found[names[one.account_id], one.channel, event, one.state] += one.n
    return found


@pytest.fixture(scope="module")
def made() -> Trial:
    return _made()


@pytest.fixture(scope="module")
def undisturbed(made: Trial) -> dict[str, Any]:
    trial = _copied(made)
    found = _lived(trial)
    assert trial.lives == len(TICKS) * (1 + len(AFTERWARDS)) + 3
    return found


def test_an_undisturbed_worker_has_everything_to_do(undisturbed: dict[str, Any]) -> None:
    kinds = {moment.split(".")[1] for issue in undisturbed["issues"].values() for moment in issue[4]}
    events = {event for _, event, *_ in undisturbed["inboxes"]}
    assert {"pause_end", "unresolved", "appointment", "follow_up", "auto_close"} <= kinds
    assert {"escalated", "running_late", "announcement", "complaint_breach", "visit_soon"} <= events
    assert undisturbed["announced"] == [("out", 2)]
    assert {channel for _, channel, *_ in undisturbed["outside"]} == {"sms", "push", "wechat", "email"}
    assert undisturbed["waiting"] == undisturbed["at the desk"] == []


@pytest.mark.parametrize("after", [False, True], ids=["before each write", "after each write"])
def test_a_worker_that_dies_at_every_write_comes_to_the_same(
    made: Trial, undisturbed: dict[str, Any], after: bool
) -> None:
    trial, deaths = _copied(made), _Deaths(after=after)
    found = _lived(trial, deaths, after=after)
    assert trial.lives > 250
    assert found == undisturbed
    assert trial.provider.doubled() == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_dies_with_every_message_it_hands_over_comes_to_the_same(
    made: Trial, undisturbed: dict[str, Any], when: str
) -> None:
    trial, seen = _copied(made), set[tuple[str, str, str]]()

    def die(message: Message) -> None:
        known = (message.token.rpartition(".")[0], message.channel, message.to)
        if known not in seen:
            seen.add(known)
            raise Killed

    setattr(trial.provider, when, die)
    assert _lived(trial) == undisturbed
    assert len(seen) > 20
    assert trial.provider.doubled() == []


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_call_back_that_is_cut_off_is_written_down_once(after: bool) -> None:
    world = worlds.make_world()
    portal, people = world.portal, People(world.portal)
    file = bring_to(portal=portal, people=people, status="resolved")
    body = RecordCall.model_validate({"due": NOW + DAY, "reached": True, "fixed": False, "satisfied": False})
    key = make_key(of=people.clerk)

    def record() -> str:
        return callbacks.record(portal, people.clerk, file.issue.id, body, key, NOW + DAY)[0]

    with world.client.failing(_Deaths(after=after), after=after), pytest.raises(Killed):
        record()
    assert record() == record() == "reopened"
    assert callback_store.done(portal.db, "maple", NOW + 2 * DAY) == 1
