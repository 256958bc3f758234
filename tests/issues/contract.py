"""Who takes which step from which state, as the contract tells it, written down apart from the code's rules."""

STATES = (
    "submitted", "acknowledged", "assigned", "in_progress", "paused", "resolved", "reopened", "closed", "cancelled",
    "rejected", "merged",
)  # fmt: skip
STAFF = ("front_line", "technician", "manager", "auditor", "designer")
DISPATCHERS = {"front_line", "manager"}
HANDLERS = {"front_line", "technician", "manager"}
#: target → (states it is reached from, roles that ever take it, whether it is the assignee's or a manager's)
STEPS: dict[str, tuple[set[str], set[str], bool]] = {
    "acknowledged": ({"submitted"}, DISPATCHERS, False),
    "assigned": ({"paused"}, HANDLERS, True),
    "in_progress": ({"assigned", "paused"}, HANDLERS, True),
    "paused": ({"assigned", "in_progress"}, HANDLERS, True),
    "resolved": ({"in_progress"}, HANDLERS, True),
    "reopened": ({"resolved"}, DISPATCHERS, False),
    "rejected": ({"submitted", "acknowledged", "assigned", "reopened"}, DISPATCHERS, False),
    "merged": (
        {"submitted", "acknowledged", "assigned", "in_progress", "paused", "reopened"}, DISPATCHERS, False,
    ),
}  # fmt: skip
ASSIGNED_FROM = {"acknowledged", "reopened", "assigned", "in_progress", "paused"}
CLAIMED_FROM = {"acknowledged", "reopened"}
#: Every change of state that there is, the owner's and the clock's too.
MOVES = {(source, to) for to, (sources, _, _) in STEPS.items() for source in sources}
MOVES |= {(source, "assigned") for source in ASSIGNED_FROM}
MOVES |= {("resolved", "closed"), ("resolved", "reopened"), ("closed", "reopened")}
MOVES |= {(source, "cancelled") for source in ("submitted", "acknowledged", "assigned", "paused")}


def outcome(*, status: str, to: str, role: str, has_it: bool) -> int:
    """The HTTP status that a staff step ends in: a role that never takes it 403, a state that forbids it 409,
    somebody else's work 403."""
    sources, roles, assignee_only = STEPS.get(to, (set(), set(), False))
    if role not in roles:
        return 403
    if status not in sources:
        return 409
    return 403 if assignee_only and not has_it and role != "manager" else 200


def assign_outcome(*, status: str, role: str, to_self: bool) -> int:
    """The same for giving an issue to somebody; a technician may only claim a free one."""
    if role in DISPATCHERS:
        return 200 if status in ASSIGNED_FROM else 409
    if role == "technician" and to_self:
        return 200 if status in CLAIMED_FROM else 409
    return 403
