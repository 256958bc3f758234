"""What people do with rewards: have one for their points, give it back, have it handed out at the desk."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from chalicelib.accounts.models import Person
from chalicelib.audit import store as audit
from chalicelib.db import Op
from chalicelib.errors import Forbidden, NotFound, PortalError
from chalicelib.ids import is_id, new_id
from chalicelib.issues.rules import DISPATCH_ROLES
from chalicelib.once import Once
from chalicelib.points import items, telling
from chalicelib.points import store as points
from chalicelib.points.book import Book
from chalicelib.points.models import Entry
from chalicelib.portal import Portal
from chalicelib.rewards import reminding, rules, store
from chalicelib.rewards.models import Reward, Voucher
from chalicelib.times import kept as to_the_millisecond

Done = tuple[Voucher, str]


def homes_of(person: Person) -> list[str]:
    """The communities whose rewards somebody may have: where they live."""
    return sorted({unit.community_id for unit in person.units})


def redeem(portal: Portal, person: Person, reward_id: str, once: Once | None, now: datetime) -> Done:
    """Have a reward: takes points and stock in one transaction, and makes a voucher; gives back that, and its state
    then. Raises NotFound, TooManyOfIt, OutOfStock or InsufficientPoints."""

    def work() -> Voucher:
        return _redeem(portal, person, reward_id, once, to_the_millisecond(now))

    def replay(kept: dict[str, Any]) -> Voucher:
        return _own(portal, person, kept["voucher_id"])

    return _settled(portal, once, work, replay), "issued"


def _redeem(portal: Portal, person: Person, reward_id: str, once: Once | None, now: datetime) -> Voucher:
    homes = homes_of(person)
    if not homes or not is_id(reward_id):
        raise NotFound
    keys = [items.balance_key(person.id), store.taken_key(person.id, reward_id)]
    held, taken, *offers = portal.db.batch_get([*keys, *(store.reward_key(one, reward_id) for one in homes)])
    found = next((store.reward_from(one) for one in offers if one), None)
    had = taken["taken"] if taken else 0
    reward = rules.check_offer(found, had, now)
    purse = items.purse_from(person.id, held)
    book = Book(purse, points.open_sheets(portal.db, person.id, reward.points, now), now)
    voucher_id = new_id(now)
    entry = book.take(reward.points, "spent", note=reward.name, ref=voucher_id)
    voucher = _voucher(person, reward, voucher_id, entry, now)
    ops: list[Op] = [once.put({"voucher_id": voucher.id}, now)] if once else []
    told = telling.tell(
        "voucher_ready",
        person.id,
        reward.community_id,
        reward.name,
        reward.points,
        now,
        due_at=reminding.last_moment(voucher),
    )
    portal.db.write(
        *ops,
        *points.writes(purse, book),
        store.take_one(reward),
        store.count_taken(person.id, reward.id, had),
        *store.add_voucher(voucher, portal.keys),
        *reminding.ask(voucher),
        told,
    )
    return voucher


def _voucher(person: Person, reward: Reward, voucher_id: str, entry: Entry, now: datetime) -> Voucher:
    return Voucher(
        id=voucher_id,
        account_id=person.id,
        community_id=reward.community_id,
        reward_id=reward.id,
        name=reward.name,
        code=rules.new_code(),
        points=reward.points,
        at=now,
        expires_at=rules.ends(now, reward.voucher_days),
        parts=entry.parts,
    )


def _settled(
    portal: Portal,
    once: Once | None,
    work: Callable[[], Voucher],
    replay: Callable[[dict[str, Any]], Voucher],
) -> Voucher:
    """As `once.settled`, but with more patience: everybody wants the last one at the same moment."""
    if once and (kept := once.find(portal.db)):
        return replay(kept)
    try:
        return points.settled(portal.db, work)
    except PortalError:
        kept = once.find(portal.db) if once else None
        if kept is None:
            raise
    return replay(kept)


def _own(portal: Portal, person: Person, voucher_id: str) -> Voucher:
    found = store.voucher(portal.db, portal.keys, person.id, voucher_id) if is_id(voucher_id) else None
    if found is None:
        raise NotFound
    return found


def own(portal: Portal, person: Person, voucher_id: str) -> Voucher:
    """One of one's own vouchers; raises NotFound for any other."""
    return _own(portal, person, voucher_id)


def cancel(portal: Portal, person: Person, voucher_id: str, now: datetime) -> Voucher:
    """Give a voucher back that was not used: its points go to the lots that they came from, and one more is in stock.
    Cancelled before, it stays so. Raises NotFound or NotUsable."""
    return points.settled(portal.db, lambda: _cancel(portal, person, voucher_id, to_the_millisecond(now)))


def _cancel(portal: Portal, person: Person, voucher_id: str, now: datetime) -> Voucher:
    voucher = _own(portal, person, voucher_id)
    if voucher.kept_state == "cancelled":
        return voucher
    rules.check_usable(voucher, now)
    purse = points.purse(portal.db, person.id)
    sheets = points.sheets(portal.db, person.id, [part.sheet for part in voucher.parts])
    book = Book(purse, sheets, now)
    book.give_back(voucher.parts, note=voucher.name, ref=voucher.id)
    told = telling.tell(
        "voucher_cancelled", person.id, voucher.community_id, voucher.name, voucher.points, now
    )
    portal.db.write(
        store.end(voucher, "cancelled", "", now),
        *points.writes(purse, book),
        store.put_back(voucher),
        store.count_back(person.id, voucher.reward_id),
        *reminding.forget(voucher),
        told,
    )
    return _own(portal, person, voucher_id)


def look_up(portal: Portal, person: Person, text: str) -> Voucher:
    """The voucher of a code, for staff of its community; raises NotFound, also for one of another community."""
    code = rules.read_code(text)
    found = store.by_code(portal.db, portal.keys, code) if code else None
    if found is None or found.community_id not in person.communities(DISPATCH_ROLES):
        raise NotFound
    return found


def use(portal: Portal, person: Person, text: str, once: Once | None, now: datetime) -> Voucher:
    """Mark a voucher as used, once for ever: with the same key it is the same handing out, with another somebody shows
    it a second time. Raises NotFound, Forbidden or NotUsable."""

    def work() -> Voucher:
        return _use(portal, person, text, once, to_the_millisecond(now))

    return _settled(portal, once, work, lambda _: look_up(portal, person, text))


def _use(portal: Portal, person: Person, text: str, once: Once | None, now: datetime) -> Voucher:
    voucher = look_up(portal, person, text)
    if voucher.account_id == person.id:
        raise Forbidden  # nobody hands something out to themself
    rules.check_usable(voucher, now)
    act = audit.Act(voucher.community_id, person.id, "voucher_used", voucher.id)
    told = telling.tell(
        "voucher_used", voucher.account_id, voucher.community_id, voucher.name, voucher.points, now
    )
    ended = [store.end(voucher, "used", person.id, now), *reminding.forget(voucher)]
    key: list[Op] = [once.put({"voucher_id": voucher.id}, now)] if once else []
    portal.db.write(*key, *ended, audit.add(act, now), told)
    return look_up(portal, person, text)
