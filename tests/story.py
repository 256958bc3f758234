"""Everything that the portal writes and asks of its table, once: what checks of keys and expressions look at."""

from datetime import timedelta
from typing import Any

from chalicelib.accounts import service as accounts
from chalicelib.accounts.sessions import new_session, person_of
from chalicelib.audit import store as audit
from chalicelib.communities import store as communities
from chalicelib.desk import bulk, live, own, own_store, queue, replies, today, undo
from chalicelib.desk import service as desk
from chalicelib.desk.models import Bulk, BulkStep, Queue, StaffMessage
from chalicelib.desk.own_models import SaveFilter, SaveReply
from chalicelib.errors import PortalError
from chalicelib.inbox import outbox
from chalicelib.inbox import service as inbox
from chalicelib.inbox.notifier import MemoryNotifier
from chalicelib.issues import drafts, following, listing, service, store, timers
from chalicelib.issues import photos as issue_photos
from chalicelib.issues.models import FindSimilar, RateIssue, WriteMessage
from chalicelib.pages import keep_form, kept_form
from chalicelib.photos import intake
from chalicelib.photos import service as photos
from chalicelib.photos import store as photo_store
from chalicelib.places import service as places
from chalicelib.places.models import ChangePlace
from chalicelib.portal import Portal
from chalicelib.records import K
from infra.upkeep.migrate import migrate
from infra.upkeep.walk import Pace
from tests.consultations.story import consult
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

LATER = NOW + timedelta(minutes=5)
CALLED_BACK = NOW + timedelta(hours=1)


def tell(portal: Portal) -> None:
    """Import people, sign in, report with photos, work, merge, pause, resolve, confirm, reopen, rate, close."""
    import_people(portal=portal)
    import_people(portal=portal)
    people = People(portal)
    _sign_in(portal)
    _work(portal, people)
    _merge(portal, people)
    _share(portal, people)
    _drafts_and_forms(portal, people)
    _desk(portal, people)
    consult(portal, people)
    outbox.sweep(portal, LATER)
    _read(portal, people)
    timers.run_due(portal, NOW + timedelta(days=8))
    assert all(not page.left for page in migrate(portal, "issue", lambda: NOW, Pace(10**9), at_once=50))
    accounts.choose_locale(portal, people.owner, "en")
    accounts.sign_out_everywhere(portal, people.owner)


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
    desk.message(portal, clerk, file.issue.id, note, None, NOW)
    told = StaffMessage(text="马上到")
    desk.message(portal, tech, file.issue.id, told, None, LATER, at=NOW)
    desk.contact(portal, clerk, file.issue.id, NOW)
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
