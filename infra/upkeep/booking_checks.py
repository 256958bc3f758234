"""What records of consultations say about others. Pure."""

from datetime import date

from chalicelib.consultations import line_store, marks_store, store
from chalicelib.consultations.store import booking_from
from chalicelib.crypto import Keyring
from chalicelib.db import Item, K
from chalicelib.projects import store as projects
from infra.upkeep.book import Book


def booking(book: Book, keys: Keyring, key: K, item: Item) -> None:
    """A booking stands in its owner's list, among its designer's questions while it is one, and has a designer."""
    one = booking_from(item, keys)
    book.want(store.own_key(one), key)
    book.want(store.plan_key(one.consultant_id), key)
    if one.status == "requested":
        book.want(store.asked_key(one), key)
    if one.marks:
        book.want(marks_store.marks_key(one.consultant_id), key)


def pointer(book: Book, keys: Keyring, key: K, item: Item) -> None:
    """A record that only points to a booking."""
    book.want(store.booking_key(item["booking_id"]), key)


def entry(book: Book, keys: Keyring, key: K, item: Item) -> None:
    """A row of a booking's history."""
    book.want(K(key.pk, "META"), key)


def day(book: Book, keys: Keyring, key: K, item: Item) -> None:
    """What takes time is a booking, or an offer, which ends by itself."""
    book.want(K(key.pk, "PLAN"), key)
    for hold_id, hold in item["holds"].items():
        if "until" not in hold:
            book.want(store.booking_key(hold_id), key)


def place_in_line(book: Book, keys: Keyring, key: K, item: Item) -> None:
    """Whoever waits knows of it, and the other way round."""
    of_day = key.sk.split("#")[1]
    designer = key.pk.removeprefix("DESIGNER#")
    book.want(K(f"ACCOUNT#{item['account_id']}", f"LINE#{of_day}#{designer}"), key)


def own_place(book: Book, keys: Keyring, key: K, item: Item) -> None:
    """What a person waits for."""
    _, of_day, designer = key.sk.split("#")
    book.want(line_store.line_key(designer, date.fromisoformat(of_day), item["waiting_id"]), key)


def due(book: Book, keys: Keyring, key: K, item: Item) -> None:
    """A moment of a booking; an offer may be gone by its own."""
    if "booking_id" in item:
        book.want(store.booking_key(item["booking_id"]), key)
    if "unit_id" in item:
        book.want(projects.project_key(item["unit_id"]), key)


def told(item: Item) -> K:
    """The booking that a message is about."""
    return store.booking_key(item["issue_id"])


CHECKS = {
    ("ACCOUNT", "BOOKING"): pointer,
    ("ACCOUNT", "LINE"): own_place,
    ("BOOKING", "META"): booking,
    ("BOOKING", "T"): entry,
    ("DESIGNER", "ASKED"): pointer,
    ("DESIGNER", "DAY"): day,
    ("DESIGNER", "LINE"): place_in_line,
    ("DUEB", ""): due,
}
