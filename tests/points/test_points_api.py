"""Points and rewards over the JSON API, as the contract promises them."""

from datetime import datetime
from typing import Any

from chalicelib.issues import service as issues
from chalicelib.issues.models import RateIssue
from chalicelib.points import intake
from tests.factories import NOW, People, bring_to
from tests.factories_points import give_points, make_reward


def test_what_one_has_is_told_as_promised(people: People, caller: Any) -> None:
    give_points(portal=people.portal, to=people.owner, times=2, now=datetime.now(NOW.tzinfo))
    found = caller("owner").api("GET", "/points").json
    assert {name: found[name] for name in ("balance", "pending", "tier", "next_tier")} == {
        "balance": 600, "pending": 0, "tier": "silver", "next_tier": {"tier": "gold", "missing": 1400},
    }  # fmt: skip
    assert [one["points"] for one in found["expiring"]] == [600]
    nobody = caller("neighbour").api("GET", "/points").json
    assert (nobody["balance"], nobody["tier"], nobody["expiring"]) == (0, "standard", [])


def test_the_ledger_is_paged_newest_first_in_plain_words(people: People, caller: Any) -> None:
    give_points(portal=people.portal, to=people.owner, times=3)
    browser = caller("owner")
    first = browser.api("GET", "/points/entries?limit=2").json
    rest = browser.api("GET", f"/points/entries?limit=2&cursor={first['next_cursor']}").json
    rows = first["items"] + rest["items"]
    assert [row["balance_after"] for row in rows] == [900, 600, 300]
    assert (rows[0]["delta"], rows[0]["kind"], rest["next_cursor"]) == (300, "earned", None)
    assert rows[0]["reason"] == "您邀请的邻居加入了"
    assert set(rows[0]) == {"id", "at", "delta", "kind", "reason", "balance_after"}
    stolen = caller("neighbour").api("GET", f"/points/entries?cursor={first['next_cursor']}")
    assert stolen.status == 422


def test_a_reward_is_had_once_for_a_key(people: People, caller: Any) -> None:
    give_points(portal=people.portal, to=people.owner)
    reward = make_reward(portal=people.portal, by=people.manager, points=200, per_person=5)
    browser = caller("owner")
    listed = browser.api("GET", "/rewards").json["items"]
    wanted: dict[str, Any] = {
        "points": 200,
        "stock": 5,
        "per_person": 5,
        "terms": "周一至周五",
        "image_url": None,
    }
    assert {name: listed[0][name] for name in wanted} == wanted
    path = f"/rewards/{reward.id}/redemptions"
    first, again = (browser.api("POST", path, {}, key="redeem-key-1") for _ in range(2))
    assert (first.status, again.status, first.json) == (201, 201, again.json)
    assert (first.json["status"], first.json["points"], len(first.json["code"])) == ("issued", 200, 12)
    short = browser.api("POST", path, {}, key="redeem-key-2")
    assert (short.status, short.json["code"]) == (409, "insufficient_points")
    assert [row["id"] for row in browser.api("GET", "/vouchers").json["items"]] == [first.json["id"]]
    gone = make_reward(portal=people.portal, by=people.manager, points=1, stock=0)
    out = browser.api("POST", f"/rewards/{gone.id}/redemptions", {})
    assert (out.status, out.json["code"]) == (409, "out_of_stock")


def test_staff_use_a_voucher_and_its_owner_sees_that(people: People, caller: Any) -> None:
    give_points(portal=people.portal, to=people.owner)
    reward = make_reward(portal=people.portal, by=people.manager)
    browser = caller("owner")
    voucher = browser.api("POST", f"/rewards/{reward.id}/redemptions", {}).json
    used = caller("clerk").api("POST", "/desk/vouchers/use", {"code": voucher["code"]})
    assert (used.status, used.json["status"], used.json["name"]) == (200, "used", reward.name)
    assert browser.api("GET", f"/vouchers/{voucher['id']}").json["status"] == "used"
    again = browser.api("POST", f"/vouchers/{voucher['id']}/cancel", {})
    assert (again.status, again.json["code"]) == (409, "voucher_not_usable")
    assert caller("clerk").api("POST", "/desk/vouchers/use", {"code": ""}).status == 422
    assert caller("owner").api("POST", "/desk/vouchers/use", {"code": "x"}).status == 403


def test_cancelling_gives_the_points_back(people: People, caller: Any) -> None:
    give_points(portal=people.portal, to=people.owner)
    reward = make_reward(portal=people.portal, by=people.manager)
    browser = caller("owner")
    voucher = browser.api("POST", f"/rewards/{reward.id}/redemptions", {}).json
    assert browser.api("GET", "/points").json["balance"] == 200
    assert browser.api("POST", f"/vouchers/{voucher['id']}/cancel", {}).json["status"] == "cancelled"
    assert browser.api("GET", "/points").json["balance"] == 300


def test_managers_keep_the_catalogue(people: People, caller: Any) -> None:
    manager = caller("manager")
    body = {"community_id": "maple", "name": "电影票", "points": 150, "stock": 3}
    made, again = (manager.api("POST", "/desk/rewards", body, key="reward-key-1") for _ in range(2))
    assert (made.status, made.json["id"]) == (201, again.json["id"])
    blind = manager.api("PUT", f"/desk/rewards/{made.json['id']}", {**body, "stock": 7, "version": 1})
    assert (blind.status, blind.json["errors"][0]["field"]) == (422, "stock_seen")
    changed = {**body, "stock": 5, "stock_seen": 3, "version": 1, "retired": True}
    saved = manager.api("PUT", f"/desk/rewards/{made.json['id']}", changed)
    assert (saved.json["stock"], saved.json["version"]) == (5, 2)
    assert manager.api("PUT", f"/desk/rewards/{made.json['id']}", changed).json["code"] == "version_conflict"
    assert [row["name"] for row in manager.api("GET", "/desk/rewards").json["items"]] == ["电影票"]
    assert caller("owner").api("GET", "/rewards").json["items"] == []
    assert caller("cedar_manager").api("GET", "/desk/rewards?community_id=maple").status == 404


def test_the_first_rating_of_an_issue_earns_points_once(people: People, caller: Any) -> None:
    portal, owner = people.portal, people.owner
    file = bring_to(portal=portal, people=people, status="resolved")
    for marks in (5, 4):
        rate = RateIssue(professionalism=marks, attitude=marks, efficiency=marks)
        issues.rate(portal, owner, file.issue.id, rate, NOW)
    assert intake.sweep(portal, NOW) == 1
    rate = RateIssue(professionalism=3, attitude=3, efficiency=3)
    issues.rate(portal, owner, file.issue.id, rate, NOW)
    assert intake.sweep(portal, NOW) == 0
    found = caller("owner").api("GET", "/points/entries").json["items"]
    assert [(row["delta"], row["reason"]) for row in found] == [(20, "评价维修")]


def test_owners_are_told_only_of_what_is_booked_and_managers_what_waits(
    people: People, signed_in: Any
) -> None:
    shown = signed_in("owner").get("/points").text
    assert [name in shown for name in ("评价维修", "邀请", "参加活动", "填写问卷", "装修服务")] == [
        True
    ] * 2 + [False] * 3
    rules = signed_in("manager").get("/desk/points/rules?community_id=maple").text
    assert rules.count("待启用") == 3
