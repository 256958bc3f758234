"""Invitations on the deployed journey: numbers left, who comes, a manager who decides; and what the clock finds."""

from datetime import datetime, timedelta
from typing import Any

import httpx

from chalicelib.portal import Portal
from chalicelib.referrals import claiming, codes, moving, withdrawing
from chalicelib.referrals.claiming import Left
from tests.factories import PHONES, People

_NEW = "+8613700000501"
_HEAD = "community_id,building,unit,unit_id,name,phone,role\n"
_DAY = timedelta(days=1)


def refer(journey: Any) -> None:
    """An owner's link is opened and renewed; somebody of the same home comes by it; the manager looks at that."""
    journey.begin("invitations")
    owner, manager = journey.owner, journey.manager
    code = owner.api("GET", "referral")["code"]
    code = owner.api("POST", "referral/renew", {"code": code})["code"]
    assert owner.page(f"/r/{code}").status_code == 200
    assert "<svg" in owner.page(f"/r/{code}/qr.svg").text
    picture = owner.page("/share.png").headers["location"]
    assert httpx.get(picture).content.startswith(b"\x89PNG")
    for _ in range(2):  # the second time there is nothing to write
        assert owner.api("POST", f"referrals/{code}/claims", {"phone": _NEW}) == {
            "status": "received",
            "keep_days": 30,
        }
    rows = f"{_HEAD}maple,1,101,maple-1-101,王小明,{_NEW},owner\n"
    manager.api("POST", "desk/import", rows.encode(), **{"Content-Type": "text/csv"})
    guest = type(owner)(journey.cloud, _NEW)
    journey.people.append(guest)
    guest.sign_in()
    assert owner.page("/refer").status_code == 200
    assert [one["state"] for one in owner.api("GET", "referrals")["items"]] == ["waiting"]
    (waits,) = manager.api("GET", "desk/referrals?community_id=maple")["items"]
    assert waits["reasons"] == ["household"]
    decision = {"decision": "void", "reason": "一家人", "version": waits["version"]}
    assert manager.api("POST", f"desk/referrals/{waits['id']}/decision", decision)["state"] == "void"
    guest.api("DELETE", "referral/claim")
    manager.api("POST", "desk/referrals/forget", {"community_id": "maple", "phone": _NEW})
    journey.settle()


def before_the_clock(operator: Portal, now: datetime) -> None:
    """What the clock finds when it has stood still for a month: a known number that nobody looked at, somebody whose
    waiting time is over, and a number that was taken back."""
    people = People(operator)
    code = codes.own(operator, people.neighbour, now).code

    def leave(phone: str, at: datetime) -> str:
        return claiming.claim(operator, code, Left(phone, "192.0.2.1"), at).partition(".")[0]

    leave(PHONES["technician"], now - 32 * _DAY)
    come = leave("+8613700000502", now - 20 * _DAY)
    moving.join(operator, come, people.cedar_owner.id, now - 16 * _DAY)
    leave("+8613700000503", now - 5 * _DAY)
    withdrawing.take_back_own(operator, "+8613700000503", now - 4 * _DAY)
