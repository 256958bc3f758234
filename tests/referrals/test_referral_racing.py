"""Several people about one referral at the same moment, on a real engine."""

from functools import partial

from chalicelib.accounts import store as accounts
from chalicelib.issues import timers
from chalicelib.portal import Portal
from chalicelib.referrals import claiming, codes, deciding, moving, store
from chalicelib.referrals.claiming import Left
from chalicelib.referrals.models import Decide
from tests.factories import NOW, PHONES, People, make_key
from tests.racing import codes as outcomes
from tests.racing import race
from tests.referrals.worlds import DAY, MINUTE, STRANGERS


def _leave(portal: Portal, code: str, phone: str, address: str = "-", form: str | None = None) -> str:
    return claiming.claim(portal, code, Left(phone, address, form), NOW).partition(".")[0]


def _code(portal: Portal, person: object) -> str:
    return codes.own(portal, person, NOW).code  # type: ignore[arg-type]


def test_a_code_that_is_looked_for_by_eight_threads_at_once_is_one(portal: Portal, people: People) -> None:
    owner = people.owner
    found = race([partial(_code, portal, owner)] * 8)
    assert len(set(found)) == 1
    assert claiming.inviter_of(portal, found[0])[1].id == owner.id


def test_one_number_left_with_two_codes_at_once_counts_for_one_of_them(
    portal: Portal, people: People
) -> None:
    both = [_code(portal, people.owner), _code(portal, people.neighbour)]
    for phone in STRANGERS[:3]:
        left = race([partial(_leave, portal, code, phone, f"192.0.2.{n}") for n, code in enumerate(both)])
        found = [store.get(portal.db, one) for one in left]
        assert sorted(one.state for one in found if one) == ["registered", "void"]
        first = portal.db.get(accounts.claim_key(accounts.phone_hash(portal.keys, phone)))
        assert first
        assert [one.state for one in found if one and one.id == first["referral_id"]] == ["registered"]


def test_a_form_sent_six_times_at_once_is_one_referral(portal: Portal, people: People) -> None:
    code = _code(portal, people.owner)
    left = race([partial(_leave, portal, code, STRANGERS[0], "192.0.2.1", "form-1")] * 6)
    assert len(set(left)) == 1
    assert codes.own(portal, people.owner, NOW).registered == 1


def test_six_numbers_left_at_once_are_all_kept_and_one_of_them_is_too_many(
    portal: Portal, people: People
) -> None:
    code = _code(portal, people.owner)
    left = race([partial(_leave, portal, code, phone, f"192.0.2.{phone}") for phone in STRANGERS[:6]])
    assert len(set(left)) == 6
    inviter = codes.own(portal, people.owner, NOW)
    assert (inviter.registered, len(inviter.hits)) == (6, 6)
    found = store.get_many(portal.db, left)
    assert sorted(len(one.reasons) for one in found) == [0] * 5 + [1]


def test_a_code_renewed_while_numbers_are_left_takes_none_afterwards(portal: Portal, people: People) -> None:
    owner = people.owner
    code = _code(portal, owner)
    works = [partial(_leave, portal, code, phone, f"192.0.2.{phone}") for phone in STRANGERS[:3]]
    results = race([*works, lambda: codes.renew(portal, owner, code, None, NOW)])
    kept = [one for one in results[:3] if isinstance(one, str)]
    assert {str(getattr(one, "code", one)) for one in results[:3] if isinstance(one, Exception)} <= {
        "not_found"
    }
    inviter = codes.own(portal, owner, NOW)
    assert (inviter.registered, inviter.code) == (len(kept), results[3].code)


def _flagged(portal: Portal, people: People) -> str:
    one = _leave(portal, _code(portal, people.owner), PHONES["neighbour"])
    assert timers.run_due(portal, NOW)["referral"] == 1
    return one


def test_of_two_managers_who_decide_at_once_one_has_decided(portal: Portal, people: People) -> None:
    one, manager = _flagged(portal, people), people.manager
    version = store.get(portal.db, one).version  # type: ignore[union-attr]
    words = [Decide(decision=do, reason=do, version=version) for do in ("release", "void") * 2]
    results = race([partial(deciding.decide, portal, manager, one, word, None, NOW) for word in words])
    assert outcomes(results) == ["ok", *["version_conflict"] * 3]
    kept = store.get(portal.db, one)
    assert kept
    assert [word.release for word in kept.decisions] == [kept.state == "registered"]
    assert portal.db.query_all(store.queue_pk("maple")) == []


def test_a_decision_tapped_six_times_with_one_key_is_taken_once(portal: Portal, people: People) -> None:
    one, manager = _flagged(portal, people), people.manager
    version = store.get(portal.db, one).version  # type: ignore[union-attr]
    word, key = Decide(decision="void", reason="假的", version=version), make_key(of=manager)
    results = race([lambda: deciding.decide(portal, manager, one, word, key, NOW)] * 6)
    assert outcomes(results) == ["ok"] * 6
    assert all(result == results[0] for result in results)
    acts = [
        row["action"] for row in portal.db.query_all(f"AUDIT#maple#{NOW:%Y-%m-%d}") if row["subject"] == one
    ]
    assert acts == ["referral_decided"]


def test_somebody_who_comes_takes_back_and_is_looked_at_by_two_clocks_at_once_ends_in_one_state(
    portal: Portal, people: People
) -> None:
    one = _leave(portal, _code(portal, people.owner), STRANGERS[0])
    cedar = people.cedar_owner.id
    later = NOW + MINUTE
    race(
        [
            lambda: moving.join(portal, one, cedar, later),
            lambda: moving.withdraw(portal, one, later),
            lambda: timers.run_due(portal, later),
            lambda: timers.run_due(portal, later),
        ]
    )
    race([lambda: timers.run_due(portal, NOW + 15 * DAY)] * 3)
    kept = store.get(portal.db, one)
    assert kept
    assert (kept.state, kept.why) == ("void", "withdrawn")
    assert portal.db.query_all(f"PHONE#{accounts.phone_hash(portal.keys, STRANGERS[0])}") == []


def test_four_clocks_at_once_reward_once(portal: Portal, people: People) -> None:
    one = _leave(portal, _code(portal, people.owner), STRANGERS[0])
    moving.join(portal, one, people.cedar_owner.id, NOW)
    handled = race([lambda: timers.run_due(portal, NOW + 14 * DAY)] * 4)
    assert sum(counter["referral"] for counter in handled) == 1
    kept, inviter = store.get(portal.db, one), codes.own(portal, people.owner, NOW)
    assert kept
    assert (kept.state, inviter.qualified, inviter.rewarded) == ("rewarded", 1, 1)
