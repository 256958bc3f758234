"""What must be there with invitations: a code with its owner, a referral with its place in lists, queue and clock."""

from chalicelib.accounts import store as accounts
from chalicelib.crypto import Keyring
from chalicelib.db import Item, K
from chalicelib.referrals import store
from infra.upkeep.book import Book


def _inviter(book: Book, keys: Keyring, key: K, item: Item) -> None:
    book.want(store.invite_key(item["code"]), key)


def _invite(book: Book, keys: Keyring, key: K, item: Item) -> None:
    book.want(store.inviter_key(item["account_id"]), key)


def _referral(book: Book, keys: Keyring, key: K, item: Item) -> None:
    referral = store.from_item(item)
    book.want(store.pointer_key(referral.inviter_id, referral.id), key)
    for account_id in (referral.inviter_id, referral.invited_id):
        if account_id:
            book.want(accounts.profile_key(account_id), key)
    if referral.state == "flagged":
        book.want(store.queue_key(referral), key)
    if due := store.due_key(referral):
        book.want(due, key)


def _pointer(book: Book, keys: Keyring, key: K, item: Item) -> None:
    book.want(store.referral_key(key.sk.partition("#")[2]), key)


def _points_to_it(book: Book, keys: Keyring, key: K, item: Item) -> None:
    book.want(store.referral_key(item["referral_id"]), key)


def moment(book: Book, key: K, item: Item) -> None:
    """What the clock is to do about one. Who takes back what they left somewhere else names one that is not there."""
    if item["referral_id"] and "withdrawn" not in item:
        book.want(store.referral_key(item["referral_id"]), key)


CHECKS = {
    ("ACCOUNT", "REFERRALS"): _inviter,
    ("ACCOUNT", "REFERRAL"): _pointer,
    ("INVITE", "ACCOUNT"): _invite,
    ("REFERRAL", "META"): _referral,
    ("REFERRALS", ""): _points_to_it,
    ("PHONE", "CLAIM"): _points_to_it,
    ("PHONE", "INVITED"): _points_to_it,
}
