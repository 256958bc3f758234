"""Whether somebody may have a reward, and how codes are read. No I/O, no clock."""

import secrets
from datetime import datetime, timedelta

from chalicelib.errors import NotFound
from chalicelib.points.policy import ZONE
from chalicelib.rewards.errors import NotUsable, OutOfStock, TooManyOfIt
from chalicelib.rewards.models import Reward, Voucher
from chalicelib.rewards.policy import CODE_LENGTH, CODE_LETTERS


def check_offer(reward: Reward | None, taken: int, now: datetime) -> Reward:
    """The reward, if somebody may have it who has had so many; raises NotFound, OutOfStock, or
    TooManyOfIt while there are more."""
    if reward is None or not reward.on_offer(now):
        raise NotFound
    if reward.stock < 1:
        raise OutOfStock
    if reward.per_person and taken >= reward.per_person:
        raise TooManyOfIt
    return reward


def check_usable(voucher: Voucher, now: datetime) -> None:
    """Raises NotUsable for a voucher that was used, cancelled or has expired."""
    if voucher.state(now) != "issued":
        raise NotUsable


def ends(now: datetime, days: int) -> datetime:
    """When a voucher ends: with the last of so many days."""
    day = (now.astimezone(ZONE) + timedelta(days=days + 1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return day.astimezone(now.tzinfo)


def new_code() -> str:
    """A code that nobody can guess."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def read_code(text: str) -> str | None:
    """A code as somebody scanned or typed it: an address that ends with it, small letters, spaces; None for none."""
    code = text.strip().rstrip("/").rsplit("/", 1)[-1].upper().replace("-", "").replace(" ", "")
    usable = len(code) == CODE_LENGTH and all(letter in CODE_LETTERS for letter in code)
    return code if usable else None


def spoken(code: str) -> str:
    """A code in groups, as it is read out."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
