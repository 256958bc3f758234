"""Stages, steps and clocks in words: what comes next and by when, for who sent one; short names for the desk."""

from chalicelib.complaints.models import Complaint
from chalicelib.errors import N_

#: In one or two words, for badges and tabs.
STAGES = {
    "accepted": N_("Accepted"),
    "investigating": N_("Investigating"),
    "opinion": N_("Opinion"),
    "replied": N_("Replied"),
    "mediation": N_("Mediation"),
    "arbitration": N_("Arbitration"),
    "litigation": N_("In court"),
    "received": N_("Received"),
    "answered": N_("Answered"),
    "closed": N_("Closed"),
    "withdrawn": N_("Withdrawn"),
}
#: The same for who sent one, where the office's word says too little.
_OWNERS_STAGES = {**STAGES, "opinion": N_("Deciding")}
_DECIDED = N_("Reply being written")
_NOW = {
    "accepted": N_("We have your complaint. Next: we'll start looking into it."),
    "investigating": N_("We are finding out what happened. Next: we form an opinion."),
    "opinion": N_("We know what happened. Next: we decide what to do, and tell you."),
    "decided": N_("It is decided. Next: you get our written reply."),
    "replied": N_("Our written reply is here. Please tell us whether you agree."),
    "mediation": N_("We're working on a solution with you. Next: we'll contact you."),
    "arbitration": N_("It is with the arbitrators. We tell you as soon as there is news."),
    "litigation": N_("It is in court. We tell you as soon as there is news."),
    "closed": N_("It is closed."),
    "withdrawn": N_("You withdrew it. We have stopped working on it."),
}
_NOW_SUGGESTED = {
    "received": N_("We have it, thank you. Next: we read it and answer."),
    "answered": N_("We have answered."),
    "closed": N_("We have read it. Thank you for telling us."),
    "withdrawn": N_("You withdrew it. We have stopped working on it."),
}
#: What a row of the timeline says for each step.
STEPS = {
    "file": N_("Sent"),
    "start": N_("Investigation started"),
    "conclude": N_("Facts established"),
    "decide": N_("Decided"),
    "reply": N_("Written reply"),
    "mediate": N_("Taken to mediation"),
    "arbitrate": N_("Taken to arbitration"),
    "litigate": N_("Taken to court"),
    "answer": N_("Answered"),
    "close": N_("Closed"),
    "withdraw": N_("Withdrawn"),
    "accept": N_("Agreed with the reply"),
    "dissent": N_("Did not agree with the reply"),
}
ROWS = {
    "note": N_("Internal note"),
    "message": N_("More words"),
    "linked": N_("Linked with another one"),
    "called_back": N_("Called back"),
    "overdue": N_("Late: the time for this step was over"),
    "photo_removed": N_("A photo was removed"),
    "assigned": N_("Given to"),
}
#: What buttons at the desk say, what their words are called, and an explanation.
DO = {
    "start": (N_("I take it and begin"), "", ""),
    "conclude": (
        N_("The investigation is done"),
        N_("What was found out"),
        N_("Its sender does not see this."),
    ),
    "decide": (N_("Decide"), N_("Our opinion"), N_("Both go into the draft of the written reply.")),
    "reply": (N_("Send the written reply"), N_("The reply"), N_("Read it as a letter before you send it.")),
    "mediate": (N_("Take to mediation"), N_("What happens next"), N_("Its sender reads this.")),
    "arbitrate": (N_("Take to arbitration"), N_("What happens next"), N_("Its sender reads this.")),
    "litigate": (N_("It goes to court"), N_("What happens next"), N_("Its sender reads this.")),
    "answer": (N_("Send the answer"), N_("The answer"), N_("Its sender reads this.")),
    "close": (N_("Close it"), N_("What came of it"), N_("Its sender reads this.")),
}
SIGNS = {
    "accepted": ("", "clock"), "investigating": ("move", "search"), "opinion": ("move", "edit"),
    "replied": ("wait", "message"), "mediation": ("wait", "people"), "arbitration": ("wait", "people"),
    "litigation": ("wait", "people"), "received": ("", "clock"), "answered": ("good", "done"),
    "closed": ("good", "done"), "withdrawn": ("", "close"),
}  # fmt: skip


def stage(complaint: Complaint, *, desk: bool) -> str:
    """The stage in one or two words of one side, as a msgid."""
    return _DECIDED if _is_decided(complaint) else (STAGES if desk else _OWNERS_STAGES)[complaint.stage]


def _is_decided(complaint: Complaint) -> bool:
    return complaint.stage == "opinion" and complaint.decided_at is not None


def now(complaint: Complaint) -> str:
    """Where it stands and what comes next, as a msgid."""
    if complaint.kind != "complaint":
        return _NOW_SUGGESTED[complaint.stage]
    return _NOW["decided" if _is_decided(complaint) else complaint.stage]
