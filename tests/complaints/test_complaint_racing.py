"""Several people at one complaint at the same moment, on a real engine."""

from functools import partial

from chalicelib.complaints import handling, listing, store
from chalicelib.complaints.bodies import Words
from chalicelib.portal import Portal
from tests.factories import NOW, People, make_key
from tests.factories_complaints import complain, complaint_move, complaint_step, handle
from tests.racing import codes, race


def test_a_complaint_sent_by_ten_threads_with_one_key_is_one(portal: Portal, people: People) -> None:
    owner = people.owner
    key = make_key(of=owner)
    results = race([lambda: complain(portal=portal, by=owner, once=key)] * 10)
    assert codes(results) == ["ok"] * 10
    assert len({file.complaint.id for file in results}) == 1
    assert len(listing.own(portal, owner, 20, None)[0]) == 1


def test_complaints_without_a_key_are_as_many_as_were_sent(portal: Portal, people: People) -> None:
    owner = people.owner
    results = race([lambda: complain(portal=portal, by=owner)] * 6)
    assert codes(results) == ["ok"] * 6
    assert len({file.complaint.number for file in results}) == 6


def test_of_two_who_take_it_at_once_one_has_it(portal: Portal, people: People) -> None:
    file = complain(portal=portal, by=people.owner)
    both = [people.clerk, people.manager] * 2
    results = race([partial(complaint_step, portal=portal, by=one, file=file, do="start") for one in both])
    assert codes(results) == ["ok", *["version_conflict"] * 3]
    kept = store.load(portal.db, portal.keys, file.complaint.id)
    assert kept is not None
    assert (kept.complaint.version, len(kept.timeline)) == (2, 2)


def test_withdrawn_and_replied_at_once_it_is_one_of_the_two(portal: Portal, people: People) -> None:
    file = complain(portal=portal, by=people.owner)
    owner, manager = people.owner, people.manager
    for do in ("start", "conclude", "decide"):
        file = complaint_step(portal=portal, by=manager, file=file, do=do)
    results = race(
        [
            lambda: complaint_move(portal=portal, by=owner, file=file, action="withdraw"),
            lambda: complaint_step(portal=portal, by=manager, file=file, do="reply"),
            lambda: handle(portal=portal, by=manager, file=file, do="assign", departments=["legal"]),
        ]
    )
    assert codes(results) == ["ok", "version_conflict", "version_conflict"]
    kept = store.load(portal.db, portal.keys, file.complaint.id)
    assert kept is not None
    assert (kept.complaint.letter_id is not None) == (kept.complaint.stage == "replied")


def test_notes_at_once_are_all_kept_and_stop_no_step(portal: Portal, people: People) -> None:
    file = complain(portal=portal, by=people.owner)
    clerk, manager = people.clerk, people.manager

    def note() -> object:
        return handling.note(portal, clerk, file.complaint.id, Words(text="电话里说过了"), None, NOW)

    results = race([note] * 5 + [lambda: complaint_step(portal=portal, by=manager, file=file, do="start")])
    assert codes(results) == ["ok"] * 6
    kept = store.load(portal.db, portal.keys, file.complaint.id)
    assert kept is not None
    assert [row.kind for row in kept.timeline].count("note") == 5


def test_the_same_step_sent_by_many_threads_with_one_key_is_taken_once(
    portal: Portal, people: People
) -> None:
    file = complain(portal=portal, by=people.owner)
    manager = people.manager
    key = make_key(of=manager)
    results = race([lambda: complaint_step(portal=portal, by=manager, file=file, do="start", once=key)] * 6)
    assert codes(results) == ["ok"] * 6
    assert all(one == results[0] for one in results)
