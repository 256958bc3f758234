"""Everything that the portal writes and asks of its table, once: what checks of keys and expressions look at."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.accounts import service as accounts
from chalicelib.accounts.sessions import new_session, person_of
from chalicelib.announcements import service as announcing
from chalicelib.announcements.models import Announce
from chalicelib.audit import store as audit
from chalicelib.communities import store as communities
from chalicelib.complaints import handling, matrix
from chalicelib.complaints import listing as complaint_listing
from chalicelib.complaints import service as complaint_service
from chalicelib.complaints import store as complaints
from chalicelib.complaints import timers as complaint_timers
from chalicelib.complaints.bodies import SetMatrix, Words
from chalicelib.desk import bulk, live, own, own_store, queue, replies, talking, today, undo
from chalicelib.desk.models import Bulk, BulkStep, Queue, StaffMessage
from chalicelib.desk.own_models import SaveFilter, SaveReply
from chalicelib.due import service as due
from chalicelib.duty import service as duty
from chalicelib.duty.models import Duty, Roster
from chalicelib.errors import PortalError, Unavailable
from chalicelib.inbox import outbox
from chalicelib.inbox import service as inbox
from chalicelib.inbox.models import Notice
from chalicelib.issues import drafts, following, listing, service, store, timers
from chalicelib.issues import photos as issue_photos
from chalicelib.issues.models import FindSimilar, RateIssue, WriteMessage
from chalicelib.managing import levels
from chalicelib.managing.preview import of_levels
from chalicelib.messages import choosing, failed, worker
from chalicelib.messages.models import ChooseMessages, Device, Quiet
from chalicelib.messages.notifier import Channel, Gone, MemoryNotifier, Message, Refused
from chalicelib.messages.sending import Turn
from chalicelib.pages import keep_form, kept_form
from chalicelib.photos import intake
from chalicelib.photos import service as photos
from chalicelib.photos import store as photo_store
from chalicelib.places import service as places
from chalicelib.places.models import ChangePlace
from chalicelib.portal import Portal
from chalicelib.records import K
from chalicelib.service_levels import store as service_levels
from chalicelib.service_levels.policy import DEFAULT_POLICY, default_calendar
from chalicelib.sops import editing
from chalicelib.sops import service as sop_service
from chalicelib.sops.models import Sop, SopStep, TickStep
from chalicelib.sops.models import Words as StepWords
from infra.upkeep.migrate import migrate
from infra.upkeep.walk import Pace
from tests.consultations.story import consult
from tests.decoration.story import decorate
from tests.factories import (
    NOW,
    PHONES,
    People,
    assign,
    import_people,
    make_key,
    make_place,
    make_report,
    owner_step,
    report,
    step,
)
from tests.factories_complaints import complain, complaint_move, complaint_step, handle
from tests.story_dispatch import tell_dispatch
from tests.story_points import tell_points
from tests.story_referrals import tell_referrals

LATER = NOW + timedelta(minutes=5)
CALLED_BACK = NOW + timedelta(hours=1)


def tell(portal: Portal) -> None:
    """Import people, sign in, report with photos, work, merge, pause, resolve, confirm, reopen, rate, close."""
    import_people(portal=portal)
    import_people(portal=portal)
    people = People(portal)
    timers.run_due(portal, NOW)
    _sign_in(portal)
    _work(portal, people)
    _merge(portal, people)
    _share(portal, people)
    _drafts_and_forms(portal, people)
    _desk(portal, people)
    consult(portal, people)
    decorate(portal, people)
    complaint_timers.run_due(portal, NOW)
    _complain(portal, people)
    tell_dispatch(portal, people)
    tell_referrals(portal, people)
    outbox.sweep(portal, LATER)
    _tell_outside(portal, people)
    outbox.sweep(portal, LATER)
    tell_points(portal, people)
    _rules(portal, people)
    _read(portal, people)
    _let_time_pass(portal, people)
    complaint_timers.run_due(portal, NOW + timedelta(days=8))
    assert all(not page.left for page in migrate(portal, "issue", lambda: NOW, Pace(10**9), at_once=50))
    accounts.choose_locale(portal, people.owner, "en")
    accounts.sign_out_everywhere(portal, people.owner)


def _let_time_pass(portal: Portal, people: People) -> None:
    """The manager changes policy and calendar, the clock goes on for a month, and somebody knows of the alerts."""
    start = NOW + timedelta(hours=1)
    service_levels.save_policy(portal, "maple", people.manager.id, DEFAULT_POLICY, start, 0, NOW)
    calendar = default_calendar("Asia/Shanghai")
    service_levels.save_calendar(portal, "maple", people.manager.id, calendar, start, 1, NOW)
    service_levels.levels_of(portal.db, "maple", "Asia/Shanghai")
    late = report(portal=portal, by=people.owner)
    step(portal=portal, by=people.clerk, file=late, to="acknowledged")
    word = StaffMessage(text="明早到")
    talking.message(portal, people.clerk, late.issue.id, word, None, NOW + timedelta(hours=17))
    for hours in (0.5, 18, 8 * 24, 31 * 24):
        timers.run_due(portal, NOW + timedelta(hours=hours))
    due.acknowledge(portal, people.clerk, late.issue.id, NOW + timedelta(days=31))
    while outbox.sweep(portal, NOW + timedelta(days=32)):
        pass


def _sign_in(portal: Portal) -> None:
    for number in range(2):
        accounts.send_code(portal, PHONES["owner"], "192.0.2.1", "en", NOW + timedelta(minutes=number))
    assert isinstance(portal.notifier, MemoryNotifier)
    code = portal.notifier.sent[-1].code
    session = accounts.sign_in(portal, PHONES["owner"], code or "", LATER)
    person = person_of(portal, session.token, LATER)
    assert person
    accounts.sign_out(portal, person)


def _photo(portal: Portal, person: Any) -> str:
    return photos.start_plain(portal, person, NOW)


def _work(portal: Portal, people: People) -> None:
    owner, tech, clerk = people.owner, people.technician, people.clerk
    first, second, proof = _photo(portal, owner), _photo(portal, owner), _photo(portal, tech)
    at: Any = {"portal": portal, "now": NOW}
    window = {"start": LATER.isoformat(), "end": CALLED_BACK.isoformat()}
    once = make_key(of=owner)
    file = report(
        by=owner,
        once=once,
        photo_ids=[first, second],
        location="厨房",
        visit_windows=[window],
        category_id="gas",
        **at,
    )
    report(by=owner, once=once, **at)
    intake.settle(portal, first, "ready", None, NOW)
    intake.settle(portal, second, "rejected", "broken", NOW)
    intake.settle(portal, proof, "ready", None, NOW)
    file = step(by=clerk, file=file, to="acknowledged", once=make_key(of=clerk), **at)
    file = assign(by=clerk, file=file, to=tech, **at)
    visit = CALLED_BACK.isoformat()
    file = step(by=tech, file=file, to="paused", pause_reason="appointment", visit_at=visit, **at)
    file = step(by=tech, file=file, to="in_progress", **at)
    service.urge(portal, owner, file.issue.id, NOW)
    service.urge(portal, owner, file.issue.id, NOW + timedelta(hours=5))
    service.message(portal, owner, file.issue.id, WriteMessage(text="几点？"), make_key(of=owner), NOW)
    note = StaffMessage(text="带梯子", internal=True, photo_ids=[_photo(portal, clerk)])
    talking.message(portal, clerk, file.issue.id, note, None, NOW)
    told = StaffMessage(text="马上到")
    talking.message(portal, tech, file.issue.id, told, None, LATER, at=NOW)
    talking.contact(portal, clerk, file.issue.id, NOW)
    file = step(by=tech, file=file, to="resolved", photo_ids=[proof], note="修好了", **at)
    service.message(portal, owner, file.issue.id, WriteMessage(text="再看看"), None, LATER)
    for marks in (3, 4):
        rate = RateIssue(professionalism=marks, attitude=marks, efficiency=marks, comment="好")
        service.rate(portal, owner, file.issue.id, rate, NOW)
    file = owner_step(by=owner, file=file, action="confirm", **at)
    file = owner_step(by=owner, file=file, action="reopen", reason="还在漏", **at)
    portal.db.write(*photo_store.forget(_kept(portal, first), PortalError()))
    portal.db.write(*issue_photos._told(portal, tech, proof, _file(portal, file.issue.id), NOW))


def _kept(portal: Portal, photo_id: str) -> Any:
    return photo_store.get(portal.db, photo_id)


def _file(portal: Portal, issue_id: str) -> Any:
    return store.load(portal.db, portal.keys, issue_id)


def _merge(portal: Portal, people: People) -> None:
    target = report(portal=portal, by=people.owner)
    source = report(portal=portal, by=people.neighbour, unit_id="maple-1-102")
    step(portal=portal, by=people.clerk, file=source, to="merged", merge_into=target.issue.number)
    step(portal=portal, by=people.clerk, file=target, to="rejected", note="不归我们管")
    quiet = report(portal=portal, by=people.owner)
    quiet = step(portal=portal, by=people.clerk, file=quiet, to="acknowledged")
    quiet = assign(portal=portal, by=people.technician, file=quiet, to=people.technician)
    quiet = step(portal=portal, by=people.technician, file=quiet, to="in_progress")
    step(portal=portal, by=people.technician, file=quiet, to="resolved")


def _share(portal: Portal, people: People) -> None:
    """A place that gets another name, a neighbour who follows what is reported there, and no longer."""
    place = make_place(portal=portal)
    changed = ChangePlace(version=1, name="1 号楼南电梯")
    places.change(portal, people.manager, place.id, changed, NOW)
    places.change(portal, people.manager, place.id, ChangePlace(version=2, name="电梯", act="retire"), NOW)
    places.change(portal, people.manager, place.id, ChangePlace(version=3, name="电梯", act="restore"), NOW)
    assert places.at(portal, place.id)
    file = report(portal=portal, by=people.owner, category_id="lift", place_id=place.id)
    asked = FindSimilar(community_id="maple", category_id="lift", location="电 梯")
    neighbour = people.neighbour
    assert following.similar(portal, neighbour, asked)
    following.follow(portal, neighbour, file.issue.id, make_key(of=neighbour), NOW)
    following.unfollow(portal, neighbour, file.issue.id, NOW)
    step(portal=portal, by=people.clerk, file=file, to="rejected", note="已有人在修")


def _drafts_and_forms(portal: Portal, people: People) -> None:
    owner = people.owner
    draft = drafts.begin(portal, owner, make_report(), NOW)
    drafts.add_photo(portal, owner, draft.id, _photo(portal, owner), NOW)
    drafts.send(portal, owner, drafts.get(portal, owner, draft.id), NOW)
    keep_form(portal.db, portal.keys, owner.id, "/issues/1", {"text": ["漏水"]}, NOW)
    assert kept_form(portal.db, portal.keys, owner.id, "/issues/1", NOW)


def _desk(portal: Portal, people: People) -> None:
    clerk, manager = people.clerk, people.manager
    file = report(portal=portal, by=people.owner)
    step_of = BulkStep(issue_id=file.issue.id, version=1, to="acknowledged")
    bulk.run(portal, clerk, Bulk(steps=[step_of]), "story-bulk", "en", NOW)
    undo.undo(portal, clerk, file.issue.id, 2, None, NOW)
    for person, of in ((clerk, None), (manager, "maple")):
        for text in ("马上到", "十分钟到"):
            version = 0 if text == "马上到" else 1
            own.save_reply(portal, person, of, SaveReply(id="r1", title="马上", text=text, version=version))
        own.save_reply(portal, person, of, SaveReply(id="r2", title="等", text="请稍等"))
        own.delete_reply(portal, person, of, "r2")
    own.save_filter(portal, clerk, SaveFilter(id="f1", name="我的"), "assignee=me", start=True)
    own.save_filter(portal, clerk, SaveFilter(id="f2", name="新的"), "status=submitted", start=False)
    own.delete_filter(portal, clerk, "f2")
    replies.around(portal, clerk, file)


def _complain(portal: Portal, people: People) -> None:
    """A complaint with all that can happen to one, a repeated one that is late, a suggestion, and praise."""
    owner, clerk, manager = people.owner, people.clerk, people.manager
    issue = report(portal=portal, by=owner).issue.id
    kept, gone = _photo(portal, owner), _photo(portal, owner)
    first = complain(portal=portal, by=owner, once=make_key(of=owner), issue_id=issue, photo_ids=[kept, gone])
    intake.settle(portal, kept, "ready", None, NOW)
    portal.db.write(complaints.photo_removed(first.complaint.id, owner, portal.keys, NOW))
    portal.db.write(*photo_store.forget(_kept(portal, gone), PortalError()))
    again = complain(portal=portal, by=owner)
    assert complaint_listing.repeats(portal, again.complaint)
    handle(portal=portal, by=clerk, file=again, do="link", number=first.complaint.number)
    file = first
    for do in ("start", "conclude", "decide", "reply"):
        file = complaint_step(portal=portal, by=manager, file=file, do=do)
    words = Words(text="再说一句")
    complaint_service.message(portal, owner, file.complaint.id, words, None, NOW)
    handling.note(portal, clerk, file.complaint.id, words, None, NOW)
    handling.contact(portal, clerk, file.complaint.id, NOW)
    file = handle(
        portal=portal,
        by=clerk,
        file=file,
        do="assign",
        departments=["legal", "property"],
        handler_id=clerk.id,
    )
    file = complaint_move(portal=portal, by=owner, file=file, action="dissent", reason="不同意")
    for do in ("arbitrate", "litigate", "close"):
        file = complaint_step(portal=portal, by=manager, file=file, do=do)
    handle(portal=portal, by=clerk, file=file, do="call_back", satisfied=True)
    idea = complain(
        portal=portal, by=people.technician, kind="suggestion", unit_id=None, community_id="maple"
    )
    complaint_step(portal=portal, by=clerk, file=idea, do="answer")
    complaint_move(
        portal=portal, by=owner, file=complain(portal=portal, by=owner, kind="praise"), action="withdraw"
    )
    even = {name: ["property"] for name in ("service", "product", "environment", "other")}
    for version in (0, 1):
        changed = SetMatrix.model_validate({"community_id": "maple", **even, "version": version})
        matrix.save(portal, manager, changed, NOW)
        even["other"] = ["legal"]
    _read_complaints(portal, people)


def _read_complaints(portal: Portal, people: People) -> None:
    owner = people.owner
    _, after = complaint_listing.own(portal, owner, 1, None)
    complaint_listing.own(portal, owner, 1, after)
    stages: Any = (None, "accepted", "closed", "withdrawn")
    for stage in stages:
        found, place = complaint_listing.desk(portal, "maple", stage, 1, None, None)
        place = place or (f"2026-01-01T00:00:00.000Z#{found[0].id}" if found else None)
        complaint_listing.desk(portal, "maple", stage, 1, place, None)
        complaint_listing.desk(portal, "maple", stage, 1, place, NOW + timedelta(days=9))
    complaint_listing.hard(portal, "maple", NOW)
    complaint_listing.call_back_percent(portal, "maple")


def _rules(portal: Portal, people: People) -> None:
    """A roster, an SOP and service levels of the community's own; a step ticked, and opened again."""
    manager, tech = people.manager, people.technician
    night = Duty(people.clerk.id, (0, 1, 2, 3, 4, 5, 6), 22 * 60, 7 * 60)
    duty.save(portal, manager, "maple", Roster(weekly=(night,)), 0, None, NOW)
    duty.newest(portal, "maple", 5)
    sop = Sop((SopStep("a", StepWords("检测", "Detection"), measurement=True),))
    editing.save(portal, manager, "maple", "noise", sop, 0, None, NOW)
    later = NOW + timedelta(minutes=10)
    file = report(portal=portal, by=people.owner, category_id="noise", now=later)
    before = levels.kept(portal, "maple")
    of_levels(portal, "maple", before.levels, before.levels, later)
    file = step(portal=portal, by=people.clerk, file=file, to="acknowledged", now=later)
    file = assign(portal=portal, by=people.clerk, file=file, to=tech, now=later)
    for done in (True, False):
        body = TickStep(step_id="a", version=file.issue.version, done=done, measurement="40 dB")
        file, _ = sop_service.tick(portal, tech, file.issue.id, body, None, later)


def _tell_outside(portal: Portal, people: People) -> None:
    """Everybody is told by what they chose; WeChat refuses, the rest is down for a while, then managers judge."""
    owner, technician = people.owner, people.technician
    everything = {"urgent": ["push", "wechat", "email", "sms"], "steps": ["wechat"], "talk": ["push"]}
    choice = ChooseMessages(version=0, locale="en", channels=everything, email="li@example.com",
                            quiet=Quiet(start="23:00", end="06:00"))  # fmt: skip
    choosing.choose(portal, owner, choice, NOW)
    assert isinstance(portal.notifier, MemoryNotifier)
    choosing.confirm_email(portal, owner, portal.notifier.sent[-1].link.partition("=")[2], NOW)
    choosing.bind_wechat(portal, owner, "o-1")
    for kind in ("steps", "urgent"):
        choosing.add_credits(portal, owner, [kind], make_key(of=owner), NOW)
    made = {"p256dh": "B" * 87, "auth": "a" * 22}
    for person in (owner, technician):
        for n in range(2):
            device = Device(endpoint=f"https://web.push.apple.com/{n}", **made)
            choosing.add_device(portal, person, device, NOW)
    choosing.forget_devices(portal, owner, next(iter(choosing.reach_of(portal, owner).devices)))
    body = Announce(community_id="maple", title="停水", text="明天停水。", ends_at=LATER + timedelta(days=2))
    one = announcing.announce(portal, people.manager, body, make_key(of=people.manager), NOW)
    role = body.model_copy(update={"audience": "role", "values": ["technician"]})
    announcing.announce(portal, people.manager, role, None, NOW)
    for_later = body.model_copy(update={"publish_at": LATER + timedelta(days=1)})
    announcing.announce(portal, people.manager, for_later, None, NOW)
    worker.sweep(Turn(portal, NOW))
    assert announcing.read(portal, owner, one.id, NOW)
    announcing.opened(portal, owner, one.id, NOW)
    _, place = announcing.listed(portal, "maple", 1, None)
    announcing.listed(portal, "maple", 1, place)
    announcing.take_back(portal, people.manager, "maple", one.id, NOW)
    for fails in (StoryProvider(down=True), StoryProvider(down=True), StoryProvider()):
        told = replace(portal, notifier=fails)
        for minute in range(3):
            worker.sweep(Turn(told, LATER + timedelta(minutes=20 * minute + 1)))
    found, place = failed.read(portal, "maple", 1, None)
    failed.read(portal, "maple", 1, place)
    assert failed.judge(portal, people.manager, "maple", [found[0].key], "resend", LATER) == 1
    notice = Notice(
        "assigned", found[0].issue_id, found[0].number, "noise", "maple", (owner.id,), urgent=True
    )
    portal.db.write(outbox.add(notice, LATER))
    outbox.sweep(portal, LATER + timedelta(days=1))
    again = replace(portal, notifier=StoryProvider())
    assert worker.sweep(Turn(again, LATER + timedelta(days=1))) > 0


class StoryProvider:
    """Refuses WeChat messages and knows browsers no more; down, it takes nothing at all."""

    def __init__(self, *, down: bool = False) -> None:
        self.down = down

    def send(self, message: Message) -> str | None:
        """Take it or not."""
        if self.down:
            raise Unavailable
        if message.channel in ("wechat", "email"):
            raise Refused("no")
        if message.channel == "push" and message.to.count("apple.com/1"):
            raise Gone("unsubscribed")
        return "id-1"

    def repeatable(self, channel: Channel) -> bool:
        """No tokens here."""
        return False


def _read(portal: Portal, people: People) -> None:
    owner, clerk = people.owner, people.clerk
    items, after = inbox.read(portal, owner, 1, None, "en", NOW)
    inbox.read(portal, owner, 1, after, "en", NOW)
    inbox.mark_read(portal, owner, items[0].id)
    _, after = listing.own(portal, owner, 1, None, None)
    listing.own(portal, owner, 1, "resolved", after)
    for given in (
        {},
        {"limit": 1},
        {"overdue": True},
        {"status": "submitted"},
        {"status": "submitted", "assignee_id": people.technician.id, "category_id": "gas"},
        {"assignee_id": people.technician.id, "building": "1"},
        {"assignee_id": "none"},
    ):
        query = Queue.model_validate(given)
        late = NOW + timedelta(days=9)
        found, place = queue.read(portal, clerk, query, None, late)
        place = place or (f"2026-01-01T00:00:00.000Z#{found[0].id}" if found else None)
        queue.read(portal, clerk, query, place, late)
    queue.counts(portal, people.manager, None, NOW)
    today.jobs(portal, people.technician, NOW)
    today.free(portal, people.technician)
    queue.counts_and(portal, clerk, None, own_store.own_key(clerk.id), NOW)
    live.mark(portal, clerk, NOW)
    live.alarms(portal, clerk, NOW)
    audit.read_day(portal.db, "maple", NOW, 2, None)
    audit.read_day(portal.db, "maple", NOW, 2, audit.read_day(portal.db, "maple", NOW, 2, None).next)
    communities.units(portal.db, "maple")
    portal.db.get(K("HEALTH", "HEALTH"))
    portal.db.write(new_session(portal, owner, NOW)[2])
