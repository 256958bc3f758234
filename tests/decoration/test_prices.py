"""The price board and price commitments: nothing that was said is ever changed."""

from datetime import date, timedelta

import pytest

from chalicelib.complaints import access as complaints
from chalicelib.errors import Forbidden, IllegalTransition, Invalid, NotFound, PortalError, VersionConflict
from chalicelib.portal import Portal
from chalicelib.prices import board, document, rules, service, views
from chalicelib.prices import store as commitments
from chalicelib.prices.models import AddItem, ChangeItem, Dispute, Offer, SetPrice, Sign
from tests.browser import Browser
from tests.decoration.factories import HOME, TODAY, make_commitment, make_item
from tests.factories import NOW, People, make_key


def _set(portal: Portal, people: People, item_id: str, fen: int, since: date) -> None:
    body = SetPrice(community_id="maple", fen=fen, since=since)
    board.set_price(portal, people.manager, item_id, body, None, NOW)


def test_a_price_holds_from_its_day_on_and_earlier_ones_stay(portal: Portal, people: People) -> None:
    item = make_item(portal=portal, by=people.manager)
    _set(portal, people, item.id, 2800, TODAY + timedelta(days=10))
    _set(portal, people, item.id, 3000, TODAY + timedelta(days=20))
    (kept,) = board.read(portal, people.owner, "maple")
    assert [(one.since, one.fen) for one in kept.prices] == [
        (TODAY, 2500),
        (TODAY + timedelta(days=10), 2800),
        (TODAY + timedelta(days=20), 3000),
    ]
    prices = [rules.price_on(kept, TODAY + timedelta(days=n)) for n in (-1, 0, 9, 10, 400)]
    assert [one.fen if one else None for one in prices] == [None, 2500, 2500, 2800, 3000]


@pytest.mark.parametrize("days", [-1, 0, 5, 10, 367])
def test_no_price_changes_what_holds_or_was_announced(portal: Portal, people: People, days: int) -> None:
    item = make_item(portal=portal, by=people.manager)
    _set(portal, people, item.id, 2800, TODAY + timedelta(days=10))
    with pytest.raises(Invalid):
        _set(portal, people, item.id, 1, TODAY + timedelta(days=days))


def test_the_board_is_for_the_community_and_kept_by_its_managers(portal: Portal, people: People) -> None:
    item = make_item(portal=portal, by=people.manager)
    assert board.read(portal, people.neighbour, "maple") == [item]
    with pytest.raises(NotFound):
        board.read(portal, people.cedar_owner, "maple")
    with pytest.raises(Forbidden):
        make_item(portal=portal, by=people.designer)
    with pytest.raises(NotFound):
        make_item(portal=portal, by=people.cedar_manager)


def test_what_is_off_the_board_keeps_its_prices(portal: Portal, people: People) -> None:
    item = make_item(portal=portal, by=people.manager)
    body = ChangeItem(community_id="maple", version=1, retired=True)
    after = board.change(portal, people.manager, item.id, body, make_key(of=people.manager), NOW)
    assert (after.retired, after.prices) == (True, item.prices)
    with pytest.raises(VersionConflict):
        board.change(portal, people.manager, item.id, body, None, NOW)
    with pytest.raises(Invalid):
        make_commitment(portal=portal, by=people.designer, item_ids=[item.id])


def test_both_sign_and_what_they_signed_is_kept_as_a_document(portal: Portal, people: People) -> None:
    item = make_item(portal=portal, by=people.manager)
    one = make_commitment(portal=portal, by=people.designer, item_ids=[item.id])
    _set(portal, people, item.id, 9900, TODAY + timedelta(days=1))
    with pytest.raises(NotFound):
        document.url(portal, one, None, NOW)
    key = make_key(of=people.owner)
    signed = service.sign(portal, people.owner, one.id, Sign(version=1), key, "zh-CN", NOW)
    assert (signed.status, signed.signed_name, signed.offered_name) == ("signed", "王秀英", "陈设计")
    assert [line.fen for line in signed.lines] == [2500]  # as it was when it was promised
    assert service.sign(portal, people.owner, one.id, Sign(version=1), key, "zh-CN", NOW) == signed
    data = portal.storage.read(f"letters/{one.id}/{signed.letter_id}.pdf", 1_000_000)
    assert data.startswith(b"%PDF-")
    _, lines = document.lines(portal, signed, "zh-CN")
    for said in ("王秀英", "陈设计", "总价 86,000 元，不增项。", "2027-03-31", "每m² 25 元"):
        assert any(said in line for line in lines), said


def test_only_those_of_the_home_sign_and_only_in_time(portal: Portal, people: People) -> None:
    one = make_commitment(portal=portal, by=people.designer, valid_until=TODAY)
    with pytest.raises(NotFound):
        service.sign(portal, people.neighbour, one.id, Sign(version=1), None, "zh-CN", NOW)
    with pytest.raises(PortalError, match="commitment_expired"):
        service.sign(portal, people.owner, one.id, Sign(version=1), None, "zh-CN", NOW + timedelta(days=1))
    service.withdraw(portal, people.manager, one.id, Sign(version=1), None, NOW)
    with pytest.raises(IllegalTransition):
        service.sign(portal, people.owner, one.id, Sign(version=2), None, "zh-CN", NOW)


def test_what_both_signed_is_not_withdrawn(portal: Portal, people: People) -> None:
    one = make_commitment(portal=portal, by=people.designer)
    service.sign(portal, people.owner, one.id, Sign(version=1), None, "zh-CN", NOW)
    with pytest.raises(VersionConflict):
        service.withdraw(portal, people.designer, one.id, Sign(version=1), None, NOW)
    with pytest.raises(IllegalTransition):
        service.withdraw(portal, people.designer, one.id, Sign(version=2), None, NOW)


def test_a_dispute_opens_one_complaint_also_after_half_of_it(
    portal: Portal, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = make_commitment(portal=portal, by=people.designer)
    service.sign(portal, people.owner, one.id, Sign(version=1), None, "zh-CN", NOW)

    def _breaks(*_: object) -> None:
        raise RuntimeError("killed between the two writes")

    with monkeypatch.context() as broken:
        broken.setattr(service, "_write", _breaks)
        with pytest.raises(RuntimeError):
            service.dispute(portal, people.owner, one.id, Dispute(version=2, text="多收了"), None, NOW)
    done = service.dispute(portal, people.owner, one.id, Dispute(version=2, text="多收了 500"), None, NOW)
    assert done.complaint_id
    complaint = complaints.for_person(portal, people.owner, done.complaint_id).complaint
    assert "多收了" in complaint.content
    assert one.id in complaint.content
    with pytest.raises(IllegalTransition):
        service.dispute(portal, people.owner, one.id, Dispute(version=3, text="再说"), None, NOW)
    mine = portal.db.query_all(f"ACCOUNT#{people.owner.id}")
    assert sum(row["SK"].startswith("COMPLAINT#") for row in mine) == 1


def test_a_key_gives_the_same_answer_again_whatever_happened_to_a_commitment(
    portal: Portal, people: People
) -> None:
    keys = [make_key(of=one) for one in (people.designer, people.owner, people.owner)]
    offer = {
        "community_id": "maple",
        "unit_id": HOME,
        "title": "整装",
        "text": "不增项",
        "valid_until": TODAY,
    }
    body = Offer.model_validate(offer)
    one = service.offer(portal, people.designer, body, keys[0], NOW)
    signed = service.sign(portal, people.owner, one.id, Sign(version=1), keys[1], "zh-CN", NOW)
    text = Dispute(version=2, text="多收了")
    disputed = service.dispute(portal, people.owner, one.id, text, keys[2], NOW)
    for shown, then in (
        (service.offer(portal, people.designer, body, keys[0], NOW), one),
        (service.sign(portal, people.owner, one.id, Sign(version=1), keys[1], "zh-CN", NOW), signed),
        (service.dispute(portal, people.owner, one.id, text, keys[2], NOW), disputed),
    ):
        assert views.commitment(shown, TODAY, desk=False) == views.commitment(then, TODAY, desk=False)
    assert (one.version, signed.version, disputed.version) == (1, 2, 3)


def test_a_key_gives_the_same_answer_again_whatever_happened_to_a_price(
    portal: Portal, people: People
) -> None:
    fields = {
        "community_id": "maple",
        "kind": "item",
        "name": "地砖",
        "measure": "m²",
        "fen": 9,
        "since": TODAY,
    }
    body, key = AddItem.model_validate(fields), make_key(of=people.manager)
    item = board.add(portal, people.manager, body, key, NOW)
    _set(portal, people, item.id, 2800, TODAY + timedelta(days=10))
    change = ChangeItem(community_id="maple", version=1, retired=True)
    board.change(portal, people.manager, item.id, change, None, NOW)
    assert board.add(portal, people.manager, body, key, NOW) == item


def test_a_home_has_its_own_commitments_and_the_desk_those_of_the_community(
    portal: Portal, people: People
) -> None:
    mine = make_commitment(portal=portal, by=people.designer)
    other = make_commitment(portal=portal, by=people.designer, unit_id="maple-1-102")
    assert commitments.listed(portal.db, portal.keys, "maple", HOME) == [mine]
    assert commitments.listed(portal.db, portal.keys, "maple") == [other, mine]
    assert commitments.listed(portal.db, portal.keys, "cedar") == []
    with pytest.raises(NotFound):
        service.at_desk(portal, people.cedar_manager, mine.id)


def test_each_side_reads_who_has_to_sign(site: Portal, people: People) -> None:
    one = make_commitment(portal=site, by=people.designer)
    desk = f"/desk/commitments?community_id={one.community_id}"
    for who, path, said in (
        ("owner", "/commitments", ("待您签字", "2027年3月31日")),
        ("owner", f"/commitments/{one.id}", ("待您签字", "您还没签字", "物业方签字：陈设计")),
        ("designer", desk, ("待业主签字",)),
        ("designer", f"/desk/commitments/{one.id}", ("待业主签字", "业主尚未签字")),
    ):
        text = Browser(token=people.token(who)).get(path).text
        assert [words for words in said if words not in text] == [], path
