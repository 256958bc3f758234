"""Dispatch over the JSON API: proposals, cards, absences."""

from chalicelib.desk.models import BulkResult
from chalicelib.dispatch import auto, service, store, words
from chalicelib.dispatch.models import (
    AddAbsence,
    AutoAssign,
    PeopleQuery,
    ProposalList,
    SaveWorker,
    Worker,
    WorkerList,
    WorkerView,
)
from chalicelib.dispatch.proposing import Picture, task_of
from chalicelib.issues import access
from chalicelib.issues.rules import ASSIGNEE_ROLES
from chalicelib.once import asked_once
from chalicelib.routes import Routes
from chalicelib.web import DESK, HANDLERS, MANAGERS, OFFICE, Call

routes = Routes(__name__, "desk")


@routes.api(
    "GET",
    "/api/v1/desk/issues/{issue_id}/proposal",
    DESK,
    "Who should take an issue, with the reasons, the best first",
    answer=ProposalList,
)
def proposal(call: Call, issue_id: str) -> ProposalList:
    """Everybody whom it can be given to."""
    file, _ = access.for_staff(call.portal, call.person, issue_id)
    picture = Picture(call.portal, file.issue.community_id, call.now)
    found = picture.propose(task_of(file.issue))
    return ProposalList(items=[words.view(one, call.locale, call.now, picture.zone) for one in found])


@routes.api(
    "POST",
    "/api/v1/desk/auto-assign",
    OFFICE,
    "Give several issues to whoever is proposed; each is answered by itself",
    body=AutoAssign,
    answer=BulkResult,
    once=True,
)
def auto_assign(call: Call) -> BulkResult:
    """Each step by itself."""
    steps = call.read(AutoAssign).steps
    found = auto.several(call.portal, call.person, steps, call.idempotency_key, call.locale, call.now)
    return BulkResult(items=found)


@routes.api(
    "GET", "/api/v1/desk/people", OFFICE, "Skills, shifts and absences", query=PeopleQuery, answer=WorkerList
)
def people(call: Call) -> WorkerList:
    """A community's people."""
    community_id = service.office_of(call.person, call.read_query(PeopleQuery).community_id)
    staff, cards, _ = store.team(call.portal.db, call.portal.keys, community_id)
    blank = Worker(id="", community_id=community_id)
    return WorkerList(
        items=[
            WorkerView(
                **cards.get(one.id, blank).model_dump(exclude={"id", "community_id"}),
                id=one.id,
                name=one.name,
                roles=one.roles,
            )
            for one in staff
            if set(one.roles) & ASSIGNEE_ROLES
        ]
    )


@routes.api(
    "PUT",
    "/api/v1/desk/people/{account_id}",
    MANAGERS,
    "Write a person's skills, certificates and hours",
    body=SaveWorker,
    answer=Worker,
)
def save(call: Call, account_id: str) -> Worker:
    """A card, on condition of its version."""
    return service.save_worker(call.portal, call.person, account_id, call.read(SaveWorker), call.now)


@routes.api(
    "POST",
    "/api/v1/desk/people/{account_id}/absences",
    HANDLERS,
    "Say that somebody is away from … to …; the same twice counts once",
    query=PeopleQuery,
    body=AddAbsence,
    answer=Worker,
    status=201,
    once=True,
)
def absence(call: Call, account_id: str) -> Worker:
    """One's own, or as the office anybody's."""
    community_id = service.of_member(call.person, account_id, call.read_query(PeopleQuery).community_id)
    body = call.read(AddAbsence)
    key = asked_once(call, f"desk/people/{account_id}/absences/{community_id}", body)
    return service.add_absence(call.portal, call.person, community_id, account_id, body, key, call.now)
