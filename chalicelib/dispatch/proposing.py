"""A community's people with what they have to do, and who is proposed for an issue.

Reading a team is one query; then the jobs of the few who fit best are read, one query each, and remembered, so that a
proposal costs at most 1 + 12 round trips (policy), and those for many issues of a community no more than for one.
"""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.communities import store as communities
from chalicelib.communities.models import StaffMember
from chalicelib.dispatch import rules, store
from chalicelib.dispatch.models import Candidate, Job, Proposal, Task
from chalicelib.dispatch.policy import CANDIDATES
from chalicelib.issues.models import Issue
from chalicelib.issues.rules import ASSIGNEE_ROLES
from chalicelib.portal import Portal

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def task_of(issue: Issue) -> Task:
    """An issue as dispatch sees it."""
    return Task(issue.id, issue.category_id, issue.building, tuple(issue.visit_windows))


class Picture:
    """One community at one moment. Whoever is given something counts as having it from then on."""

    def __init__(self, portal: Portal, community_id: str, now: datetime) -> None:
        self._db, self.now = portal.db, now
        self.zone: ZoneInfo = communities.get(portal.db, community_id).zone
        self.staff, self.cards, self.rules = store.team(portal.db, portal.keys, community_id)
        self._jobs: dict[str, tuple[Job, ...]] = {}

    @property
    def takers(self) -> list[StaffMember]:
        """The staff whom issues can be given to."""
        return [one for one in self.staff if set(one.roles) & ASSIGNEE_ROLES]

    def propose(self, task: Task, but: str | None = None) -> list[Proposal]:
        """Everybody but `but`, the best first. Only those with the best prospects are looked at closely."""
        people = {one.id: self._candidate(one) for one in self.takers if one.id != but}
        order = self.rules.order
        first = rules.propose(task, list(people.values()), order, self.now, self.zone)
        near = [one for one in first if one.minutes is not None][:CANDIDATES]
        closer = [replace(people[one.id], jobs=self._jobs_of(one.id, task.id)) for one in near]
        shown = {one.id for one in near}
        ranked = rules.propose(task, closer, order, self.now, self.zone)
        return ranked + [one for one in first if one.id not in shown]

    def give(self, account_id: str, task: Task) -> None:
        """Count an issue among somebody's jobs."""
        self._jobs[account_id] = (*self._jobs_of(account_id, ""), Job(task.id, "assigned", task.building))

    def _candidate(self, member: StaffMember) -> Candidate:
        return Candidate(member.id, member.name, tuple(member.roles), self.cards.get(member.id))

    def _jobs_of(self, account_id: str, but: str) -> tuple[Job, ...]:
        if account_id not in self._jobs:
            rows = store.jobs_of(self._db, account_id)
            self._jobs[account_id] = tuple(store.job_from(row) for row in rows)
        return tuple(job for job in self._jobs[account_id] if job.id != but)
