"""Signing in with a code: how often, how long, by whom, and what is told."""

from datetime import datetime, timedelta

import pytest

from chalicelib.accounts import service
from chalicelib.accounts.sessions import person_of
from chalicelib.errors import Invalid, PortalError, TooMany, Unavailable, WrongCode
from chalicelib.messages.notifier import MemoryNotifier, Message
from chalicelib.portal import Portal
from tests.factories import NOW, PHONES, People
from tests.racing import codes, race

OWNER = PHONES["owner"]
UNKNOWN = "+8613700000099"
MINUTE = timedelta(minutes=1)


def _ask(portal: Portal, phone: str = OWNER, now: datetime = NOW, address: str = "192.0.2.1") -> int:
    return service.send_code(portal, phone, address, "en", now)


def _sent(portal: Portal) -> list[Message]:
    assert isinstance(portal.notifier, MemoryNotifier)
    return portal.notifier.sent


def _code(portal: Portal) -> str:
    code = _sent(portal)[-1].code
    assert code
    return code


def _wrong(portal: Portal) -> str:
    return f"{(int(_code(portal)) + 1) % 10**6:06d}"


def test_a_code_opens_a_session_once(portal: Portal, people: People) -> None:
    assert _ask(portal) == 60
    session = service.sign_in(portal, OWNER, _code(portal), NOW)
    person = person_of(portal, session.token, NOW)
    assert person is not None
    assert (person.id, session.account.id, session.account.roles) == (
        people.owner.id,
        person.id,
        ["owner"],
    )
    with pytest.raises(WrongCode):
        service.sign_in(portal, OWNER, _code(portal), NOW)


def test_of_many_using_a_code_at_once_one_gets_in(portal: Portal, people: People) -> None:
    _ask(portal)
    code = _code(portal)
    results = race([lambda: service.sign_in(portal, OWNER, code, NOW)] * 5)
    assert codes(results) == ["ok"] + ["wrong_code"] * 4


@pytest.mark.parametrize(("wrong", "result"), [(4, "ok"), (5, "wrong_code")])
def test_the_fifth_try_still_counts_and_the_sixth_does_not(
    portal: Portal, people: People, wrong: int, result: str
) -> None:
    _ask(portal)
    for _ in range(wrong):
        with pytest.raises(WrongCode):
            service.sign_in(portal, OWNER, _wrong(portal), NOW)
    assert codes(race([lambda: service.sign_in(portal, OWNER, _code(portal), NOW)])) == [result]


def test_tries_at_once_are_all_counted(portal: Portal, people: People) -> None:
    _ask(portal)
    wrong = _wrong(portal)
    race([lambda: service.sign_in(portal, OWNER, wrong, NOW)] * 12)
    with pytest.raises(WrongCode):
        service.sign_in(portal, OWNER, _code(portal), NOW)


@pytest.mark.parametrize(("seconds", "works"), [(299, True), (300, False)])
def test_a_code_lasts_five_minutes(portal: Portal, people: People, seconds: int, works: bool) -> None:
    _ask(portal)
    results = race([lambda: service.sign_in(portal, OWNER, _code(portal), NOW + timedelta(seconds=seconds))])
    assert codes(results) == (["ok"] if works else ["wrong_code"])


def test_a_new_code_ends_the_one_before(portal: Portal, people: People) -> None:
    _ask(portal)
    first = _code(portal)
    _ask(portal, now=NOW + MINUTE)
    if first != _code(portal):
        with pytest.raises(WrongCode):
            service.sign_in(portal, OWNER, first, NOW + MINUTE)
    service.sign_in(portal, OWNER, _code(portal), NOW + MINUTE)


def test_another_code_can_be_asked_for_after_a_minute(portal: Portal, people: People) -> None:
    _ask(portal)
    with pytest.raises(TooMany) as raised:
        _ask(portal, now=NOW + timedelta(seconds=59))
    assert raised.value.retry_after_s == 1
    _ask(portal, now=NOW + MINUTE)
    assert len(_sent(portal)) == 2


def test_a_phone_gets_five_codes_an_hour(portal: Portal, people: People) -> None:
    for number in range(5):
        _ask(portal, now=NOW + number * MINUTE)
    with pytest.raises(TooMany) as raised:
        _ask(portal, now=NOW + 5 * MINUTE)
    assert raised.value.retry_after_s == 55 * 60
    _ask(portal, now=NOW + 60 * MINUTE)


def test_an_address_gets_thirty_codes_an_hour(portal: Portal, people: People) -> None:
    for number in range(30):
        _ask(portal, phone=f"+86137000000{number:02d}")
    with pytest.raises(TooMany) as raised:
        _ask(portal, phone="+8613700000050")
    assert raised.value.retry_after_s == 3600
    _ask(portal, phone="+8613700000050", address="192.0.2.2")


def test_of_requests_for_one_phone_at_once_one_is_sent(portal: Portal, people: People) -> None:
    results = race([lambda: _ask(portal)] * 6)
    assert codes(results) == ["ok"] + ["too_many"] * 5
    assert len(_sent(portal)) == 1


def test_a_known_and_an_unknown_phone_are_treated_alike(portal: Portal, people: People) -> None:
    trails = []
    for phone in (OWNER, UNKNOWN):
        portal.db.calls.clear()
        answer = _ask(portal, phone)
        with pytest.raises(WrongCode) as raised:
            service.sign_in(portal, phone, "000000" if phone == UNKNOWN else _wrong(portal), NOW)
        with pytest.raises(TooMany) as limited:
            _ask(portal, phone)
        trails.append((answer, raised.value.detail, limited.value.retry_after_s, list(portal.db.calls)))
    assert trails[0] == trails[1]
    known, unknown = _sent(portal)
    assert known.code is not None
    assert unknown.code is None
    assert known.code not in unknown.text


def test_the_kept_code_does_not_tell_it(portal: Portal, people: People, engine_client: object) -> None:
    _ask(portal)
    rows = engine_client.plain.scan(TableName=portal.db.table)["Items"]  # type: ignore[attr-defined]
    assert not any(_code(portal) in str(row.get("code")) for row in rows)
    assert not any("13800000001" in str(row) or "王秀英" in str(row) for row in rows)


@pytest.mark.parametrize("phone", ["", "你好", "+999 1234"])
def test_what_is_no_phone_number_is_said_beside_the_field(portal: Portal, phone: str) -> None:
    with pytest.raises(Invalid):
        _ask(portal, phone)
    with pytest.raises(Invalid):
        service.sign_in(portal, phone, "123456", NOW)
    assert portal.db.calls == []


def test_a_code_for_nobody_opens_nothing(portal: Portal) -> None:
    with pytest.raises(WrongCode):
        service.sign_in(portal, OWNER, "123456", NOW)


def test_a_provider_that_fails_is_told_as_such(
    portal: Portal, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    from botocore.exceptions import EndpointConnectionError

    from chalicelib.messages.adapters.sns import Sns

    sns = Sns("us-east-1")

    def publish(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="http://sns.example")

    monkeypatch.setattr(sns._client, "publish", publish)
    broken = Portal(portal.db, portal.storage, portal.keys, sns, portal.settings)
    with pytest.raises(Unavailable):
        _ask(broken)
    assert issubclass(Unavailable, PortalError)
