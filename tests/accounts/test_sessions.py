"""How sessions begin and end."""

from datetime import datetime, timedelta

import pytest

from chalicelib.accounts import service, store
from chalicelib.accounts.models import Grant, Person
from chalicelib.accounts.sessions import new_session, person_of
from chalicelib.portal import Portal
from tests.factories import NOW, People


def _open(portal: Portal, person: Person, now: datetime = NOW) -> str:
    token, _, write = new_session(portal, person, now)
    portal.db.write(write)
    return token


def _who(portal: Portal, token: str | None, now: datetime = NOW) -> Person:
    person = person_of(portal, token, now)
    assert person is not None
    return person


@pytest.mark.parametrize(("who", "hours"), [("owner", 30 * 24), ("clerk", 12)])
def test_a_session_lasts_thirty_days_for_owners_and_twelve_hours_for_staff(
    portal: Portal, people: People, who: str, hours: int
) -> None:
    token = _open(portal, getattr(people, who))
    assert _who(portal, token, NOW + timedelta(hours=hours, seconds=-1))
    assert person_of(portal, token, NOW + timedelta(hours=hours)) is None


def test_signing_out_ends_this_session_only(portal: Portal, people: People) -> None:
    one, other = _open(portal, people.owner), _open(portal, people.owner)
    service.sign_out(portal, _who(portal, one))
    assert person_of(portal, one, NOW) is None
    assert _who(portal, other)


def test_signing_out_everywhere_ends_all_and_only_ones_own(portal: Portal, people: People) -> None:
    mine, too = _open(portal, people.owner), _open(portal, people.owner)
    neighbours = _open(portal, people.neighbour)
    service.sign_out_everywhere(portal, _who(portal, mine))
    assert person_of(portal, mine, NOW) is person_of(portal, too, NOW) is None
    assert _who(portal, neighbours)
    assert _who(portal, _open(portal, people.owner))


def test_a_role_given_or_taken_holds_from_the_next_request_on(portal: Portal, people: People) -> None:
    token = _open(portal, people.clerk)
    before = store.get(portal.db, portal.keys, people.clerk.id)
    assert before is not None
    grants = [Grant(role="manager", community_id="cedar")]
    portal.db.write(store.change_account(before, before.model_copy(update={"grants": grants}), portal.keys))
    person = _who(portal, token)
    assert person.roles_in("maple") == frozenset()
    assert person.roles_in("cedar") == {"manager"}


def test_choosing_a_language_keeps_the_session(portal: Portal, people: People) -> None:
    token = _open(portal, people.owner)
    service.choose_locale(portal, _who(portal, token), "en")
    assert _who(portal, token).locale == "en"


def test_a_check_is_one_round_trip_and_junk_none(portal: Portal, people: People) -> None:
    token = _open(portal, people.owner)
    account_id, _, secret = token.partition(".")
    portal.db.calls.clear()
    assert person_of(portal, token, NOW)
    assert portal.db.calls == ["batch_get_item"]
    for junk in (None, "", ".", "x", account_id, f"{account_id}.", f".{secret}", f"x.{secret}", "a" * 9999):
        assert person_of(portal, junk, NOW) is None
    assert portal.db.calls == ["batch_get_item"]


def test_a_token_with_another_persons_secret_opens_nothing(portal: Portal, people: People) -> None:
    mine, theirs = _open(portal, people.owner), _open(portal, people.clerk)
    mixed = f"{people.clerk.id}.{mine.partition('.')[2]}"
    assert person_of(portal, mixed, NOW) is None
    assert person_of(portal, theirs + "x", NOW) is None


def test_the_table_holds_no_token(portal: Portal, people: People) -> None:
    secret = _open(portal, people.owner).partition(".")[2]
    rows = portal.db.query_all(f"ACCOUNT#{people.owner.id}")
    assert len(secret) >= 43
    assert not any(secret in str(row) for row in rows)


def test_an_owners_long_session_becomes_a_staff_session_with_the_role(portal: Portal, people: People) -> None:
    token = _open(portal, people.owner)
    later = NOW + timedelta(hours=13)
    assert _who(portal, token, later)
    before = store.get(portal.db, portal.keys, people.owner.id)
    assert before is not None
    after = before.model_copy(update={"grants": [Grant(role="technician", community_id="maple")]})
    portal.db.write(store.change_account(before, after, portal.keys))
    assert _who(portal, token, NOW + timedelta(hours=11))
    assert person_of(portal, token, later) is None
