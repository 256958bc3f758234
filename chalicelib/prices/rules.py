"""Pure decisions about prices and commitments. No I/O, no clock."""

from datetime import date, datetime

from chalicelib.errors import N_, Conflict, IllegalTransition, Invalid, VersionConflict
from chalicelib.prices.models import Commitment, Item, Price
from chalicelib.prices.policy import AHEAD, LONGEST, MOST_PRICES

_PAST = N_("A price holds from today or later: what it was on past days is never changed.")
_FAR = N_("Choose a day within a year.")
_ORDER = N_("There is a price from that day on already, or a later one. Prices are added in order.")
_FULL = N_("There are too many prices. Add another item instead.")
_UNTIL = N_("Choose a last day from today on, within three years.")
_NOT_NOW = N_("This commitment is no longer in a state that allows this.")


class Expired(Conflict):
    """409: past its last day."""

    code = "commitment_expired"
    title = N_("This commitment is over")
    detail = N_("Its last day has passed. Ask us for a new one.")


def price_on(item: Item, day: date) -> Price | None:
    """What something costs on a day; None before its first price."""
    return next((one for one in reversed(item.prices) if one.since <= day), None)


def check_since(item: Item | None, since: date, today: date) -> None:
    """Raises Invalid for a price that would change what holds or held."""
    if since < today:
        raise Invalid.field("since", "past", _PAST)
    if since > today + AHEAD:
        raise Invalid.field("since", "too_far", _FAR)
    if item and item.prices and item.prices[-1].since >= since:
        raise Invalid.field("since", "order", _ORDER)
    if item and len(item.prices) >= MOST_PRICES:
        raise Invalid.field("since", "too_many", _FULL)


def check_until(until: date, today: date) -> None:
    """Raises Invalid for a commitment that would hold for no day, or for ever."""
    if not today <= until <= today + LONGEST:
        raise Invalid.field("valid_until", "bad_day", _UNTIL)


def may(commitment: Commitment, act: str, today: date) -> bool:
    """Whether something can be done with a commitment: `sign`, `withdraw` or `dispute`."""
    if act == "dispute":
        return commitment.status == "signed" and commitment.complaint_id is None
    if commitment.status != "offered":
        return False
    return act == "withdraw" or today <= commitment.valid_until


def check(commitment: Commitment, act: str, version: int, today: date) -> None:
    """Raises VersionConflict, Expired or IllegalTransition for what can't be done."""
    if commitment.version != version:
        raise VersionConflict
    if may(commitment, act, today):
        return
    if act == "sign" and commitment.status == "offered":
        raise Expired
    raise IllegalTransition(_NOT_NOW)


def signed(commitment: Commitment, by: str, name: str, letter_id: str, now: datetime) -> Commitment:
    """The commitment with the second signature."""
    changes = {
        "status": "signed",
        "signed_by": by,
        "signed_name": name,
        "signed_at": now,
        "letter_id": letter_id,
    }
    return commitment.model_copy(update={**changes, "version": commitment.version + 1})


def yuan(fen: int | None) -> str:
    """Fen as people read large amounts: "86,000", "26.25"; empty for nothing."""
    if fen is None:
        return ""
    return f"{fen // 100:,}" + (f".{fen % 100:02}" if fen % 100 else "")
