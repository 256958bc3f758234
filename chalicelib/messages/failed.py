"""Messages that did not go out: managers look at them, send them again or let them be."""

from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.accounts.rules import mask_phone
from chalicelib.accounts.store import profile_key
from chalicelib.audit import store as audit
from chalicelib.conditions import Attr, Key
from chalicelib.db import Delete, Item, K
from chalicelib.messages import store
from chalicelib.messages.models import FailedMessage
from chalicelib.portal import Portal
from chalicelib.times import moment

_MANAGER = frozenset({"manager"})


def read(
    portal: Portal, community_id: str, limit: int, after: str | None
) -> tuple[list[FailedMessage], str | None]:
    """A page of what failed, newest first, and behind what to go on: two round trips."""
    pk = f"FAILED#{community_id}"
    start = {"PK": pk, "SK": after} if after else None
    page = portal.db.query(Key("PK").eq(pk), limit=limit, start=start, newest_first=True)
    people = portal.db.batch_get([profile_key(row["account_id"]) for row in page.items])
    items = [_shown(portal, row, who) for row, who in zip(page.items, people, strict=True)]
    return items, items[-1].key if page.next and items else None


def _shown(portal: Portal, row: Item, profile: Item | None) -> FailedMessage:
    phone = portal.keys.open(profile["phone"], f"{profile['PK']}|phone") if profile else ""
    return FailedMessage(
        key=row["SK"],
        at=row["SK"].partition("#")[0],
        event=row["event"],
        number=row.get("number", ""),
        issue_id=row.get("issue_id", ""),
        about=row.get("about") or "issue",
        channel=row["channel"],
        to=mask_phone(phone) if phone else "",
        reason=row["reason"],
        attempts=row["attempts"],
    )


def judge(portal: Portal, person: Person, community_id: str, keys: list[str], act: str, now: datetime) -> int:
    """Send messages again, or let them be; gives back how many. One that somebody else judged meanwhile is left."""
    return sum(
        _judged(portal, person, K(f"FAILED#{community_id}", key), act, now) for key in dict.fromkeys(keys)
    )


def _judged(portal: Portal, person: Person, key: K, act: str, now: datetime) -> bool:
    row = portal.db.get(key)
    message = store.get(portal.db, row["account_id"], row["source"], row["channel"]) if row else None
    if row is None or message is None or message.state != "failed":
        return False
    state = "waiting" if act == "resend" else "dropped"
    after = message.changed(
        state=state, attempts=0, due=max(now, moment(row["SK"].partition("#")[0])), otherwise=()
    )
    community_id = key.pk.partition("#")[2]
    told = audit.Act(community_id, person.id, "message_judged", message.source, f"{act} {message.channel}")
    queued = [store.enqueue(after)] if act == "resend" else []
    gone = Delete(key, condition=Attr("PK").exists(), error=store.Moved())
    try:
        portal.db.write(gone, store.change(message, after), *queued, audit.add(told, now))
    except store.Moved:
        return False
    return True
