"""What each kind of record says about others, and what is wrong with it by itself, entered into the book. Pure."""

from collections.abc import Callable, Iterator

from chalicelib.accounts import store as accounts
from chalicelib.crypto import Keyring, Unsealable, key_id
from chalicelib.db import Item, K
from chalicelib.issues import rules, spot_store
from chalicelib.issues import store as issues
from chalicelib.issues.items import from_item, to_item
from chalicelib.issues.models import Issue
from chalicelib.photos import store as photos
from chalicelib.places import store as places
from chalicelib.sealed import sealed_in
from chalicelib.times import moment
from infra.upkeep import booking_checks
from infra.upkeep.book import Book, kind_of

_INDEXES = ("due", "open_queue", "status_queue", "assignee_queue")


def _issue(book: Book, keys: Keyring, key: K, item: Item) -> None:
    issue = from_item(item, keys)
    book.states[issue.community_id, issue.status] += 1
    for wanted in _wanted_by(issue, keys):
        book.want(wanted, key)
    if issue.merged_into:
        book.joined.add(issues.pointer_key(issue.reporter.id, issue.merged_into.id))
    if rules.waits_for_owner(issue):
        book.waiting.add(K(f"ACCOUNT#{issue.reporter.id}", f"NEEDS#{issue.id}"))
    if closes := rules.closes_at(issue):
        book.closes[issue.id] = closes
    fresh = to_item(issue, keys)
    for name in _INDEXES:
        if item.get(name) != fresh[name]:
            book.wrong(key, f"{name} is {item.get(name)}, so the desk does not find it")


def _profile(book: Book, keys: Keyring, key: K, item: Item) -> None:
    account = accounts.from_item(item, keys)
    book.want(accounts.phone_key(accounts.phone_hash(keys, account.phone)), key)
    for unit in account.units:
        book.want(K(f"COMMUNITY#{unit.community_id}", f"UNIT#{unit.id}"), key)
    for grant in account.grants:
        book.want(K(f"COMMUNITY#{grant.community_id}", f"STAFF#{account.id}"), key)


def _photo(book: Book, keys: Keyring, key: K, item: Item) -> None:
    photo = photos.from_item(item)
    if photo.issue_id:
        book.want(photos.row_key(photo.issue_id, photo.id), key)
    if photo.status == "ready":
        book.objects |= {photos.full_object(photo.id): key, photos.thumb_object(photo.id): key}


def _place(book: Book, keys: Keyring, key: K, item: Item) -> None:
    book.want(places.pointer_key(item["id"]), key)
    if not item["retired"]:
        book.want(places.name_key(key.pk.removeprefix("COMMUNITY#"), item["name"]), key)


def _numbers(book: Book, keys: Keyring, key: K, item: Item) -> None:
    for state, number in item.items():
        if state not in ("PK", "SK", "news"):
            book.counted[key.pk.removeprefix("COMMUNITY#"), state] += number


def _message(book: Book, keys: Keyring, key: K, item: Item) -> None:
    about = booking_checks.subject(item) if item.get("booking_id") else issues.meta_key(item["issue_id"])
    if about:
        book.want(about, key)


def _outbox(book: Book, keys: Keyring, key: K, item: Item) -> None:
    _message(book, keys, key, item)
    for state, number in item["counts"].items():
        book.counted[item["community_id"], state] += number


def _timer(book: Book, keys: Keyring, key: K, item: Item) -> None:
    book.want(issues.meta_key(item["issue_id"]), key)
    at = moment(key.sk.partition("#")[0])
    book.due[item["issue_id"]] = max(at, book.due.get(item["issue_id"], at))
    book.days.append(key.pk.split("#")[1])


def _need(book: Book, keys: Keyring, key: K, item: Item) -> None:
    book.needs.add(key)
    book.want(issues.meta_key(item["issue_id"]), key)


def _entry(book: Book, keys: Keyring, key: K, item: Item) -> None:
    book.told.add(K(key.pk, "META"))


def _follower(book: Book, keys: Keyring, key: K, item: Item) -> None:
    book.want(_to_account(key, item), key)
    book.followers[issues.pointer_key(item["account_id"], key.pk.removeprefix("ISSUE#"))] = key


def _clock(book: Book, keys: Keyring, key: K, item: Item) -> None:
    book.mark = item["day"]


def _wanted_by(issue: Issue, keys: Keyring) -> Iterator[K]:
    """What must be there with an issue."""
    yield K(f"NUMBER#{issue.number}", "ISSUE")
    yield issues.pointer_key(issue.reporter.id, issue.id)
    yield K(f"ISSUE#{issue.id}", f"H#{issue.handoff}")
    yield K(f"COMMUNITY#{issue.community_id}", f"UNIT#{issue.unit_id}")
    if issue.assignee:
        yield accounts.profile_key(issue.assignee.id)
    if issue.place_id:
        yield places.place_key(issue.community_id, issue.place_id)
    if issue.merged_into:
        yield issues.meta_key(issue.merged_into.id)
    spot = spot_store.spot(keys, issue.community_id, issue.category_id, issue.place_id, issue.location)
    if rules.is_shared(issue) and spot:
        yield K(spot, issue.id)


Check = Callable[[Book, Keyring, K, Item], None]


def _wants(*found: Callable[[K, Item], K]) -> Check:
    """A record that only points."""

    def check(book: Book, keys: Keyring, key: K, item: Item) -> None:
        for where in found:
            book.want(where(key, item), key)

    return check


def _to_issue(key: K, item: Item) -> K:
    return issues.meta_key(item["issue_id"])


def _to_account(key: K, item: Item) -> K:
    return accounts.profile_key(item["account_id"])


def _to_community(key: K, item: Item) -> K:
    return K(key.pk, "META")


def _to_place(key: K, item: Item) -> K:
    return K(key.pk, f"PLACE#{item['place_id']}")


CHECKS: dict[tuple[str, str], Check] = {
    ("ACCOUNT", "PROFILE"): _profile,
    ("ACCOUNT", "ISSUE"): _wants(_to_issue),
    ("ACCOUNT", "INBOX"): _message,
    ("ACCOUNT", "NEEDS"): _need,
    ("PHONE", "ACCOUNT"): _wants(_to_account),
    ("COMMUNITY", "UNIT"): _wants(_to_community),
    ("COMMUNITY", "STAFF"): _wants(_to_community, lambda key, item: accounts.profile_key(item["id"])),
    ("COMMUNITY", "PLACE"): _place,
    ("COMMUNITY", "PLACENAME"): _wants(_to_place),
    ("COMMUNITY", "COUNTS"): _numbers,
    ("PLACE", "COMMUNITY"): _wants(
        lambda key, item: places.place_key(item["community_id"], key.pk.removeprefix("PLACE#"))
    ),
    ("SPOT", ""): _wants(_to_issue),
    ("ISSUE", "META"): _issue,
    ("ISSUE", "T"): _entry,
    ("ISSUE", "PHOTO"): _wants(lambda key, item: photos.photo_key(item["id"])),
    ("ISSUE", "FOLLOWER"): _follower,
    ("NUMBER", "ISSUE"): _wants(_to_issue),
    ("PHOTO", "META"): _photo,
    ("OUTBOX", ""): _outbox,
    ("DUE", ""): _timer,
    ("SYSTEM", "TIMERS"): _clock,
    **booking_checks.CHECKS,
}


def enter(book: Book, keys: Keyring, item: Item) -> None:
    """Take a record into the book."""
    key = K(item["PK"], item["SK"])
    kind = kind_of(key)
    book.kinds[" ".join(kind).strip()] += 1
    book.present.add(key)
    if kind[0] == "ACCOUNT" and kind[1] != "PROFILE":
        book.want(K(key.pk, "PROFILE"), key)
    if kind[0] == "ISSUE" and kind[1] != "META":
        book.want(K(key.pk, "META"), key)
    if _opens(book, keys, item) and kind in CHECKS:
        try:
            CHECKS[kind](book, keys, key, item)
        except (KeyError, TypeError, ValueError) as error:
            book.wrong(key, f"can't be read: {type(error).__name__} {error}")


def _opens(book: Book, keys: Keyring, item: Item) -> bool:
    """Whether all sealed texts open: without them a record can't be read any further."""
    shut = 0
    for place in sealed_in(item):
        book.seals[key_id(place.text)] += 1
        try:
            keys.open(place.text, place.context)
        except Unsealable:
            shut += 1
            book.wrong(K(item["PK"], item["SK"]), f"{'.'.join(place.way)} does not open")
    return not shut
