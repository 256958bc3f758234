"""All that invitations write and ask: numbers left, known, left twice, taken back; who comes; what managers decide."""

from datetime import timedelta

from chalicelib.accounts import service as accounts
from chalicelib.issues import timers
from chalicelib.messages.notifier import MemoryNotifier
from chalicelib.portal import Portal
from chalicelib.prices import service as prices
from chalicelib.prices.models import Sign
from chalicelib.referrals import (
    claiming,
    codes,
    deciding,
    listing,
    moving,
    rewards,
    store,
    views,
    withdrawing,
)
from chalicelib.referrals.claiming import Left
from chalicelib.referrals.models import Decide
from tests.decoration.factories import make_commitment
from tests.factories import NOW, PHONES, People, import_people, make_key

_NEW = "+8613700000301"
_FAMILY = "+8613700000302"
_MINUTE = timedelta(minutes=1)
_HEAD = "community_id,community,building,unit,unit_id,name,phone,role\n"


def tell_referrals(portal: Portal, people: People) -> None:
    """The whole of it."""
    owner, neighbour = people.owner, people.neighbour
    old = codes.own(portal, owner, NOW).code
    code = codes.renew(portal, owner, old, make_key(of=owner), NOW).code
    assert claiming.inviter_of(portal, code)
    rewards.offer(portal, "maple", NOW)
    come, known, family = (_leave(portal, code, phone) for phone in (_NEW, PHONES["cedar_owner"], _FAMILY))
    _leave(portal, code, _NEW)  # again, and with somebody else's code
    _leave(portal, codes.own(portal, neighbour, NOW).code, _NEW)
    late = _leave(portal, code, "+8613700000303")
    timers.run_due(portal, NOW)
    _come(portal, _NEW, "maple-9-901")
    _come(portal, _FAMILY, "maple-1-101")
    _decide(portal, people, known, "void")
    _decide(portal, people, family, "release")
    _leave(portal, code, PHONES["neighbour"])
    contract = make_commitment(portal=portal, by=people.designer, unit_id="maple-1-102")
    prices.sign(portal, neighbour, contract.id, Sign(version=1), None, "zh-CN", NOW)
    withdrawing.take_back(portal, late, NOW)
    withdrawing.take_back_own(portal, "+8613700000304", NOW)
    deciding.forget(portal, people.manager, "maple", "+8613700000305", NOW)
    _leave(portal, code, "+8613700000306")
    withdrawing.take_back_own(portal, "+8613700000306", NOW)
    listing.newest(portal, owner, 1, NOW)
    listing.behind(portal, owner, 1, come)
    # Only the clock's own rows: the story's clock goes on later.
    for days in (0, 15, 31):
        for referral_id in (come, known, family, late):
            moving.look(portal, referral_id, NOW + timedelta(days=days))


def _leave(portal: Portal, code: str, phone: str) -> str:
    return claiming.claim(portal, code, Left(phone, "192.0.2.9", f"form-{phone}"), NOW).partition(".")[0]


def _come(portal: Portal, phone: str, unit: str) -> None:
    import_people(portal=portal, text=f"{_HEAD}maple,枫林苑,9,901,{unit},新邻居,{phone},owner\n")
    accounts.send_code(portal, phone, "192.0.2.8", "en", NOW)
    assert isinstance(portal.notifier, MemoryNotifier)
    accounts.sign_in(portal, phone, portal.notifier.sent[-1].code or "", NOW + _MINUTE)


def _decide(portal: Portal, people: People, referral_id: str, decision: str) -> None:
    found, place = deciding.queue(portal, "maple", 1, None)
    deciding.queue(portal, "maple", 1, place)
    views.for_desk(portal, found)
    before = store.get(portal.db, referral_id)
    assert before
    assert before.state == "flagged", before
    body = Decide.model_validate({"decision": decision, "reason": "看过了", "version": before.version})
    deciding.decide(portal, people.manager, referral_id, body, make_key(of=people.manager), NOW)
