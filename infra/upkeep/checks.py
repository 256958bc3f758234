"""What each kind of record says about others, and what is wrong with it by itself, entered into the book. Pure."""

from collections.abc import Callable, Iterator
from typing import Any

from chalicelib.accounts import store as accounts
from chalicelib.announcements import store as announcements
from chalicelib.complaints import letters
from chalicelib.complaints import store as complaints
from chalicelib.complaints.items import from_item as complaint_from
from chalicelib.complaints.items import to_item as complaint_item
from chalicelib.crypto import Keyring, Unsealable, key_id
from chalicelib.db import Item, K
from chalicelib.due import rows as due_rows
from chalicelib.issues import rules, spot_store
from chalicelib.issues import store as issues
from chalicelib.issues.items import from_item, to_item
from chalicelib.issues.models import Issue
from chalicelib.messages import store as messages
from chalicelib.photos import store as photos
from chalicelib.places import store as places
from chalicelib.points import items as point_items
from chalicelib.prices import store as commitments
from chalicelib.projects import store as projects
from chalicelib.referrals import store as referrals
from chalicelib.rewards import store as rewards
from chalicelib.sealed import sealed_in
from chalicelib.times import moment
from infra.upkeep import booking_checks, decoration_checks, referral_checks
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
    if issue.next_moment:
        book.want(due_rows.key_at(issue.id, issue.next_moment), key)
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
    if photo.holder:
        book.want(K(photo.holder, f"PHOTO#{photo.id}"), key)
    if photo.status == "ready":
        book.objects |= {photos.full_object(photo.id): key, photos.thumb_object(photo.id): key}
        book.objects |= {photos.wide_object(photo.id): key} if photo.wide else {}


def _place(book: Book, keys: Keyring, key: K, item: Item) -> None:
    book.want(places.pointer_key(item["id"]), key)
    if not item["retired"]:
        book.want(places.name_key(key.pk.removeprefix("COMMUNITY#"), item["name"]), key)


def _numbers(book: Book, keys: Keyring, key: K, item: Item) -> None:
    for state, number in item.items():
        if state not in ("PK", "SK", "news"):
            book.counted[key.pk.removeprefix("COMMUNITY#"), state] += number


def _outbox(book: Book, keys: Keyring, key: K, item: Item) -> None:
    _wants(_to_told)(book, keys, key, item)
    for state, number in item["counts"].items():
        book.counted[item["community_id"], state] += number


def _timer(book: Book, keys: Keyring, key: K, item: Item) -> None:
    if "issue_id" in item:
        book.want(issues.meta_key(item["issue_id"]), key)
    elif "referral_id" in item:
        referral_checks.moment(book, key, item)
    elif "voucher_id" in item:
        book.want(rewards.voucher_key(item["account_id"], item["voucher_id"]), key)
    else:
        book.want(K(f"COMMUNITY#{item['community_id']}", "META"), key)
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


def _complaint(book: Book, keys: Keyring, key: K, item: Item) -> None:
    complaint = complaint_from(item, keys)
    book.want(complaints.number_key(complaint.number), key)
    book.want(complaints.pointer_key(complaint.person.id, complaint.id), key)
    for link in complaint.links:
        book.want(complaints.meta_key(link.id), key)
    if complaint.issue:
        book.want(issues.meta_key(complaint.issue.id), key)
    if complaint.letter_id:
        book.letters[letters.object_key(complaint.id, complaint.letter_id)] = key
    if complaint.due_at:
        book.clocks[complaint.id] = complaint.due_at
    fresh = complaint_item(complaint, keys)
    for name in ("due", "open_queue", "status_queue"):
        if item.get(name) != fresh[name]:
            book.wrong(key, f"{name} is {item.get(name)}, so the desk does not find it")


def _complaint_timer(book: Book, keys: Keyring, key: K, item: Item) -> None:
    book.want(_to_complaint(key, item), key)
    book.looks.add((item["complaint_id"], moment(key.sk.partition("#")[0])))


def _complaint_clock(book: Book, keys: Keyring, key: K, item: Item) -> None:
    book.complaints_mark = item["day"]


def _wanted_by(issue: Issue, keys: Keyring) -> Iterator[K]:
    """What must be there with an issue."""
    yield K(f"NUMBER#{issue.number}", "ISSUE")
    yield issues.pointer_key(issue.reporter.id, issue.id)
    yield K(f"ISSUE#{issue.id}", f"H#{issue.handoff}")
    if issue.unit_id:  # an outage's master issue is about no one home
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
    """What a message or pointer is about."""
    if item.get("about") == "complaint":
        return complaints.meta_key(item["issue_id"])
    if item.get("about") == "points":
        return accounts.profile_key(item["issue_id"])
    if item.get("about") == "referral":
        return referrals.referral_key(item["issue_id"])
    return issues.meta_key(item["issue_id"])


def _to_complaint(key: K, item: Item) -> K:
    return complaints.meta_key(item["complaint_id"])


def _to_told(key: K, item: Item) -> K:
    """What a message is about: an issue, a complaint, a consultation, an announcement. A place in line goes."""
    if item.get("about") == "booking":
        return booking_checks.told(item)
    if item.get("about") == "project":
        return projects.project_key(item["issue_id"])
    if item.get("about") == "commitment":
        return commitments.commitment_key(item["issue_id"])
    if item.get("about") == "line":
        return K(f"COMMUNITY#{item['community_id']}", "META")
    if "announcement_id" in item:
        return announcements.announcement_key(item["community_id"], item["announcement_id"])
    return _to_issue(key, item)


def _to_account(key: K, item: Item) -> K:
    return accounts.profile_key(item["account_id"])


def _to_community(key: K, item: Item) -> K:
    return K(key.pk, "META")


def _to_place(key: K, item: Item) -> K:
    return K(key.pk, f"PLACE#{item['place_id']}")


def _message(book: Book, keys: Keyring, key: K, item: Item) -> None:
    message = messages.from_item(item)
    if message.state in ("waiting", "sending"):
        book.want(messages.queue_key(message), key)
    elif message.state == "failed" and item["reason"] == "unsure":
        book.want(messages.failed_key(message), key)


def _to_message(key: K, item: Item) -> K:
    channel: Any = item.get("channel") or key.pk.split("#")[1]
    return messages.message_key(item["account_id"], item["source"], channel)


def _to_inbox(key: K, item: Item) -> K:
    return K(f"ACCOUNT#{item['account_id']}", f"INBOX#{item['source']}")


def _voucher(book: Book, keys: Keyring, key: K, item: Item) -> None:
    book.want(rewards.code_key(keys, rewards.voucher_from(item, keys).code), key)


def _reward(book: Book, keys: Keyring, key: K, item: Item) -> None:
    if item["photo_id"]:
        book.want(photos.photo_key(item["photo_id"]), key)


def _purse(book: Book, keys: Keyring, key: K, item: Item) -> None:
    """Whether it is what the ledger says is asked by `make verify-ledger`."""
    if "next_moment" in item:
        who = key.pk.removeprefix("POINTS#")
        book.want(point_items.due_key(who, moment(item["next_moment"])), key)


CHECKS: dict[tuple[str, str], Check] = {
    ("ACCOUNT", "PROFILE"): _profile,
    ("ACCOUNT", "ISSUE"): _wants(_to_issue),
    ("ACCOUNT", "INBOX"): _wants(_to_told),
    ("ACCOUNT", "KNOW"): _wants(_to_told),
    ("PUBLISH", ""): _wants(_to_told),
    ("ACCOUNT", "NEEDS"): _need,
    ("ACCOUNT", "SEND"): _message,
    ("SEND", ""): _wants(_to_message),
    ("FAILED", ""): _wants(_to_message),
    ("TELL", ""): _wants(_to_inbox),
    ("PHONE", "ACCOUNT"): _wants(_to_account),
    ("COMMUNITY", "UNIT"): _wants(_to_community),
    ("COMMUNITY", "STAFF"): _wants(_to_community, lambda key, item: accounts.profile_key(item["id"])),
    ("COMMUNITY", "PLACE"): _place,
    ("COMMUNITY", "LIVES"): _wants(_to_account),
    ("COMMUNITY", "OUTAGE"): _wants(lambda key, item: issues.meta_key(key.sk.removeprefix("OUTAGE#"))),
    ("COMMUNITY", "OUTAGEPAST"): _wants(
        lambda key, item: issues.meta_key(key.sk.removeprefix("OUTAGEPAST#"))
    ),
    ("COMMUNITY", "CALLBACK"): _wants(_to_issue),
    ("COMMUNITY", "PLACENAME"): _wants(_to_place),
    ("COMMUNITY", "COUNTS"): _numbers,
    ("COMMUNITY", "ALARM"): _wants(_to_issue),
    ("COMMUNITY", "LEVELS"): _wants(_to_community, lambda key, item: K(key.pk, "LEVELS")),
    ("RISK", ""): _wants(_to_issue),
    ("PLACE", "COMMUNITY"): _wants(
        lambda key, item: places.place_key(item["community_id"], key.pk.removeprefix("PLACE#"))
    ),
    ("SPOT", ""): _wants(_to_issue),
    ("REPEAT", ""): _wants(lambda key, item: issues.meta_key(key.sk)),
    ("ISSUE", "L"): _wants(_to_issue),
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
    **decoration_checks.CHECKS,
    ("ACCOUNT", "COMPLAINT"): _wants(_to_complaint),
    ("NUMBER", "COMPLAINT"): _wants(_to_complaint),
    ("DUEC", ""): _complaint_timer,
    ("SYSTEM", "COMPLAINTTIMERS"): _complaint_clock,
    ("COMPLAINT", "META"): _complaint,
    ("COMPLAINT", "T"): _entry,
    ("COMPLAINT", "PHOTO"): _wants(lambda key, item: photos.photo_key(item["id"])),
    ("COMMUNITY", "REWARD"): _reward,
    ("POINTS", "BALANCE"): _purse,
    ("POINTS", "VOUCHER"): _voucher,
    ("DUEP", ""): _wants(lambda key, item: point_items.balance_key(item["account_id"])),
    ("VOUCHER", "CODE"): _wants(
        lambda key, item: rewards.voucher_key(item["account_id"], item["voucher_id"])
    ),
    **referral_checks.CHECKS,
}


def enter(book: Book, keys: Keyring, item: Item) -> None:
    """Take a record into the book."""
    key = K(item["PK"], item["SK"])
    kind = kind_of(key)
    book.kinds[" ".join(kind).strip()] += 1
    book.present.add(key)
    if kind[0] == "ACCOUNT" and kind[1] != "PROFILE":
        book.want(K(key.pk, "PROFILE"), key)
    if kind[0] in ("ISSUE", "COMPLAINT") and kind[1] != "META":
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
