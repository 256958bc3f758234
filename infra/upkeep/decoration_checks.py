"""What records of decoration say about others: projects, prices, commitments, previews. Pure."""

from chalicelib.communities import store as communities
from chalicelib.complaints import letters
from chalicelib.complaints import store as complaints
from chalicelib.crypto import Keyring
from chalicelib.db import Item, K
from chalicelib.photos import store as photos
from chalicelib.prices import board_store
from chalicelib.prices import store as commitments
from chalicelib.projects import store as projects
from infra.upkeep.book import Book


def project(book: Book, keys: Keyring, key: K, item: Item) -> None:
    """A project stands in its community's list, for a home that is there."""
    book.want(projects.pointer_key(item["community_id"], item["unit_id"]), key)
    book.want(communities.unit_key(item["community_id"], item["unit_id"]), key)


def project_pointer(book: Book, keys: Keyring, key: K, item: Item) -> None:
    """A project in its community's list."""
    book.want(projects.project_key(item["unit_id"]), key)


def report(book: Book, keys: Keyring, key: K, item: Item) -> None:
    """A report belongs to a project; its photos may have been taken back."""
    book.want(K(key.pk, "META"), key)


def comment(book: Book, keys: Keyring, key: K, item: Item) -> None:
    """A comment is about a month's report."""
    book.want(K(key.pk, f"R#{item['month']}"), key)


def price(book: Book, keys: Keyring, key: K, item: Item) -> None:
    """A price is an item's."""
    community_id, item_id = key.pk.removeprefix("PRICES#"), key.sk.split("#")[1]
    book.want(board_store.item_key(community_id, item_id), key)


def commitment(book: Book, keys: Keyring, key: K, item: Item) -> None:
    """A commitment stands in its home's list; once signed, its document is there, and what disputes it."""
    one = commitments.from_item(item, keys)
    book.want(commitments.pointer_key(one.community_id, one.unit_id, one.id), key)
    if one.letter_id:
        book.letters[letters.object_key(one.id, one.letter_id)] = key
    if one.complaint_id:
        book.want(complaints.meta_key(one.complaint_id), key)


def commitment_pointer(book: Book, keys: Keyring, key: K, item: Item) -> None:
    """A commitment in its home's list."""
    book.want(commitments.commitment_key(item["commitment_id"]), key)


def photo(book: Book, keys: Keyring, key: K, item: Item) -> None:
    """A photo among the rows of what it belongs to."""
    book.want(photos.photo_key(item["id"]), key)


CHECKS = {
    ("PROJECT", "META"): project,
    ("PROJECT", "R"): report,
    ("PROJECT", "C"): comment,
    ("COMMUNITY", "PROJECT"): project_pointer,
    ("PRICES", "PRICE"): price,
    ("COMMITMENT", "META"): commitment,
    ("COMMUNITY", "COMMITMENT"): commitment_pointer,
    ("PROJECT", "PHOTO"): photo,
    ("PREVIEWS", "PHOTO"): photo,
    ("DESIGNER", "PHOTO"): photo,
}
