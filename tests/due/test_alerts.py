"""Who is told of deadlines, when they may be told, and saying that one knows."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.conditions import Key
from chalicelib.due import page_views, service
from chalicelib.due.notices import of as notices_of
from chalicelib.due.plan import pending, terms_for
from chalicelib.errors import Forbidden
from chalicelib.inbox import outbox
from chalicelib.inbox import service as inbox
from chalicelib.inbox.words import DELAYS
from chalicelib.issues import store, timers
from chalicelib.issues.models import IssueFile
from chalicelib.photos import service as photos
from chalicelib.portal import Portal
from chalicelib.service_levels.policy import DEFAULT_POLICY
from chalicelib.sops import service as sops
from chalicelib.sops.models import TickStep
from tests.due.worlds import DAY, HOUR
from tests.factories import NOW, PEOPLE, People, assign, import_people, report, step


def _file(portal: Portal, issue_id: str) -> IssueFile:
    found = store.load(portal.db, portal.keys, issue_id)
    assert found is not None
    return found


def _late(portal: Portal, people: People) -> str:
    """An urgent report that nobody has answered for two and a half hours: levels 1 and 2 have been told."""
    timers.run_due(portal, NOW)
    issue_id = report(portal=portal, by=people.owner).issue.id
    for hours in (1.5, 2, 2.5):
        timers.run_due(portal, NOW + hours * HOUR)
    return issue_id


def test_whoever_says_first_that_they_know_is_kept(portal: Portal, people: People) -> None:
    issue_id = _late(portal, people)
    later = NOW + 3 * HOUR
    service.acknowledge(portal, people.clerk, issue_id, later)
    service.acknowledge(portal, people.manager, issue_id, later + HOUR)
    done = _file(portal, issue_id).done
    assert {(row["seen_by"], row["seen_at"]) for row in done.values()} == {
        (people.clerk.id, "2026-11-20T05:00:00.000Z")
    }
    timers.run_due(portal, later)  # the ladder goes on
    assert "0.acknowledge.0.escalate.3" in _file(portal, issue_id).done
    with pytest.raises(Forbidden):
        service.acknowledge(portal, people.auditor, issue_id, later)


def test_alerts_are_acknowledged_at_the_desk_and_shown_with_name_and_deadlines(
    portal: Portal, people: People, signed_in: Any, caller: Any
) -> None:
    issue_id = _late(portal, people)
    clerk = signed_in("clerk")
    assert "我知道了" in clerk.get(f"/desk/issues/{issue_id}").text
    assert clerk.post(f"/desk/issues/{issue_id}/seen", {}).status == 303
    page = clerk.get(f"/desk/issues/{issue_id}").text
    assert "我知道了</button>" not in page
    assert "李静已知道" in page
    view = caller("clerk").api("POST", f"/desk/issues/{issue_id}/alerts/seen", {}).json
    targets = {one["goal"]: (one["state"], one["due_at"]) for one in view["sla"]["targets"]}
    assert targets["acknowledge"] == ("missed", "2026-11-20T04:00:00.000Z")
    assert targets["resolve"][1] == view["promised_at"] == "2026-11-21T02:00:00.000Z"
    assert {one["level"] for one in view["sla"]["alerts"] if one["kind"] == "escalate"} == {1, 2}
    assert [view["sla"]["next"][name] for name in ("kind", "detail", "step")] == ["warn", "step", "查明原因"]


def test_where_nobody_holds_a_role_the_next_higher_one_is_told(portal: Portal, people: People) -> None:
    _late(portal, people)
    outbox.sweep(portal, NOW + DAY)
    told = {name: _texts(portal, people, name) for name in ("clerk", "manager")}
    assert sum("第 1 级" in text for text in told["clerk"]) == 2
    assert sum("第 2 级" in text for text in told["manager"]) == 2  # nobody is senior
    import_people(portal=portal, text=PEOPLE + "maple,枫林苑,,,,钱主管,+8613900000021,主管\n")
    timers.run_due(portal, NOW)
    report(portal=portal, by=people.owner, now=NOW + DAY)
    for hours in (2, 2.5):
        timers.run_due(portal, NOW + DAY + hours * HOUR)
    outbox.sweep(portal, NOW + 2 * DAY)
    assert sum("第 2 级" in text for text in _texts(portal, people, "manager")) == 2


def _texts(portal: Portal, people: People, name: str) -> list[str]:
    items, _ = inbox.read(portal, getattr(people, name), 100, None, "zh-CN", NOW)
    return [item.text for item in items]


def test_the_owner_hears_before_the_promise_is_missed_and_when_they_hear_again(
    portal: Portal, people: People
) -> None:
    timers.run_due(portal, NOW)
    file = report(portal=portal, by=people.owner)
    file = step(portal=portal, by=people.clerk, file=file, to="acknowledged")
    late = NOW + 17.5 * HOUR
    assign(portal=portal, by=people.clerk, file=file, to=people.technician, now=late)
    timers.run_due(portal, NOW + 18 * HOUR)
    outbox.sweep(portal, NOW + DAY)
    (text,) = [text for text in _texts(portal, people, "owner") if "赶不上" in text]
    assert "可能赶不上承诺的 明天 10:00" in text
    assert "王师傅正在处理" in text
    assert "最晚 明天 07:30 前，我们会再告诉您进展" in text


@pytest.mark.parametrize(
    ("category_id", "urgent"),
    [("plumbing", True), ("noise", None)],
)
def test_what_is_late_wakes_only_staff_of_an_urgent_issue(
    portal: Portal, people: People, category_id: str, urgent: bool | None
) -> None:
    """What channels do with that is tested with messages: the others wait for the morning."""
    timers.run_due(portal, NOW)
    file = report(portal=portal, by=people.owner, category_id=category_id)
    terms = terms_for(portal, file.issue)
    moment = next(one for one in pending(file, terms) if one.kind == "escalate")
    night = NOW.replace(day=24, hour=15)
    (told,) = notices_of(portal, file, moment, terms, night)
    row: Any = outbox.add(told, night)
    assert row.item["urgent"] == urgent


def test_the_owner_sees_until_when_it_is_on_hold_and_what_happens_if_it_gets_late(
    portal: Portal, people: People, signed_in: Any, caller: Any
) -> None:
    file = report(portal=portal, by=people.owner)
    for to, by in (("acknowledged", people.clerk), ("assigned", people.clerk), ("paused", people.technician)):
        if to == "assigned":
            file = assign(portal=portal, by=by, file=file, to=people.technician)
        elif to == "paused":
            file = step(portal=portal, by=by, file=file, to=to, pause_reason="waiting_parts")
        else:
            file = step(portal=portal, by=by, file=file, to=to)
    view = caller("owner").api("GET", f"/issues/{file.issue.id}").json
    assert view["promised_at"] == "2026-12-05T02:00:00.000Z"  # a fortnight on hold, then a day
    text = signed_in("owner").get(f"/issues/{file.issue.id}").text
    assert "万一要晚，我们会提前告诉您" in text


def test_staff_get_the_new_roles_rights(portal: Portal, people: People) -> None:
    rows = "maple,枫林苑,,,,钱主管,+8613900000021,senior\nmaple,枫林苑,,,,孔专家,+8613900000022,专家\n"
    import_people(portal=portal, text=PEOPLE + rows)
    from chalicelib.accounts import store as accounts
    from chalicelib.accounts.models import Person

    found = [accounts.find_by_phone(portal.db, portal.keys, f"+861390000002{n}") for n in (1, 2)]
    senior, expert = (Person.model_construct(**dict(one), session="SESSION#test") for one in found if one)
    file = report(portal=portal, by=people.owner)
    file = step(portal=portal, by=senior, file=file, to="acknowledged")
    file = assign(portal=portal, by=senior, file=file, to=people.technician)
    file = step(portal=portal, by=expert, file=file, to="in_progress", now=NOW + timedelta(minutes=1))
    assert file.timeline[-1].actor.role == "expert"


def test_a_late_step_of_the_sop_is_told_before_and_after_by_its_name(portal: Portal, people: People) -> None:
    """Seepage promises that it is detected within 72 h: its owner is told before, the ladder after, nobody at once."""
    timers.run_due(portal, NOW)
    file = report(portal=portal, by=people.owner, category_id="wall_seepage")
    file = step(portal=portal, by=people.clerk, file=file, to="acknowledged")
    assign(portal=portal, by=people.clerk, file=file, to=people.technician)
    for hours in (54, 72):
        timers.run_due(portal, NOW + hours * HOUR)
    outbox.sweep(portal, NOW + 4 * DAY)
    texts = {name: _texts(portal, people, name) for name in ("owner", "technician", "clerk")}
    assert [text for text in texts["owner"] if "检测" in text] == [
        f"“墙面渗水”（{file.issue.number}）的“检测”这一步可能赶不上承诺的 11月23日 周一 10:00。我们在处理。"
    ]
    late = [text for text in texts["clerk"] if "检测" in text]
    assert len(late) == 1
    assert "第 1 级" in late[0]
    assert len([text for text in texts["technician"] if "检测" in text]) == 2
    done = _file(portal, file.issue.id).done
    assert {name for name in done if name.startswith("0.step.detect")} == {
        "0.step.detect.warn.2026-11-23T02:00:00.000Z", "0.step.detect.breach", "0.step.detect.escalate.1",
    }  # fmt: skip


def test_a_step_that_was_ticked_late_before_the_clock_saw_it_is_recorded_and_told_to_nobody(
    portal: Portal, people: People
) -> None:
    file = report(portal=portal, by=people.owner, category_id="wall_seepage")
    file = step(portal=portal, by=people.clerk, file=file, to="acknowledged")
    file = assign(portal=portal, by=people.clerk, file=file, to=people.technician)
    late, photo = NOW + 73 * HOUR, photos.start_plain(portal, people.technician, NOW)
    body = TickStep(
        step_id="detect", version=file.issue.version, photo_ids=[photo], measurement="含水率 18 %"
    )
    sops.tick(portal, people.technician, file.issue.id, body, None, late)
    assert _file(portal, file.issue.id).done == {}, "the clock stood still"
    timers.run_due(portal, late)
    outbox.sweep(portal, NOW + 4 * DAY)
    file = _file(portal, file.issue.id)
    rows = {name: row for name, row in file.done.items() if name.startswith("0.step.detect")}
    assert {name: row["due_at"] for name, row in rows.items()} == {
        "0.step.detect.breach": "2026-11-23T02:00:00.000Z",
        "0.step.detect.escalate.1": "2026-11-23T02:00:00.000Z",
    }
    assert all(row["over"] for row in rows.values())
    assert not any("检测" in text for text in _texts(portal, people, "clerk"))
    assert [one for one in pending(file, terms_for(portal, file.issue)) if one.at <= late] == []


def test_a_step_that_only_guides_alerts_whoever_has_the_issue_and_nobody_else(
    portal: Portal, people: People
) -> None:
    timers.run_due(portal, NOW)
    report(portal=portal, by=people.owner)  # plumbing: its first step is due in two hours
    timers.run_due(portal, NOW + 2 * HOUR)
    outbox.sweep(portal, NOW + DAY)
    assert not any("关阀止水" in text for text in _texts(portal, people, "clerk"))


def test_each_class_of_delay_has_its_plan_told_once_by_day_to_whose_it_is_and_to_the_owner(
    portal: Portal, people: People
) -> None:
    """Promised for 10:00 on the 21st: from the 24th on it is late, from the 28th on very late."""
    timers.run_due(portal, NOW)
    issue_id = report(portal=portal, by=people.owner).issue.id
    for days in (1, 4, 5, 8, 9):
        timers.run_due(portal, NOW + days * DAY)
    rows = [row for row in _file(portal, issue_id).done.values() if row["kind"] == "delay"]
    assert sorted((row["detail"], row["due_at"][:10]) for row in rows) == [
        ("general", "2026-11-24"), ("serious", "2026-11-28"),
    ]  # fmt: skip
    outbox.sweep(portal, NOW + 10 * DAY)
    told = [text for text in _texts(portal, people, "manager") if "处理预案" in text]
    assert ["严重超时" in text for text in told] == [True, False], "the newest first"
    sorry = [text for text in _texts(portal, people, "owner") if "很抱歉" in text]
    assert len(sorry) == 2
    urgent = {row["urgent"] for row in _inbox(portal, people.manager) if row["event"] == "delayed"}
    assert urgent == {None}, "nobody is woken for what is late for days"


def test_every_default_class_of_delay_has_a_name_and_a_plan_in_words() -> None:
    names = {name for _, name in DEFAULT_POLICY.delays}
    assert names == set(DELAYS) == set(page_views._PLANS)
    assert set(DEFAULT_POLICY.plans) == names - {"slight"}, "slightly late is the ladder's matter"


def _inbox(portal: Portal, person: Any) -> list[dict[str, Any]]:
    rows = portal.db.query_all(Key("PK").eq(f"ACCOUNT#{person.id}") & Key("SK").begins_with("INBOX#"))
    return [{"urgent": None, **row} for row in rows]


def test_what_has_been_open_for_a_month_is_listed_until_it_is_done(
    portal: Portal, people: People, caller: Any, signed_in: Any
) -> None:
    timers.run_due(portal, NOW)
    file = report(portal=portal, by=people.owner, category_id="noise")
    report(portal=portal, by=people.owner, category_id="noise", now=NOW + DAY)
    timers.run_due(portal, NOW + 30 * DAY)
    (risk,) = caller("clerk").api("GET", "/desk/risks").json["items"]
    assert (risk["number"], risk["since"], risk["assignee_id"]) == (
        file.issue.number, "2026-12-20T02:00:00.000Z", None,
    )  # fmt: skip
    assert file.issue.number in signed_in("manager").get("/desk/risks").text
    assert caller("cedar_manager").api("GET", "/desk/risks").json["items"] == []
    assert caller("cedar_manager").api("GET", "/desk/risks?community_id=maple").status == 404
    now = _file(portal, file.issue.id)
    step(portal=portal, by=people.clerk, file=now, to="rejected", note="不归我们管", now=NOW + 31 * DAY)
    assert caller("clerk").api("GET", "/desk/risks").json["items"] == []
