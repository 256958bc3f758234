"""The people of a community: who can do what, who works when, who is away."""

from datetime import datetime
from typing import Any

from chalice.app import Response

from chalicelib.answers import flash_words, page
from chalicelib.communities import store as communities
from chalicelib.dispatch import callback_rules, card_rules, handover, rules, service, store
from chalicelib.dispatch.models import AddAbsence, SaveRules, SaveWorker, Worker
from chalicelib.dispatch.page_routes import routes
from chalicelib.dispatch.policy import CERTIFICATE_WORDS, SKILL_WORDS
from chalicelib.errors import N_, Invalid, NotFound, PortalError
from chalicelib.inputs import from_form
from chalicelib.issues.policy import CATEGORIES
from chalicelib.issues.rules import ASSIGNEE_ROLES
from chalicelib.page_words import Speech, gettext, speak
from chalicelib.pages import Fields, go, said, stay, values, whole_number
from chalicelib.times import moment, rfc3339
from chalicelib.web import HANDLERS, MANAGERS, OFFICE, Call, url

SAVED = flash_words("worker_saved", "success", N_("Saved. Proposals go by it from now on."))
RULES_SAVED = flash_words("dispatch_saved", "success", N_("Saved. It takes effect within a minute."))
AWAY = flash_words("absence_saved", "success", N_("Noted. What is open can be handed over."))
BACK = flash_words("absence_dropped", "success", N_("The absence is taken back."))
_DAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"),
    N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip


@routes.page("/desk/people", OFFICE, "A community's people: skills, shifts, absences")
def show(call: Call) -> Response:
    """Everybody who takes issues, and how the community dispatches."""
    return _show(call, service.office_of(call.person, call.query.get("community_id")), {})


def _show(call: Call, community_id: str, fields: Fields, error: PortalError | None = None) -> Response:
    community = communities.get(call.portal.db, community_id)
    speak(Speech(call.now, community.zone, call.locale))
    staff, cards, kept = store.team(call.portal.db, call.portal.keys, community_id)
    blank = Worker(id="", community_id=community_id)
    people = [
        {
            "id": one.id,
            "name": one.name,
            "roles": one.roles,
            **_state(call, cards.get(one.id, blank), community.zone),
        }
        for one in staff
        if set(one.roles) & ASSIGNEE_ROLES
    ]
    theirs = [communities.get(call.portal.db, one) for one in call.person.communities(service.OFFICE)]
    typed = fields or {"order": ["\n".join(kept.order)], "auto": ["1"] if kept.auto else []}
    context = {
        "communities": [(one.id, one.name) for one in theirs],
        "community": community,
        "people": people,
        "may_edit": community_id in call.person.communities(service.MANAGER),
        "values": values(typed),
        "rules_version": kept.version,
        "call_policies": [
            (one.id, one.name(call.locale), typed.get(f"call_{one.id}", [kept.callbacks.get(one.id, "")])[-1],
             callback_rules.policy_for(one.id, {}))
            for one in CATEGORIES.values()
        ],
        "buildings": list(community.buildings),
        "errors": said(error) if error else [],
    }  # fmt: skip
    return page(call, "desk/people.html", context, error.status if error else 200, community.zone)


def _state(call: Call, card: Worker, zone: Any) -> dict[str, Any]:
    begins = rules.available_from(card, call.now, zone)
    return {
        "skills": [gettext(SKILL_WORDS[skill]) for skill in card.skills],
        "away": handover.away(card, call.now),
        "is_away": rules.is_absent(card, call.now),
        "on_duty": bool(card.shifts) and begins == call.now,
        "begins": begins if card.shifts and begins != call.now else None,
        "expired": [
            gettext(CERTIFICATE_WORDS[one.kind])
            for one in card.certificates
            if one.valid_until < call.now.astimezone(zone).date()
        ],
    }


@routes.form("/desk/people", MANAGERS, "How a community dispatches", on="/desk/people")
def save_rules(call: Call) -> Response:
    """Write the rules: automatic or not, and the buildings' order."""
    community_id = service.office_of(call.person, call.field("community_id"))

    def work() -> Response:
        order = [
            line.strip() for line in call.field("order").replace(",", "\n").replace("，", "\n").split("\n")
        ]
        body = from_form(
            SaveRules,
            version=whole_number(call.field("version"), "version"),
            auto=bool(call.field("auto")),
            order=[one[:30] for one in order if one],
            callbacks={one: chosen for one in CATEGORIES if (chosen := call.field(f"call_{one}"))},
        )
        service.save_rules(call.portal, call.person, community_id, body, call.now)
        return go(url("/desk/people", community_id=community_id), RULES_SAVED)

    return stay(lambda error: _show(call, community_id, call.form, error), work)


@routes.page("/desk/people/{account_id}", HANDLERS, "One person: skills, certificates, hours, absences")
def show_one(call: Call, account_id: str) -> Response:
    """A card: managers change it, everybody says when they are away themselves."""
    return _card(
        call, account_id, service.of_member(call.person, account_id, call.query.get("community_id")), {}
    )


def _card(
    call: Call, account_id: str, community_id: str, fields: Fields, error: PortalError | None = None
) -> Response:
    community = communities.get(call.portal.db, community_id)
    speak(Speech(call.now, community.zone, call.locale))
    who = communities.staff_member(call.portal.db, call.portal.keys, community_id, account_id)
    if who is None:
        raise NotFound
    card = store.worker(call.portal.db, community_id, account_id)
    context = {
        "community": community,
        "who": who,
        "may_edit": community_id in call.person.communities(service.MANAGER),
        "in_office": bool(call.person.roles_in(community_id) & service.OFFICE),
        "version": fields["version"][-1] if "version" in fields else card.version,
        "days": [gettext(day) for day in _DAYS],
        "skills": [(key, gettext(words)) for key, words in SKILL_WORDS.items()],
        "certificates": [(key, gettext(words)) for key, words in CERTIFICATE_WORDS.items()],
        "chosen": fields.get("skills", [] if "version" in fields else list(card.skills)),
        "absences": [one for one in card.absences if one.end > call.now],
        "rfc3339": rfc3339,
        "values": values({**_written(card), **fields}),
        "errors": said(error) if error else [],
    }
    return page(call, "desk/person.html", context, error.status if error else 200, community.zone)


def _written(card: Worker) -> Fields:
    hours = {f"day_{day}": [card_rules.write_hours(card.shifts, day)] for day in range(7)}
    until = {f"until_{one.kind}": [one.valid_until.isoformat()] for one in card.certificates}
    return {**hours, **until, "rate": [card_rules.write_yuan(card.rate_fen)]}


@routes.form("/desk/people/{account_id}", MANAGERS, "Write a person's card", on="/desk/people/{account_id}")
def save(call: Call, account_id: str) -> Response:
    """Skills, certificates, hours, the rate."""
    community_id = service.of_member(call.person, account_id, call.field("community_id"))

    def work() -> Response:
        kept = [card_rules.read_certificate(kind, call.field(f"until_{kind}")) for kind in CERTIFICATE_WORDS]  # type: ignore[arg-type]
        shifts = [one for day in range(7) for one in card_rules.read_hours(day, call.field(f"day_{day}"))]
        body = from_form(
            SaveWorker,
            community_id=community_id,
            version=whole_number(call.field("version"), "version"),
            skills=call.form.get("skills", []),
            certificates=[one.model_dump(mode="json") for one in kept if one],
            shifts=[one.model_dump() for one in shifts],
            rate_fen=card_rules.read_yuan(call.field("rate"), "rate"),
        )
        service.save_worker(call.portal, call.person, account_id, body, call.now)
        return go(url(f"/desk/people/{account_id}", community_id=community_id), SAVED)

    return stay(lambda error: _card(call, account_id, community_id, call.form, error), work)


@routes.form(
    "/desk/people/{account_id}/absence", HANDLERS, "Say when somebody is away", on="/desk/people/{account_id}"
)
def absence(call: Call, account_id: str) -> Response:
    """Add an absence, or take one back."""
    community_id = service.of_member(call.person, account_id, call.field("community_id"))
    back = url(f"/desk/people/{account_id}", community_id=community_id)
    if gone := call.field("drop"):
        service.drop_absence(call.portal, call.person, community_id, account_id, _moment(gone), call.now)
        return go(back, BACK)

    def work() -> Response:
        body = from_form(
            AddAbsence, start=_local(call, community_id, "start"), end=_local(call, community_id, "end")
        )
        service.add_absence(call.portal, call.person, community_id, account_id, body, None, call.now)
        return go(back, AWAY)

    return stay(lambda error: _card(call, account_id, community_id, call.form, error), work)


def _moment(text: str) -> datetime:
    try:
        found = moment(text)
    except ValueError as error:
        raise NotFound from error
    if found.tzinfo is None:
        raise NotFound
    return found


def _local(call: Call, community_id: str, name: str) -> str:
    """A moment as the form's field has it, which is in the community's zone."""
    zone = communities.get(call.portal.db, community_id).zone
    try:
        return datetime.fromisoformat(call.field(name)).replace(tzinfo=zone).isoformat()
    except ValueError as error:
        raise Invalid.field(name, "not_a_time", N_("Please give a date and time.")) from error
