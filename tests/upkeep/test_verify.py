"""The check of a portal's records: all is well with what the portal writes, and whatever is wrong is named."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

import pytest

from chalicelib.db import Delete, Item, K
from chalicelib.portal import Portal
from chalicelib.sealed import sealed_in
from infra.upkeep import recompute
from infra.upkeep.book import Book, kind_of
from infra.upkeep.checks import enter
from infra.upkeep.verify import verify
from tests.factories import NOW, make_portal
from tests.recording import kind_of as kind_of_part

KEYS = make_portal(client=None, table="none").keys
SEALED = re.compile(r"^k\d+\.[A-Za-z0-9_-]{38,}$")
#: Records that nothing else tells of: once lost, nobody can say that they were there. They expire, or are somebody's
#: own settings, or are one of many rows that are only ever added.
UNTOLD = {
    # Of consultations: a booking does not know its designer's zone, so not its day; a plan's photo may go.
    "ACCOUNT FEED", "BOOKING T", "DESIGNER DAY", "PHOTO META", "SYSTEM BOOKINGS",
    # Of decoration: rows that are only ever added, and what is shown on a list alone.
    "PREVIEWS PREVIEW", "PRICES PRICE", "PROJECT C", "DUEB",
    "ACCOUNT DAY", "ACCOUNT DESK", "ACCOUNT DRAFT", "ACCOUNT FORM", "ACCOUNT INBOX", "ACCOUNT ONCE", "ACCOUNT SESSION",
    "ACCOUNT UNREAD", "ADDRESS THROTTLE", "AUDIT", "COMMUNITY REPLIES", "ISSUE FOLLOWER", "ISSUE H", "ISSUE T",
    "PHONE THROTTLE", "SYSTEM TIMERS", "COMMUNITY COUNTS", "OUTBOX", "COMPLAINT T", "COMMUNITY DEPARTMENTS",
    "SYSTEM COMPLAINTTIMERS", "DUEC",
    "ACCOUNT WORKDAY", "COMMUNITY CALLBACK",
    "COMMUNITY CALLED", "COMMUNITY LIVES", "COMMUNITY OUTAGE", "COMMUNITY OUTAGEPAST", "COMMUNITY OUTAGEKIND",
    "COMMUNITY STAFFRULES", "COMMUNITY STAFFWORK", "ISSUE C",
    "ISSUE L", "ISSUE W", "REPEAT", "COMMUNITY ALARM", "COMMUNITY LEVELS", "ISSUE DONE", "RISK", "COMMUNITY ROSTER",
    "COMMUNITY SOP",
    "ACCOUNT REACH", "ACCOUNT REACHPUSH",
    "ACCOUNT REACHTOLD", "ACCOUNT REACHCREDIT", "ACCOUNT SEND", "SYSTEM PROVIDER", "TELL", "FAILED",
    "ADDRESS CLAIMS", "PHONE CLAIM", "PHONE INVITED",
    "ACCOUNT KNOW", "ANNOUNCED READ", "PUBLISH",
    # Of points, what `make verify-ledger` tells, and what managers keep.
    "POINTS BALANCE", "POINTS E", "POINTS OPEN", "POINTS SHUT", "POINTS USED", "POINTS TAKEN", "EARNED", "EARN",
    "POINTSUM", "ADJUST", "COMMUNITY POINTRULE", "COMMUNITY REWARD", "SYSTEM POINTTIMERS",
}  # fmt: skip


def _problems(items: Iterable[Item]) -> list[str]:
    book = Book()
    for item in items:
        enter(book, KEYS, item)
    missing = [f"{key.pk} {key.sk}: missing, for {by}" for key, by in book.missing().items()]
    return [*book.problems, *missing, *book.unsettled(NOW)]


def _key(item: Item) -> K:
    return K(item["PK"], item["SK"])


def test_all_is_well_with_everything_that_the_portal_writes(told: list[Item]) -> None:
    assert _problems(told) == []


def test_a_lost_record_is_named_wherever_another_tells_of_it(told: list[Item]) -> None:
    """Some of each kind: all of them, each against all the others, takes minutes."""
    silent = set()
    seen = Counter[tuple[str, ...]]()
    for at, lost in enumerate(told):
        seen[kind_of(_key(lost))] += 1
        if seen[kind_of(_key(lost))] > 3:
            continue
        problems = _problems([*told[:at], *told[at + 1 :]])
        if not problems:
            silent.add(" ".join(kind_of(_key(lost))).strip())
        elif kind_of(_key(lost)) not in (("OUTBOX", ""), ("COMMUNITY", "COUNTS"), ("ISSUE", "T")):
            assert any(lost["PK"] in problem for problem in problems), (lost, problems)
    assert silent <= UNTOLD


def test_a_lost_outbox_row_shows_in_the_numbers(told: list[Item]) -> None:
    def moves(item: Item) -> bool:
        return bool(item["PK"].startswith("OUTBOX#") and item["counts"])

    without = [item for item in told if not (item["PK"].startswith("COMMUNITY#") and item["SK"] == "COUNTS")]
    assert any(" COUNTS: " in problem for problem in _problems(without))
    row = next((item for item in told if moves(item)), None)
    if row is not None:
        assert any(" COUNTS: " in problem for problem in _problems(item for item in told if item is not row))


def test_every_sealed_text_is_listed_with_its_context_and_opens(told: list[Item]) -> None:
    def texts(value: object) -> list[str]:
        if isinstance(value, dict):
            return [text for part in value.values() for text in texts(part)]
        if isinstance(value, list):
            return [text for part in value for text in texts(part)]
        return [value] if isinstance(value, str) and SEALED.match(value) else []

    for item in told:
        places = list(sealed_in(item))
        assert sorted(place.text for place in places) == sorted(texts(item)), item
        assert all(KEYS.open(place.text, place.context) for place in places)
    sealed = {kind_of_part(item["SK"]) for item in told if any(True for _ in sealed_in(item))}
    assert {"PROFILE", "STAFF#", "META", "T#", "H#", "INBOX#"} <= sealed


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        (("ACCOUNT", "PROFILE"), {"name": "k1.AAAA"}, "name does not open"),
        (("ISSUE", "META"), {"due": "2020"}, "due is 2020, so the desk does not find it"),
        (("ISSUE", "META"), {"reporter": "x"}, "can't be read"),
        (("COMMUNITY", "COUNTS"), {"submitted": 99}, "COUNTS: 99 submitted, but there are"),
    ],
)
def test_a_changed_record_is_named(told: list[Item], kind: tuple[str, str], changes: Item, said: str) -> None:
    at = next(at for at, item in enumerate(told) if kind_of(_key(item)) == kind)
    problems = _problems([*told[:at], {**told[at], **changes}, *told[at + 1 :]])
    assert any(said in problem for problem in problems), problems


def test_a_timer_of_a_day_that_the_clock_has_passed_is_named(told: list[Item]) -> None:
    issue = next(item for item in told if kind_of(_key(item)) == ("ISSUE", "META"))
    timer = {
        "PK": "DUE#2026-11-01#0",
        "SK": f"2026-11-01T00:00:00.000Z#{issue['id']}",
        "issue_id": issue["id"],
    }
    assert (
        "DUE#2026-11-01: the clock is past this day (SYSTEM TIMERS), so it will never be handled"
        in _problems([*told, timer])
    )


def test_a_complaint_whose_clock_nobody_looks_at_is_named(told: list[Item]) -> None:
    fresh = [{**item, "day": "2026-11-19"} if item["SK"] == "COMPLAINTTIMERS" else item for item in told]
    at = next(i for i, item in enumerate(fresh) if item["PK"].startswith("COMPLAINT#") and "due_at" in item)
    problems = _problems([item for item in fresh if not item["PK"].startswith("DUEC#")])
    assert any(f"{fresh[at]['PK']} META: nobody will be told" in problem for problem in problems)


def test_the_command_names_what_is_missing_in_the_table_and_in_the_bucket(
    lived_in: Portal, told: list[Item]
) -> None:
    found = verify(lived_in, NOW)
    assert (found.problems, list(found.seals)) == ([], ["k1"])
    assert sum(found.kinds.values()) == len(told)
    photo = next(item for item in told if item["PK"].startswith("PHOTO#") and item["status"] == "ready")
    number = next(item for item in told if item["PK"].startswith("NUMBER#"))
    lived_in.storage.delete(f"photos/{photo['id']}/thumb.webp")
    lived_in.db.write(Delete(_key(number)))
    assert verify(lived_in, NOW).problems == [
        f"{number['PK']} ISSUE: missing, although ISSUE#{number['issue_id']} META needs it",
        f"{photo['PK']} META: photos/{photo['id']}/thumb.webp is not in the bucket",
    ]


def test_promises_worked_out_anew_are_those_that_the_story_left(lived_in: Portal) -> None:
    ids = recompute.issue_ids(lived_in, "", every=True)
    seen, found = recompute.recompute(lived_in, ids, NOW + timedelta(days=31), fix=False)
    assert (seen > 5, found) == (True, [])
