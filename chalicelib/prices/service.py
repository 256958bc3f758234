"""What people do with price commitments: offer one, sign it, withdraw it, dispute it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from chalicelib.accounts import store as accounts
from chalicelib.accounts.models import Person
from chalicelib.audit import store as audit
from chalicelib.communities import store as communities
from chalicelib.complaints import service as complaints
from chalicelib.complaints.bodies import FileComplaint
from chalicelib.consultations.plans import CALENDAR_ROLES
from chalicelib.db import Op
from chalicelib.errors import N_, Invalid, NotFound
from chalicelib.ids import is_id, new_id
from chalicelib.inbox import outbox
from chalicelib.inbox.models import Event, Notice
from chalicelib.once import Once, once, settled
from chalicelib.portal import Portal
from chalicelib.prices import board, board_store, document, rules, store
from chalicelib.prices.models import Commitment, Dispute, Line, Offer, Sign

_NO_HOME = N_("There is no such home in this community. Look at its id in the list of homes.")
_NO_PRICE = N_("Something chosen is not on the board now, or has no price yet.")
#: What steps change and answers show, kept with a key: the rest is as it was offered.
_MOVES = {"status", "version", "signed_at", "complaint_id"}


def own(portal: Portal, person: Person, commitment_id: str) -> Commitment:
    """A commitment to one of somebody's homes; raises NotFound."""
    one = store.get(portal.db, portal.keys, commitment_id) if is_id(commitment_id) else None
    if one is None or person.unit(one.unit_id) is None:
        raise NotFound
    return one


def at_desk(portal: Portal, person: Person, commitment_id: str) -> Commitment:
    """A commitment of a community in which somebody offers such; raises NotFound."""
    one = store.get(portal.db, portal.keys, commitment_id) if is_id(commitment_id) else None
    if one is None or not person.roles_in(one.community_id) & CALENDAR_ROLES:
        raise NotFound
    return one


def offer(portal: Portal, person: Person, body: Offer, key: Once | None, now: datetime) -> Commitment:
    """Promise prices to a home, signed by whoever does; the home is told. Raises NotFound, Invalid."""
    if not person.roles_in(body.community_id) & CALENDAR_ROLES:
        raise NotFound

    def work() -> Commitment:
        new = _new(portal, person, body, now)
        told = _to_home(new, "commitment_offered")
        _write(
            portal, new, person, "offered", key, [*store.add(new, portal.keys), outbox.add(told, now)], now
        )
        return new

    return _settled(portal, key, work, now)


def _new(portal: Portal, person: Person, body: Offer, now: datetime) -> Commitment:
    unit = portal.db.get(communities.unit_key(body.community_id, body.unit_id))
    if unit is None:
        raise Invalid.field("unit_id", "unknown_home", _NO_HOME)
    today = board.today_in(portal, body.community_id, now)
    rules.check_until(body.valid_until, today)
    items = {one.id: one for one in board_store.board(portal.db, body.community_id)} if body.item_ids else {}
    lines = []
    for item_id in dict.fromkeys(body.item_ids):
        item = items.get(item_id)
        price = rules.price_on(item, today) if item and not item.retired else None
        if item is None or price is None:
            raise Invalid.field("item_ids", "not_on_board", _NO_PRICE)
        lines.append(Line(item_id=item.id, name=item.name, measure=item.measure, fen=price.fen))
    return Commitment(
        id=new_id(now), community_id=body.community_id, unit_id=body.unit_id, unit_label=unit["label"],
        building=unit["building"], title=body.title, text=body.text, lines=tuple(lines), valid_until=body.valid_until,
        offered_by=person.id, offered_name=person.name, offered_at=now,
    )  # fmt: skip


def sign(
    portal: Portal,
    person: Person,
    commitment_id: str,
    body: Sign,
    key: Once | None,
    locale: str,
    now: datetime,
) -> Commitment:
    """Put the second signature; what both signed is kept as a PDF. It is a decoration contract: one's first brings on
    the invitation by which one came. Raises NotFound, VersionConflict, Expired,
    IllegalTransition."""

    def work() -> Commitment:
        before = own(portal, person, commitment_id)
        rules.check(before, "sign", body.version, board.today_in(portal, before.community_id, now))
        # The document first: should the record not be written, nobody is shown a document that nobody has signed.
        draft = rules.signed(before, person.id, person.name, "", now)
        after = draft.model_copy(update={"letter_id": document.write(portal, draft, locale, now)})
        told = [_to_home(after, "commitment_signed"), _to_staff(after, "commitment_signed")]
        ops = [store.change(before, after, portal.keys), *[outbox.add(one, now) for one in told]]
        _write(portal, after, person, "signed", key, [*ops, *_coming(portal, person, now)], now)
        return after

    return _settled(portal, key, work, now)


def _coming(portal: Portal, person: Person, now: datetime) -> list[Op]:
    """What a signature brings on: whoever was invited by a neighbour has come with their first contract."""
    claim = portal.db.get(accounts.claim_key(accounts.phone_hash(portal.keys, person.phone)))
    if claim is None:
        return []
    from chalicelib.referrals import coming  # for the few who were

    return coming.signing_contract(person, claim, now)


def withdraw(
    portal: Portal, person: Person, commitment_id: str, body: Sign, key: Once | None, now: datetime
) -> Commitment:
    """Take an offer back that nobody has signed. Raises NotFound, VersionConflict, IllegalTransition."""

    def work() -> Commitment:
        before = at_desk(portal, person, commitment_id)
        rules.check(before, "withdraw", body.version, board.today_in(portal, before.community_id, now))
        after = before.model_copy(update={"status": "withdrawn", "version": before.version + 1})
        told = outbox.add(_to_home(after, "commitment_withdrawn"), now)
        _write(portal, after, person, "withdrawn", key, [store.change(before, after, portal.keys), told], now)
        return after

    return _settled(portal, key, work, now)


def dispute(
    portal: Portal, person: Person, commitment_id: str, body: Dispute, key: Once | None, now: datetime
) -> Commitment:
    """Open a complaint about a signed commitment, and name it there. Doing it again, also after half of it, gives the
    same complaint. Raises NotFound, VersionConflict, IllegalTransition, Invalid, TooMany."""

    def work() -> Commitment:
        before = own(portal, person, commitment_id)
        rules.check(before, "dispute", body.version, board.today_in(portal, before.community_id, now))
        after = _complained(portal, person, before, body, now)
        told = outbox.add(_to_staff(after, "commitment_disputed"), now)
        _write(portal, after, person, "disputed", key, [store.change(before, after, portal.keys), told], now)
        return after

    return _settled(portal, key, work, now)


def _complained(
    portal: Portal, person: Person, before: Commitment, body: Dispute, now: datetime
) -> Commitment:
    """The commitment with the complaint about it, which is there then."""
    content = f"{before.title} ({before.id}, {before.valid_until})\n{body.text}"[:2000]
    filed = FileComplaint(kind="complaint", category="other", content=content, unit_id=before.unit_id)
    same = once(person.id, f"dispute-{before.id}", "commitments/dispute", Sign(version=body.version))
    complaint = complaints.file_complaint(portal, person, filed, same, now)[0].complaint
    changes = {
        "complaint_id": complaint.id,
        "complaint_number": complaint.number,
        "version": before.version + 1,
    }
    return before.model_copy(update=changes)


def _write(
    portal: Portal, one: Commitment, person: Person, what: str, key: Once | None, ops: list[Op], now: datetime
) -> None:
    first: list[Op] = (
        [key.put({"id": one.id, **one.model_dump(mode="json", include=_MOVES)}, now)] if key else []
    )
    act = audit.Act(one.community_id, person.id, "commitment", one.id, what)
    portal.db.write(*first, *ops, audit.add(act, now))


def _settled(portal: Portal, key: Once | None, work: Callable[[], Commitment], now: datetime) -> Commitment:
    def again(kept: dict[str, Any]) -> tuple[Commitment, datetime]:
        found = store.get(portal.db, portal.keys, kept["id"])
        assert found is not None, "commitments are never removed"
        # As it stood then, whatever happened in between.
        then = {name: kept.get(name) for name in _MOVES} if "status" in kept else {}
        return Commitment.model_validate({**found.model_dump(), **then}), now

    return settled(portal.db, key, work, again, now)[0]


def _to_home(one: Commitment, event: Event) -> Notice:
    return _notice(one, event, homes=(f"{one.building}#{one.unit_id}",))


def _to_staff(one: Commitment, event: Event) -> Notice:
    return _notice(one, event, staff=(one.offered_by,))


def _notice(one: Commitment, event: Event, **fields: Any) -> Notice:
    return Notice(
        event=event,
        issue_id=one.id,
        number="",
        category_id="",
        community_id=one.community_id,
        about="commitment",
        subject=one.title,
        **fields,
    )
