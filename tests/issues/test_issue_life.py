"""Whatever people do in whatever order, an issue stays in a state that exists and keeps its history."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from chalicelib.accounts.models import Person
from chalicelib.db import Delete, K
from chalicelib.desk import service as desk
from chalicelib.desk import talking, undo, undo_rules
from chalicelib.desk.models import Assign, StaffMessage, Transition, Undo
from chalicelib.errors import PortalError
from chalicelib.issues import access, reporting, service, store, timers
from chalicelib.issues.models import IssueFile, OwnerStep, RateIssue, WriteMessage
from chalicelib.issues.views import Reader
from chalicelib.once import once
from chalicelib.portal import Portal
from tests.factories import NOW, People, make_report
from tests.issues.contract import MOVES, STATES

STAFF = ("clerk", "technician", "other_technician", "manager", "auditor")
ASSIGNEES = ("clerk", "technician", "other_technician", "manager")
View = dict[str, Any]
_keys = itertools.count()


class IssueLife(RuleBasedStateMachine):
    """One issue, and everybody around it."""

    portal: Portal
    cast: dict[str, Person]

    @initialize()
    def begin(self) -> None:
        self.now = NOW
        self.answered: list[tuple[Callable[[], View], View]] = []
        self.before: IssueFile | None = None
        self.portal.db.write(Delete(K("SYSTEM", "TIMERS")))  # the clock of the example before is not ours
        timers.run_due(self.portal, self.now)
        self._send(lambda key: self._reported(key), in_list=True)
        self.issue_id = self.answered[0][1]["id"]

    def _reported(self, key: str | None) -> View:
        owner, body = self.cast["owner"], make_report()
        made = reporting.report(self.portal, owner, body, once(owner.id, key, "issues", body), self.now)
        return (
            Reader(self.portal, owner, None, self.now).owner_view(made[0], "reporter", made[1]).model_dump()
        )

    @property
    def file(self) -> IssueFile:
        found = store.load(self.portal.db, self.portal.keys, self.issue_id)
        assert found is not None
        return found

    def _send(self, work: Callable[[str | None], View], in_list: bool) -> PortalError | None:
        """Do something, with a key or without; what had a key can be asked again later."""
        key = f"key-{next(_keys):08d}" if in_list else None
        try:
            view = work(key)
        except PortalError as error:
            return error
        if in_list:
            self.answered.append((lambda: work(key), view))
        return None

    def _offered(self, who: str) -> list[str]:
        person, file = self.cast[who], self.file
        reader = Reader(self.portal, person, None, self.now)
        if person.units:
            return reader.owner_view(file, "reporter").allowed_actions
        return reader.desk_view(file, access.staff_roles(person, file.issue)).allowed_actions

    def _tried(
        self, action: str, who: str, stale: bool, error: PortalError | None, before: IssueFile
    ) -> None:
        """A step works exactly when it was offered, and one that does not work changes nothing."""
        offered = action in self.offered
        assert (error is None) is (offered and not stale), (who, action, before.issue.status, error)
        if error is not None:
            assert error.status in (403, 409)
            assert self.file == before

    def _version(self, stale: bool) -> int:
        return self.file.issue.version + (1 if stale else 0)

    @rule(who=st.sampled_from(STAFF), to=st.sampled_from(STATES), stale=st.booleans(), keyed=st.booleans())
    def staff_step(self, who: str, to: str, stale: bool, keyed: bool) -> None:
        if to == "merged":  # has tests of its own, with the other issue
            return
        person, before, self.offered = self.cast[who], self.file, self._offered(who)
        given = {"note": "原因", "pause_reason": "waiting_parts" if to == "paused" else None}
        body = Transition.model_validate({"to": to, "version": self._version(stale), **given})
        now = self.now

        def work(key: str | None) -> View:
            kept = once(person.id, key, f"desk/{self.issue_id}/transition", body)
            file, at = desk.transition(self.portal, person, self.issue_id, body, kept, now)
            reader = Reader(self.portal, person, None, self.now)
            return reader.desk_view(file, access.staff_roles(person, file.issue), at).model_dump()

        self._tried(to, who, stale, self._send(work, keyed), before)

    @rule(who=st.sampled_from(STAFF), to=st.sampled_from(ASSIGNEES), stale=st.booleans(), keyed=st.booleans())
    def assign(self, who: str, to: str, stale: bool, keyed: bool) -> None:
        person, before, self.offered = self.cast[who], self.file, self._offered(who)
        if "technician" in person.roles and to != who:
            self.offered.remove("assign") if "assign" in self.offered else None
        body = Assign(assignee_id=self.cast[to].id, version=self._version(stale))
        now = self.now

        def work(key: str | None) -> View:
            kept = once(person.id, key, f"desk/{self.issue_id}/assign", body)
            file, at = desk.assign(self.portal, person, self.issue_id, body, kept, now)
            reader = Reader(self.portal, person, None, self.now)
            return reader.desk_view(file, access.staff_roles(person, file.issue), at).model_dump()

        self._tried("assign", who, stale, self._send(work, keyed), before)

    @rule(who=st.sampled_from(STAFF), keyed=st.booleans())
    def take_back(self, who: str, keyed: bool) -> None:
        person, before, now = self.cast[who], self.file, self.now
        left = undo_rules.seconds_left(before, person.id, now)
        self.offered = ["undo"] if left else []
        body = Undo(version=before.issue.version)

        def work(key: str | None) -> View:
            kept = once(person.id, key, f"desk/{self.issue_id}/undo", body)
            file, at = undo.undo(self.portal, person, self.issue_id, body.version, kept, now)
            reader = Reader(self.portal, person, None, self.now)
            return reader.desk_view(file, access.staff_roles(person, file.issue), at).model_dump()

        self._tried("undo", who, False, self._send(work, keyed), before)

    @rule(action=st.sampled_from(["cancel", "confirm", "reopen"]), stale=st.booleans(), keyed=st.booleans())
    def owner_step(self, action: str, stale: bool, keyed: bool) -> None:
        owner, before, self.offered = self.cast["owner"], self.file, self._offered("owner")
        body = OwnerStep(version=self._version(stale), reason="还在漏")
        now = self.now

        def work(key: str | None) -> View:
            kept = once(owner.id, key, f"issues/{self.issue_id}/{action}", body)
            file, at = service.step(self.portal, owner, self.issue_id, action, body, kept, now)
            reader = Reader(self.portal, owner, None, self.now)
            return reader.owner_view(file, "reporter", at).model_dump()

        self._tried(action, "owner", stale, self._send(work, keyed), before)

    @rule(keyed=st.booleans())
    def owner_writes(self, keyed: bool) -> None:
        owner, before, self.offered = self.cast["owner"], self.file, self._offered("owner")
        body = WriteMessage(text="有人来吗？")
        now = self.now

        def work(key: str | None) -> View:
            kept = once(owner.id, key, f"issues/{self.issue_id}/messages", body)
            return service.message(self.portal, owner, self.issue_id, body, kept, now)[2].model_dump()

        self._tried("message", "owner", False, self._send(work, keyed), before)

    @rule(who=st.sampled_from(STAFF), internal=st.booleans())
    def staff_write(self, who: str, internal: bool) -> None:
        person, before, self.offered = self.cast[who], self.file, self._offered(who)
        body = StaffMessage(text="马上到。", internal=internal)
        error = self._send(
            lambda key: talking.message(self.portal, person, self.issue_id, body, None, self.now)[
                1
            ].model_dump(),
            False,
        )
        self._tried("message", who, False, error, before)

    @rule(action=st.sampled_from(["urge", "rate"]), marks=st.integers(1, 5))
    def owner_presses(self, action: str, marks: int) -> None:
        owner, before, self.offered = self.cast["owner"], self.file, self._offered("owner")
        body = RateIssue(professionalism=marks, attitude=marks, efficiency=marks)

        def work(key: str | None) -> View:
            if action == "urge":
                return service.urge(self.portal, owner, self.issue_id, self.now).model_dump()
            return service.rate(self.portal, owner, self.issue_id, body, self.now).model_dump()

        self._tried(action, "owner", False, self._send(work, False), before)

    @rule(which=st.integers(0, 10**6))
    def retry(self, which: int) -> None:
        """Any earlier request, asked again at any time: the same answer, and nothing is done."""
        ask, answer = self.answered[which % len(self.answered)]
        before = self.file
        assert ask() == answer
        assert self.file == before

    @rule(hours=st.sampled_from([0.01, 5, 100, 169]))
    def time_passes(self, hours: float) -> None:
        self.now += timedelta(hours=hours)
        timers.run_due(self.portal, self.now)

    @invariant()
    def the_history_is_whole(self) -> None:
        file, before = self.file, self.before
        running = [one for one in file.handoffs if one.ended_at is None]
        assert len(running) == (0 if file.issue.status in ("closed", "cancelled", "rejected") else 1)
        assert not running or running[0].id == file.issue.handoff
        assert all(one.ended_at is None or one.ended_at >= one.started_at for one in file.handoffs)
        if before is None:
            assert file.issue.status == "submitted"
        else:
            assert file.timeline[: len(before.timeline)] == before.timeline
            assert [h.id for h in file.handoffs][: len(before.handoffs)] == [h.id for h in before.handoffs]
            self._moved_by_one_step(before, file)
        moved = [row for row in file.timeline if row.kind in ("status", "assigned", "undone")]
        assert len(moved) == file.issue.version
        assert [row.from_status for row in moved[1:]] == [row.to for row in moved[:-1]]
        assert moved[-1].to == file.issue.status
        self.before = file

    def _moved_by_one_step(self, before: IssueFile, file: IssueFile) -> None:
        if file.issue.version == before.issue.version:
            assert file.issue.status == before.issue.status
            return
        assert file.issue.version == before.issue.version + 1
        move = (before.issue.status, file.issue.status)
        assert (move[::-1] if file.timeline[-1].kind == "undone" else move) in MOVES


@pytest.mark.timeout(120)
def test_no_order_of_steps_and_retries_breaks_an_issue(portal: Portal, people: People) -> None:
    machine = type("OneIssue", (IssueLife,), {"portal": portal, "cast": _cast(people)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def _cast(people: People) -> dict[str, Person]:
    return {name: getattr(people, name) for name in (*STAFF, "owner")}
