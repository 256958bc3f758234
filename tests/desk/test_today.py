"""Today's jobs: in which order, what each card says, and what is free to take."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from chalicelib import company as companies
from chalicelib.communities.models import Community
from chalicelib.company import Company, Words
from chalicelib.desk import bring, today, today_views
from chalicelib.desk.rules import Jobs, in_order
from chalicelib.issues.models import Holder, Issue
from chalicelib.issues.policy import CATEGORIES
from chalicelib.portal import Portal
from tests.factories import NOW, People, assign, bring_to, import_people, make_issue, report, step

HOUR = timedelta(hours=1)
ZONES = {"maple": ZoneInfo("Asia/Shanghai")}
MAPLE = Community(id="maple", name="枫林苑")


def make_job(promised: float, *, visit: float | None = None, **changes: Any) -> Issue:
    """A job that is promised, and perhaps visited, so many hours from now."""
    fields = {"promised_at": NOW + promised * HOUR, "visit_at": NOW + visit * HOUR if visit else None}
    return make_issue(**{"status": "assigned", "assignee": Holder(id="t", name="王师傅")} | fields | changes)


def places(jobs: Jobs, *issues: Issue) -> list[list[int]]:
    """Where the issues given are, part by part, by their numbers."""
    return [[issues.index(one) for one in part] for part in (jobs.overdue, jobs.today, jobs.later)]


def test_the_overdue_come_first_then_today_by_visit_or_promise_then_the_rest() -> None:
    jobs = [
        make_job(60),  # the day after tomorrow
        make_job(5),
        make_job(80, visit=2),  # somebody is waiting for it at noon
        make_job(-3),
        make_job(-30),
        make_job(90, status="in_progress"),
        make_job(6, visit=40),  # agreed for another day
    ]
    found = in_order(jobs, ZONES, NOW)
    assert places(found, *jobs) == [[4, 3], [2, 1, 5], [6, 0]]


def test_a_day_ends_where_the_community_is() -> None:
    late = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)  # 23:00 in Shanghai
    job = make_issue(status="assigned", promised_at=late + 2 * HOUR)
    assert in_order([job], ZONES, late).later == [job]
    assert in_order([job], {"maple": ZoneInfo("America/New_York")}, late).today == [job]


def test_one_has_what_was_given_to_one_and_may_take_what_nobody_has(portal: Portal, people: People) -> None:
    mine = bring_to(portal=portal, people=people, status="assigned").issue.id
    theirs = report(portal=portal, by=people.owner)
    theirs = step(portal=portal, by=people.clerk, file=theirs, to="acknowledged")
    assign(portal=portal, by=people.clerk, file=theirs, to=people.other_technician)
    report(portal=portal, by=people.owner)
    bring_to(portal=portal, people=people, status="resolved")
    free = bring_to(portal=portal, people=people, status="acknowledged").issue.id
    back = bring_to(portal=portal, people=people, status="resolved", now=NOW - HOUR)
    back = step(portal=portal, by=people.clerk, file=back, to="reopened", now=NOW - HOUR)
    jobs = today.jobs(portal, people.technician, NOW)
    assert [one.id for one in (*jobs.overdue, *jobs.today, *jobs.later)] == [mine]
    assert [one.id for one in today.free(portal, people.technician)] == [back.issue.id, free]
    assert today.free(portal, people.clerk) == []


def test_somebody_who_left_a_community_has_no_jobs_there(portal: Portal, people: People) -> None:
    import_people(
        portal=portal, text="community_id,name,phone,role\ncedar,王师傅,+8613900000002,technician\n"
    )
    file = report(portal=portal, by=people.cedar_owner, unit_id="cedar-2-201")
    file = step(portal=portal, by=people.cedar_clerk, file=file, to="acknowledged")
    assign(portal=portal, by=people.cedar_clerk, file=file, to=people.technician)
    both = people.technician
    assert len(today.jobs(portal, both, NOW).today + today.jobs(portal, both, NOW).later) == 1
    left = both.model_copy(update={"grants": [g for g in both.grants if g.community_id == "maple"]})
    assert today.jobs(portal, left, NOW) == Jobs()


@pytest.mark.parametrize("count", [0, 1, 40])
def test_the_page_shows_all_of_them(signed_in: Any, portal: Portal, people: People, count: int) -> None:
    for number in range(count):
        bring_to(portal=portal, people=people, status="assigned", description=f"第 {number} 处 <b>漏水</b>")
    page = signed_in("technician").get("/desk/today")
    assert page.status == 200
    assert page.text.count("data-job=") == count
    assert page.text.count("&lt;b&gt;") == count
    assert "1380000" not in page.text.split("<main")[1], "no number before somebody asks for it"


def test_who_only_repairs_begins_with_the_jobs_and_others_with_the_queue(people: People) -> None:
    assert people.technician.desk_start == "/desk/today"
    assert people.clerk.desk_start == people.manager.desk_start == "/desk"


def _company(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    changed = companies.company().model_copy(update=changes)
    for module in (bring, today_views):
        monkeypatch.setattr(module, "company", lambda: changed)


def test_a_map_is_told_of_the_building_and_never_of_the_home(monkeypatch: pytest.MonkeyPatch) -> None:
    job = make_job(1, building="1", unit_label="1-101")
    link = today_views.map_url(job, MAPLE)
    assert link
    assert link.startswith("https://")
    assert link.endswith("%E6%9E%AB%E6%9E%97%E8%8B%91%201")
    _company(monkeypatch, map_url="geo:0,0?q={query}")
    assert today_views.map_url(job, MAPLE) == "geo:0,0?q=%E6%9E%AB%E6%9E%97%E8%8B%91%201"
    _company(monkeypatch, map_url="")
    assert today_views.map_url(job, MAPLE) is None


@pytest.mark.parametrize(
    "bad", ["javascript:alert('{query}')", "http://maps.example/{query}", "https://maps.example/"]
)
def test_a_companys_map_is_a_safe_link_with_a_place_in_it(bad: str) -> None:
    words = {"zh": "安", "en": "An"}
    with pytest.raises(ValidationError):
        Company.model_validate(
            {"name": words, "phone": "1", "emergency_phone": "2", "logo": "x", "map_url": bad}
        )


def test_every_trade_says_what_to_bring_and_a_company_may_say_it_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for locale in ("zh-CN", "en"):
        assert {name for name in CATEGORIES if not bring.bring(name, locale)} == {"contract", "other"}
    _company(monkeypatch, bring={"plumbing": Words(zh="管钳", en="Pipe wrench")})
    assert (bring.bring("plumbing", "zh-CN"), bring.bring("plumbing", "en")) == ("管钳", "Pipe wrench")


def test_an_agreed_visit_is_said_as_such_wherever_staff_and_owners_see_its_state(
    signed_in: Any, site: Portal, people: People
) -> None:
    now = datetime.now(UTC)
    file = bring_to(portal=site, people=people, status="in_progress", now=now)
    visit: dict[str, Any] = {"pause_reason": "appointment", "visit_at": now + 3 * HOUR}
    step(portal=site, by=people.technician, file=file, to="paused", now=now, **visit)
    desk = ("/desk/today", "/desk", f"/desk/issues/{file.issue.id}")
    for who, paths in (("technician", desk), ("owner", ("/issues", f"/issues/{file.issue.id}"))):
        for path in paths:
            text = signed_in(who).get(f"{path}?lang=en").text
            badges = re.findall(r'<span class="badge[^"]*">(?:<svg.*?</svg>)?([^<]*)</span>', text)
            assert "Visit planned" in badges, (path, badges)
            assert "appointment" not in badges, path
