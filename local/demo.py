"""The demo data of a new local portal: two communities, their people, and a few issues under way."""

from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from chalicelib.accounts import store as accounts
from chalicelib.accounts.models import Account, Person
from chalicelib.desk import service as desk
from chalicelib.desk import talking
from chalicelib.desk.models import Assign, StaffMessage, Transition
from chalicelib.due.look import look_at
from chalicelib.importing import service as importing
from chalicelib.issues import reporting
from chalicelib.issues import service as issues
from chalicelib.issues.models import IssueFile, OwnerStep, RateIssue, ReportIssue
from chalicelib.places import service as places
from chalicelib.places.rules import read_lines
from chalicelib.portal import Portal, portal
from local import demo_cards, demo_consultations, demo_decoration, demo_points, demo_referrals

PEOPLE = """community_id,community,building,unit,unit_id,name,phone,role
maple,枫林苑,1,101,maple-1-101,王秀英,+8613800000001,owner
maple,枫林苑,1,102,maple-1-102,张建国,+8613800000002,owner
cedar,雪松里,2,201,cedar-2-201,Emma Clarke,+8613800000003,owner
maple,枫林苑,,,,李静,+8613900000001,front_line
maple,枫林苑,,,,王师傅,+8613900000002,technician
maple,枫林苑,,,,陈设计,+8613900000003,designer
cedar,雪松里,,,,陈设计,+8613900000003,designer
maple,枫林苑,,,,赵经理,+8613900000004,manager
maple,枫林苑,,,,周审计,+8613900000005,auditor
cedar,雪松里,,,,刘芳,+8613900000011,front_line
"""
PLACES = {
    "maple": "1 号楼电梯,1\n1 号楼大堂,1\n地下车库入口\n南门门禁\n中心花园",
    "cedar": "2 号楼大堂,2",
}


def main(now: datetime) -> None:
    """Fill an empty portal; doing it again changes nothing."""
    everything = importing.Importer("demo", None)
    result = importing.run(portal(), everything, PEOPLE.encode(), "zh-CN", now, preview=False)
    assert not result.errors, "the demo data is well-formed"
    for community_id, names in PLACES.items():
        places.add(portal(), "demo", community_id, read_lines(names), now)
    if not _issues_there(portal()):
        demo_cards.write(portal(), _person(portal(), "+8613900000004"), now)
        Story(portal(), now).tell()
        demo_points.write(portal(), partial(_person, portal()), now)
        demo_referrals.write(portal(), _person(portal(), "+8613800000002"), now)
    demo_consultations.tell(
        portal(), _person(portal(), "+8613900000003"), _person(portal(), "+8613800000001"), now
    )
    demo_decoration.tell(
        portal(),
        _person(portal(), "+8613900000003"),
        _person(portal(), "+8613900000004"),
        _person(portal(), "+8613800000001"),
        now,
    )


def _person(home: Portal, phone: str) -> Person:
    account = accounts.find_by_phone(home.db, home.keys, phone)
    assert account is not None, "imported just before"
    return Person(**{name: getattr(account, name) for name in Account.model_fields}, session="demo")


def _issues_there(home: Portal) -> bool:
    from chalicelib.issues import store

    return bool(store.own_issues(home.db, _person(home, "+8613800000001").id, 1, None).items)


def _by_day(moment: datetime) -> datetime:
    """A visit's time around `moment`, or the next morning: nobody repairs a sink at midnight."""
    local = moment.astimezone(ZoneInfo("Asia/Shanghai")).replace(minute=0, second=0, microsecond=0)
    if 9 <= local.hour <= 18:
        return local
    return local.replace(hour=9) + timedelta(days=int(local.hour > 18))


class Story:
    """A few issues in different states, so that every page has something to show."""

    def __init__(self, home: Portal, now: datetime) -> None:
        self.home, self.now = home, now
        self.told: list[str] = []
        self.owner = _person(home, "+8613800000001")
        self.neighbour = _person(home, "+8613800000002")
        self.clerk = _person(home, "+8613900000001")
        self.technician = _person(home, "+8613900000002")

    def tell(self) -> None:
        """Report, dispatch, work, fix."""
        hours = timedelta(hours=1)
        now = self.now
        self.report(
            self.owner, "electrical", "楼道三层的灯一闪一闪的，晚上看不清台阶。", now - 2 * hours, "三层楼道"
        )
        self.leak(now - 20 * hours)
        self.door(now - 50 * hours)
        noisy = self.report(self.neighbour, "noise", "楼上每天半夜搬东西，声音很大。", now - 30 * hours)
        self.step(self.clerk, noisy, "acknowledged", now - 29 * hours)
        self.round(now)
        for (
            issue_id
        ) in self.told:  # what has come in all those hours is handled, and what comes next gets its row
            look_at(self.home, issue_id, now)

    def report(
        self, who: Person, category: str, text: str, at: datetime, location: str | None = None
    ) -> IssueFile:
        """One report."""
        area = "public" if location else "unit"
        body = ReportIssue.model_validate(
            {
                "unit_id": who.units[0].id, "category_id": category, "description": text, "location": location,
                "area": area,
            }
        )  # fmt: skip
        file = reporting.report(self.home, who, body, None, at)[0]
        self.told.append(file.issue.id)
        return file

    def step(self, who: Person, file: IssueFile, to: str, at: datetime, **more: object) -> IssueFile:
        """One step of the staff."""
        body = Transition.model_validate({"to": to, "version": file.issue.version, **more})
        return desk.transition(self.home, who, file.issue.id, body, None, at)[0]

    def assign(self, file: IssueFile, at: datetime, visit: datetime) -> IssueFile:
        """Give it to the technician, who comes at `visit`."""
        done = self.hand(file, at)
        note = StaffMessage(text="您好，师傅已经安排好了，上门前会给您打电话。")
        talking.message(self.home, self.clerk, file.issue.id, note, None, at + timedelta(minutes=1))
        paused = {"pause_reason": "appointment", "visit_at": max(visit, at).isoformat()}
        return self.step(self.technician, done, "paused", at + timedelta(minutes=5), **paused)

    def round(self, now: datetime) -> None:
        """More for the technician's day: one that is late, and one that is being worked on."""
        hour = timedelta(hours=1)
        dark = self.report(
            self.neighbour, "electrical", "客厅的灯一开就跳闸，换过灯泡也一样。", now - 25 * hour
        )
        self.hand(self.step(self.clerk, dark, "acknowledged", now - 24.5 * hour), now - 24 * hour)
        loud = self.report(self.owner, "lift", "电梯关门时有很大的响声。", now - 5 * hour, "二单元电梯")
        loud = self.hand(self.step(self.clerk, loud, "acknowledged", now - 4.5 * hour), now - 4 * hour)
        self.step(self.technician, loud, "in_progress", now - hour)

    def hand(self, file: IssueFile, at: datetime) -> IssueFile:
        """Give it to the technician."""
        body = Assign(assignee_id=self.technician.id, version=file.issue.version)
        return desk.assign(self.home, self.clerk, file.issue.id, body, None, at)[0]

    def leak(self, at: datetime) -> None:
        """A leak with an agreed visit."""
        file = self.report(self.owner, "plumbing", "厨房水槽下面漏水，接了一个盆，两个小时就满了。", at)
        file = self.step(self.clerk, file, "acknowledged", at + timedelta(minutes=20))
        self.assign(file, at + timedelta(minutes=40), _by_day(self.now + timedelta(hours=3)))

    def door(self, at: datetime) -> None:
        """A door that was mended, and one that was confirmed and rated."""
        for text, confirmed in (("单元门关不严，风一吹就响。", False), ("阳台窗户的把手掉了。", True)):
            file = self.report(self.owner, "doors_windows", text, at)
            file = self.step(self.clerk, file, "acknowledged", at + timedelta(hours=1))
            file = self.hand(file, at + timedelta(hours=2))
            file = self.step(self.technician, file, "in_progress", at + timedelta(hours=4))
            file = self.step(
                self.technician, file, "resolved", at + timedelta(hours=5), note="换了新的合页，试过了。"
            )
            if confirmed:
                self.confirm(file, at + timedelta(hours=8))

    def confirm(self, file: IssueFile, at: datetime) -> None:
        """The owner is content."""
        body = OwnerStep(version=file.issue.version)
        issues.step(self.home, self.owner, file.issue.id, "confirm", body, None, at)
        marks = RateIssue(professionalism=5, attitude=5, efficiency=4, comment="师傅很细心，谢谢！")
        issues.rate(self.home, self.owner, file.issue.id, marks, at + timedelta(minutes=2))
