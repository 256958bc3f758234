"""Managers: rules in versions, points by hand with a second person, and what all of it comes to."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.errors import Invalid, NotFound, VersionConflict
from chalicelib.points import adjusting, earning, report, rule_editing, rule_store
from chalicelib.points.adjusting import JudgedAlready, NotAlone
from chalicelib.points.desk_models import Adjustment, AskAdjustment
from chalicelib.points.errors import InsufficientPoints
from chalicelib.points.models import EarningRule
from chalicelib.points.policy import RULES
from tests.factories import NOW, PHONES, People, make_key
from tests.factories_points import give_points, make_reward, redeem
from tests.points.test_point_timers import told
from tests.points.worlds import assert_adds_up, earn, ledger, make_event
from tests.racing import codes, race


def save(people: People, rule: EarningRule, seen: int = 0) -> None:
    rule_editing.save(people.portal, people.manager, "maple", "rating", rule, seen, None, NOW)


def test_a_rule_counts_for_what_happens_from_its_time_on_however_late_that_is_counted(people: People) -> None:
    save(people, EarningRule(points=50))
    later = NOW + timedelta(days=1)
    before, after = make_event(at=NOW), make_event(at=NOW + timedelta(minutes=2))
    elsewhere = make_event(at=later, community_id="cedar", account_id="A2")
    found = [earning.earn(people.portal, one, later).points for one in (before, after, elsewhere)]
    assert found == [20, 50, 20]
    assert rule_store.all_holding(people.portal.db, "maple", later)["rating"].points == 50


def test_two_managers_make_one_new_version_and_a_form_sent_twice_makes_one(people: People) -> None:
    save(people, EarningRule(points=50))
    save(people, EarningRule(points=50))
    with pytest.raises(VersionConflict):
        save(people, EarningRule(points=60))
    save(people, EarningRule(points=60), 1)
    assert [one.number for one in rule_store.newest(people.portal.db, "maple", "rating", 9)] == [2, 1, 0]


def test_a_rule_that_cannot_be_meant_is_refused(people: People) -> None:
    for rule in (EarningRule(points=1, factors={"gold": 99}), EarningRule(points=1, valid_until=NOW)):
        with pytest.raises(Invalid):
            save(people, rule)
    with pytest.raises(NotFound):
        rule_editing.known("rating2")
    assert {rule_editing.known(kind) for kind in RULES} == set(RULES)


def test_a_rule_that_ends_at_the_end_of_time_is_refused_as_no_page_could_say_when(people: People) -> None:
    for until in (datetime.max.replace(tzinfo=UTC), NOW + timedelta(days=4_000)):
        with pytest.raises(Invalid):
            save(people, EarningRule(points=1, valid_until=until))
    save(people, EarningRule(points=1, valid_until=NOW + timedelta(days=3_600)))


def ask(people: People, points: int, phone: str = "owner", **more: object) -> Adjustment:
    body = AskAdjustment(community_id="maple", phone=PHONES[phone], points=points, reason="抱歉，让您久等")
    return adjusting.ask(people.portal, people.manager, body, more.get("once"), NOW)  # type: ignore[arg-type]


def test_a_few_points_are_given_at_once_and_more_in_a_day_wait_for_a_second_person(people: People) -> None:
    portal, owner = people.portal, people.owner
    assert [ask(people, points).state for points in (300, 200, 1)] == ["done", "done", "waits"]
    assert assert_adds_up(portal, owner.id).balance == 500
    assert [entry.kind for entry in ledger(portal, owner.id)] == ["adjusted", "adjusted"]
    assert told(portal) == ["points_adjusted", "points_adjusted", "adjustment_waits"]
    assert assert_adds_up(portal, owner.id).tier == "standard"  # a present is nothing earned


def test_a_key_gives_what_was_answered_whatever_a_second_person_decides(people: People) -> None:
    key = make_key(of=people.manager)
    asked = ask(people, 900, once=key)
    second = people.clerk.model_copy(update={"grants": people.manager.grants})
    adjusting.judge(people.portal, second, "maple", asked.id, True, NOW)
    assert ask(people, 900, once=key) == asked


def test_a_second_person_decides_and_nobody_else(people: People) -> None:
    portal = people.portal
    asked = ask(people, 501)
    with pytest.raises(NotAlone):
        adjusting.judge(portal, people.manager, "maple", asked.id, True, NOW)
    second = people.clerk.model_copy(update={"grants": people.manager.grants})
    for _ in range(2):
        assert adjusting.judge(portal, second, "maple", asked.id, True, NOW).state == "done"
    with pytest.raises(JudgedAlready):
        adjusting.judge(portal, second, "maple", asked.id, False, NOW)
    with pytest.raises(NotFound):
        adjusting.judge(portal, people.cedar_manager, "maple", asked.id, True, NOW)
    assert assert_adds_up(portal, people.owner.id).balance == 501
    refused = ask(people, -600)
    assert adjusting.judge(portal, second, "maple", refused.id, False, NOW).state == "refused"
    assert [one.state for one in adjusting.newest(portal, "maple")] == ["refused", "done"]


def test_many_who_decide_at_once_decide_once(people: People) -> None:
    asked = ask(people, 600)
    seconds = [
        people.clerk.model_copy(update={"id": f"S{n}", "grants": people.manager.grants}) for n in range(4)
    ]
    works = [
        lambda one=one: adjusting.judge(people.portal, one, "maple", asked.id, True, NOW) for one in seconds
    ]
    assert codes(race(works)) == ["judged_already"] * 3 + ["ok"]
    assert assert_adds_up(people.portal, people.owner.id).balance == 600


def test_points_are_taken_only_where_there_are_some_and_only_of_residents(people: People) -> None:
    with pytest.raises(InsufficientPoints):
        ask(people, -1)
    for who in ("cedar_owner", "clerk"):
        with pytest.raises(Invalid):
            ask(people, 5, who)
    with pytest.raises(Invalid):
        ask(people, 0)
    ask(people, 30)
    ask(people, -10)
    assert assert_adds_up(people.portal, people.owner.id).balance == 20


def test_a_key_gives_the_same_adjustment_again(people: People) -> None:
    key = make_key(of=people.manager)
    assert ask(people, 40, once=key) == ask(people, 40, once=key)
    assert assert_adds_up(people.portal, people.owner.id).balance == 40


def test_the_report_says_what_is_outstanding_by_month_and_what_became_of_points_by_rule(
    people: People,
) -> None:
    portal, owner = people.portal, people.owner
    assert report.read(portal.db, "maple", NOW).outstanding == 0
    give_points(portal=portal, to=owner, times=2)
    earn(portal=portal)
    event = make_event()
    earning.earn(portal, event, NOW)
    earning.reverse(portal, event.id, NOW)
    ask(people, 30)
    redeem(portal=portal, by=owner, reward=make_reward(portal=portal, by=people.manager, points=350))
    found = report.read(portal.db, "maple", NOW)
    assert (found.outstanding, found.fen) == (300, 300)
    assert [(one.month, one.points) for one in found.by_month] == [("2027-11", 300)]
    rows = {one.rule: (one.earned, one.spent, one.expired, one.reversed) for one in found.by_rule}
    assert rows == {"referral": (600, 350, 0, 0), "rating": (40, 0, 0, 20), "adjusted": (30, 0, 0, 0)}
