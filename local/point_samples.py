"""Points to show the parts of pages with."""

from datetime import timedelta
from typing import Any

from chalicelib.page_words import gettext
from chalicelib.points.policy import TIER_WORDS
from local.samples import NOW


def parts() -> dict[str, Any]:
    """A purse, levels, rewards and vouchers, each in its states."""
    silver, gold, diamond = (gettext(TIER_WORDS[tier]) for tier in ("silver", "gold", "diamond"))
    way = {"name": silver, "next": gold, "missing": 620, "of": 2000, "has": 1380, "until": None}
    return {
        "balance": 430,
        "pending": 300,
        "levels": [
            way,
            {**way, "until": NOW + timedelta(days=11)},
            {"name": diamond, "next": "", "missing": 0, "of": 1, "has": 6200, "until": None},
        ],
        "rewards": [
            {"name": "家电清洗一次", "points": 200, "stock": 12, "missing": 0, "image_url": None},
            {"name": "全屋保洁（4 小时）", "points": 1200, "stock": 5, "missing": 770, "image_url": None},
            {"name": "业主活动门票", "points": 150, "stock": 0, "missing": 0, "image_url": None},
        ],
        "vouchers": [{"status": state} for state in ("issued", "used", "cancelled", "expired")],
    }
