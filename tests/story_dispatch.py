"""The part of the story about dispatch: cards, absences, labour, calls, outages, links."""

from datetime import timedelta
from decimal import Decimal

from chalicelib.accounts import store as accounts
from chalicelib.dispatch import (
    auto,
    callback_store,
    callbacks,
    costs,
    handover,
    links,
    outage_opening,
    outage_store,
    outages,
    service,
    store,
)
from chalicelib.dispatch.callback_models import RecordCall
from chalicelib.dispatch.cost_models import AddLabour, AddMaterial
from chalicelib.dispatch.link_models import AddLink, Split
from chalicelib.dispatch.models import AddAbsence, AutoStep, ChosenHandOver, SaveRules, SaveWorker
from chalicelib.dispatch.outage_models import BeginOutage, ChangeOutage
from chalicelib.importing import service as importing
from chalicelib.issues import repeat_store
from chalicelib.portal import Portal
from tests.factories import NOW, PEOPLE, PHONES, People, assign, bring_to, make_key, report, step

DAY = timedelta(days=1)


def tell_dispatch(portal: Portal, people: People) -> None:
    """Everything of dispatch, once."""
    store._kept.clear()
    _cards(portal, people)
    _work(portal, people)
    _calls(portal, people)
    _outage(portal, people)
    _links(portal, people)
    _move(portal, people)


def _cards(portal: Portal, people: People) -> None:
    manager, tech, other = people.manager, people.technician, people.other_technician
    for one in (tech, other):
        body = SaveWorker.model_validate(
            {
                "community_id": "maple", "version": 0, "skills": ["plumbing", "lift"], "rate_fen": 6000,
                "certificates": [{"kind": "lift", "valid_until": "2027-01-01"}],
                "shifts": [{"day": day, "start": "00:00", "end": "00:00"} for day in range(7)],
            }
        )  # fmt: skip
        service.save_worker(portal, manager, one.id, body, NOW)
    waiting = bring_to(portal=portal, people=people, status="acknowledged")
    wanted = [AutoStep(issue_id=waiting.issue.id, version=waiting.issue.version)]
    for _ in range(2):
        auto.several(portal, people.clerk, wanted, "story-auto", "en", NOW)
    rules = SaveRules(version=0, auto=True, order=["1"], callbacks={"noise": "never"})
    service.save_rules(portal, manager, "maple", rules, NOW)
    service.save_rules(portal, manager, "maple", rules.model_copy(update={"version": 1}), NOW)
    store._kept.clear()
    bring_to(portal=portal, people=people, status="acknowledged")
    service.add_absence(
        portal, tech, "maple", tech.id, AddAbsence(start=NOW, end=NOW + DAY), make_key(of=tech), NOW
    )
    held = report(portal=portal, by=people.owner, category_id="wall_seepage")
    held = step(portal=portal, by=people.clerk, file=held, to="acknowledged")
    held = assign(portal=portal, by=people.clerk, file=held, to=tech)
    assert handover.offers(portal, "maple", tech.id, "en", NOW)
    body_ = ChosenHandOver(issue_id=held.issue.id, version=held.issue.version, assignee_id=other.id)
    handover.hand(portal, people.clerk, "maple", tech.id, body_, None, "en", NOW)
    service.drop_absence(portal, tech, "maple", tech.id, NOW, NOW)
    off = SaveRules(version=2, auto=False)
    service.save_rules(portal, manager, "maple", off, NOW)
    store._kept.clear()


def _work(portal: Portal, people: People) -> None:
    tech = people.technician
    file = bring_to(portal=portal, people=people, status="in_progress")
    work = AddLabour(start=NOW - 2 * DAY / 24, end=NOW - DAY / 24)
    row = costs.add_labour(portal, tech, file.issue.id, work, make_key(of=tech), NOW)
    costs.reverse(portal, tech, file.issue.id, row.id, make_key(of=tech), NOW)
    material = AddMaterial(name="水龙头", quantity=Decimal("1.5"), unit_fen=1500)
    costs.add_material(portal, tech, file.issue.id, material, None, NOW)
    assert repeat_store.earlier(portal.db, file.issue)


def _calls(portal: Portal, people: People) -> None:
    for answer in (
        {"reached": False},
        {"reached": True, "fixed": False, "satisfied": False, "words": "还在漏"},
    ):
        file = bring_to(portal=portal, people=people, status="closed")
        body = RecordCall.model_validate({"due": NOW + DAY, **answer})
        callbacks.record(portal, people.clerk, file.issue.id, body, make_key(of=people.clerk), NOW + DAY)
    assert callback_store.tasks(portal.db, "maple")
    callbacks.calls(portal, "maple", NOW + DAY)


def _outage(portal: Portal, people: People) -> None:
    clerk = people.clerk
    fields = {"community_id": "maple", "category_id": "plumbing", "buildings": ["1"], "text": "停水"}
    body = BeginOutage.model_validate({**fields, "unit_ids": ["maple-1-101"], "until": NOW + DAY})
    file, _, _ = outage_opening.begin(portal, clerk, body, make_key(of=clerk), NOW)
    outages.change(portal, clerk, file.issue.id, ChangeOutage(version=1, text="快好了"), None, NOW)
    assert outages.of_home(portal, people.owner.units[0], "plumbing")
    outages.change(portal, clerk, file.issue.id, ChangeOutage(version=2, over=True), None, NOW)
    assert not outage_store.running(portal.db, "maple")
    step(portal=portal, by=clerk, file=file, to="rejected", note="已恢复供水")


def _links(portal: Portal, people: People) -> None:
    clerk = people.clerk
    first, second = (report(portal=portal, by=people.owner) for _ in range(2))
    links.link(portal, clerk, first.issue.id, AddLink(to=second.issue.number), make_key(of=clerk), NOW)
    fields = {"version": 1, "category_id": "electrical", "description": "跳闸", "why": "归电工"}
    links.split(portal, clerk, first.issue.id, Split.model_validate(fields), make_key(of=clerk), NOW)


def _move(portal: Portal, people: People) -> None:
    """Somebody's home turns out to be in another building: they are found there only."""
    line = f"cedar,雪松里,3,201,cedar-2-201,Emma Clarke,{PHONES['cedar_owner']},owner\n"
    text = PEOPLE.splitlines()[0] + "\n" + line
    importing.run(portal, importing.Importer("test", None), text.encode(), "en", NOW, preview=False)
    account = accounts.find_by_phone(portal.db, portal.keys, PHONES["cedar_owner"])
    assert account
    assert [unit.building for unit in account.units] == ["3"]
