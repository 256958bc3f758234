"""Several steps of the queue in one go."""

import hashlib
from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.desk import batch
from chalicelib.desk.models import Bulk, BulkStep
from chalicelib.errors import Forbidden
from chalicelib.issues.rules import ASSIGNEE_ROLES
from chalicelib.once import AlreadyDone, Once, once
from chalicelib.portal import Portal


def run(
    portal: Portal, person: Person, body: Bulk, key: str | None, locale: str, now: datetime
) -> list[batch.Outcome]:
    """Take each step by itself and say what became of it, in the order sent.

    With a key, steps that were done give their answer again, and those refused are judged again. Raises
    Forbidden for those who take no steps at all, IdempotencyMismatch for a key that was used for other steps.
    """
    if not person.roles & ASSIGNEE_ROLES:
        raise Forbidden
    whole = once(person.id, key, "desk/bulk", body)
    if whole is not None:
        _claim(portal, whole, now)
    return [
        _one(portal, person, step, f"{key}.{n}" if key else None, locale, now)
        for n, step in enumerate(body.steps)
    ]


def _claim(portal: Portal, whole: Once, now: datetime) -> None:
    """Remember what the key was used for, before the first step."""
    if whole.find(portal.db) is None:
        try:
            portal.db.write(whole.put({}, now))
        except AlreadyDone:
            whole.find(portal.db)


def _one(
    portal: Portal, person: Person, step: BulkStep, key: str | None, locale: str, now: datetime
) -> batch.Outcome:
    body = step.step()
    kept = once(person.id, key, f"desk/bulk/{step.issue_id}", body)
    return batch.run(
        step.issue_id, lambda: batch.take(portal, person, step.issue_id, body, kept, now), locale
    )


def form_key(steps: list[BulkStep]) -> str:
    """A double tap sends the same choice twice; the second one gets the first one's answers."""
    text = "|".join(f"{s.issue_id}.{s.version}.{s.to}.{s.assignee_id}" for s in steps)
    return "bulk-" + hashlib.sha256(text.encode()).hexdigest()[:40]
