"""What the inbox says of each event, to owners and to staff."""

from chalicelib.errors import N_

SOMEBODY = N_("a colleague")
VISIT = N_(" Visit: %(when)s.")
#: Of an outage.
EXPECTED = N_(" Expected back by %(when)s.")
UNTIL = N_(" You'll hear from us again by %(until)s.")
#: What is promised, as staff read it.
GOALS = {
    "acknowledge": N_("First answer"),
    "on_site": N_("On site"),
    "next_update": N_("Next word to the owner"),
    "resolve": N_("The repair"),
    "step": N_("A step of the repair"),
}
#: How late something is, by its class of delay.
DELAYS = {"slight": N_("a little late"), "general": N_("late"), "serious": N_("very late")}
ANNOUNCEMENT = N_("Announcement: %(title)s")
TAKEN_BACK = N_("An announcement was taken back.")
EVENTS = {
    "reported": N_(
        "We have your report “%(category)s” (%(number)s). Next: the office will read it and arrange a technician."
    ),
    "acknowledged": N_(
        "The office has read your report “%(category)s” (%(number)s) and is arranging a technician."
    ),
    "assigned": N_("%(name)s is now handling your report “%(category)s” (%(number)s)."),
    "in_progress": N_("%(name)s has started work on “%(category)s” (%(number)s)."),
    "paused": N_("“%(category)s” (%(number)s) is on hold for now. Open it to see why."),
    "resumed": N_("Work on “%(category)s” (%(number)s) continues."),
    "resolved": N_("“%(category)s” (%(number)s) is fixed, we think. Please look, and tell us whether it is."),
    "reopened": N_("“%(category)s” (%(number)s) is open again. Next: the office will send someone again."),
    "closed": N_("“%(category)s” (%(number)s) is done. Thank you for telling us."),
    "auto_closed": N_(
        "“%(category)s” (%(number)s) is closed: we heard nothing for 7 days. You can still reopen it."
    ),
    "cancelled": N_("“%(category)s” (%(number)s) was cancelled."),
    "rejected": N_("We can't take on “%(category)s” (%(number)s). Open it to read why."),
    "merged": N_(
        "“%(category)s” (%(number)s) was already reported. Work continues there, and you follow it."
    ),
    "message": N_("There is a new message about “%(category)s” (%(number)s)."),
    "step_done": N_(
        "A step of “%(category)s” (%(number)s) is done. Open it to see which, and what comes next."
    ),
    "step_late": N_(
        "“%(goal)s” of “%(category)s” (%(number)s) may not be done by %(when)s as promised. We are on it."
    ),
    "photo_rejected": N_("A photo of “%(category)s” (%(number)s) could not be used. Open it to see why."),
    "split": N_(
        "Your report was split in two: “%(category)s” continues as a separate report (%(number)s). Open it to see why."
    ),
    "outage": N_("“%(category)s”: outage in your building (%(number)s). We are working on it."),
    "outage_news": N_("“%(category)s” in your building (%(number)s): there is news."),
    "outage_over": N_(
        "“%(category)s” in your building works again (%(number)s). Thank you for your patience."
    ),
    "outage_withdrawn": N_(
        "We have withdrawn our message about “%(category)s” in your building (%(number)s). Open it to read why."
    ),
    # Before a promise is missed: why, and what happens now. `UNTIL` follows where we have promised to write again.
    "running_late": N_(
        "“%(category)s” (%(number)s) may not be fixed by %(when)s as promised: it takes longer than we "
        "thought. %(name)s is on it."
    ),
    "running_late_unassigned": N_(
        "“%(category)s” (%(number)s) may not be fixed by %(when)s as promised: nobody has been free "
        "for it so far. The office is arranging a technician now."
    ),
    "still_late": N_(
        "“%(category)s” (%(number)s) is still not done, and we are sorry. The manager sees to it now."
    ),
    "pause_over_waiting_owner": N_(
        "We have not heard from you about “%(category)s” (%(number)s), so it goes on with what we know."
    ),
    "pause_over_waiting_parts": N_(
        "“%(category)s” (%(number)s) waits for parts no longer: whoever has it looks again and tells "
        "you how it goes on."
    ),
    "pause_over_appointment": N_(
        "It is time for the agreed visit for “%(category)s” (%(number)s); it goes on."
    ),
    "ask_confirm": N_(
        "Is “%(category)s” (%(number)s) really fixed? Tell us with one tap; if we hear nothing, it closes by itself."
    ),
    "ask_answer": N_(
        "We still need your answer about “%(category)s” (%(number)s) to go on. Open it to see what for."
    ),
    "visit_soon": N_("A reminder: we come about “%(category)s” (%(number)s)."),
    # A step was taken back: one message that says what holds, so that nobody relies on the one before.
    "undone_submitted": N_(
        "Please ignore our last message: “%(category)s” (%(number)s) is new; the office will read it."
    ),
    "undone_acknowledged": N_(
        "Please ignore our last message: the office is still arranging a technician for “%(category)s” (%(number)s)."
    ),
    "undone_assigned": N_("Please ignore our last message: %(name)s has “%(category)s” (%(number)s)."),
    "undone_in_progress": N_(
        "Please ignore our last message: %(name)s is still working on “%(category)s” (%(number)s)."
    ),
    "undone_paused": N_("Please ignore our last message: “%(category)s” (%(number)s) is still on hold."),
    "undone_resolved": N_(
        "Please ignore our last message: “%(category)s” (%(number)s) is fixed, we think. Please look and tell us."
    ),
    "undone_reopened": N_(
        "Please ignore our last message: “%(category)s” (%(number)s) is open; the office is arranging a technician."
    ),
    "complaint_received": N_(
        "We have it – “%(category)s” (%(number)s). You get a message with every step; open it to see by when."
    ),
    "complaint_investigating": N_("“%(category)s” (%(number)s) is being looked into. %(name)s has it."),
    "complaint_replied": N_("Our written reply to “%(category)s” (%(number)s) is here. Please read it."),
    "complaint_answered": N_("We have answered “%(category)s” (%(number)s). Open it to read what we say."),
    "complaint_closed": N_("“%(category)s” (%(number)s) is closed. Open it to read what came of it."),
    "complaint_dispute": N_("“%(category)s” (%(number)s) goes on: open it to read what happens next."),
    "referral_qualified": N_("A neighbour you invited has joined. Your points come after the waiting time."),
    "points_earned": N_("%(number)s points for you: %(category)s."),
    "points_reversed": N_("%(number)s points were taken back: %(category)s. Open it to read why."),
    "points_adjusted": N_("Our office changed your points: %(number)s. The reason: %(category)s."),
    "points_expiring": N_("%(number)s of your points expire on %(when)s. Use them before that."),
    "tier_up": N_("Your level is now %(category)s. Thank you!"),
    "tier_soon": N_(
        "From %(when)s on your level will be %(category)s, unless you earn %(number)s more points by then."
    ),
    "tier_down": N_("Your level is now %(category)s. Points that you earn bring it up again."),
    "voucher_ready": N_("Your voucher is here: %(category)s. Show its code at our office by %(when)s."),
    "voucher_ending": N_("Your voucher is not used yet: %(category)s. It holds until %(when)s."),
    "voucher_used": N_("Your voucher was used: %(category)s."),
    "voucher_cancelled": N_(
        "Your voucher was cancelled, and %(number)s points are yours again: %(category)s."
    ),
}
STAFF_EVENTS = {
    **EVENTS,
    "outage": N_(
        "An outage was announced: “%(category)s” (%(number)s). Everybody who lives there is being told."
    ),
    "emergency": N_("EMERGENCY: “%(category)s” (%(number)s) was just reported. Act now."),
    "split": N_("“%(category)s” (%(number)s) was split off another report."),
    "recovery": N_(
        "Called back about “%(category)s” (%(number)s): the owner is not satisfied. Please make up for it."
    ),
    "given_to_you": N_("You now have “%(category)s” (%(number)s)."),
    "message": N_("The owner wrote about “%(category)s” (%(number)s)."),
    "urged": N_("The owner asks to hurry: “%(category)s” (%(number)s)."),
    "cancelled": N_("The owner cancelled “%(category)s” (%(number)s)."),
    "closed": N_("The owner confirmed: “%(category)s” (%(number)s) is fixed."),
    "reopened": N_("“%(category)s” (%(number)s) was reopened."),
    "rated": N_("The owner rated “%(category)s” (%(number)s)."),
    "resolved": N_("“%(category)s” (%(number)s) was marked as fixed."),
    "due_soon": N_("Due by %(when)s: “%(category)s” (%(number)s) – %(goal)s."),
    "escalated": N_("LATE, level %(level)s: “%(category)s” (%(number)s) – %(goal)s, was due %(when)s."),
    "delayed": N_(
        "“%(category)s” (%(number)s) is %(goal)s: it was promised for %(when)s. Its plan is on its page."
    ),
    "unresolved": N_("RISK: “%(category)s” (%(number)s) has been open for very long. Decide how it goes on."),
    "pause_over": N_(
        "“%(category)s” (%(number)s) was on hold for as long as it may be. It is your turn again."
    ),
    "visit_soon": N_("A reminder: your visit for “%(category)s” (%(number)s)."),
    "undone": N_("A step on “%(category)s” (%(number)s) was taken back. Open it to see how it stands."),
    "complaint_new": N_("New: “%(category)s” (%(number)s). Its clock runs."),
    "complaint_given": N_("You now have “%(category)s” (%(number)s)."),
    "complaint_message": N_("There are more words about “%(category)s” (%(number)s)."),
    "complaint_accepted": N_("“%(category)s” (%(number)s): the person agrees with the reply."),
    "complaint_dissent": N_("“%(category)s” (%(number)s): the person does not agree with the reply."),
    "complaint_withdrawn": N_("“%(category)s” (%(number)s) was withdrawn."),
    "adjustment_waits": N_(
        "A change of points waits for a second person: %(number)s. The reason: %(category)s."
    ),
    "complaint_warn": N_("“%(category)s” (%(number)s): little time is left for the next step."),
    "complaint_breach": N_("“%(category)s” (%(number)s) is late. Open it and take the next step."),
    "complaint_latest": N_("“%(category)s” (%(number)s): the last limit for the written reply is over."),
    "referral_flagged": N_("An invitation waits for your decision: something about it is unusual."),
}

CONSULTATIONS = {
    "booking_confirmed": N_("Your appointment with %(name)s: “%(service)s”, %(when)s. We remind you before."),
    "booking_called_off": N_(
        "We are sorry: “%(service)s” with %(name)s, %(when)s, can't take place. Open it for the reason and new times."
    ),
    "booking_unanswered": N_(
        "We are sorry: nobody answered your request for “%(service)s”, %(when)s. Please choose another time."
    ),
    "booking_day": N_("Tomorrow's appointment: “%(service)s” with %(name)s, %(when)s."),
    "booking_hour": N_("In an hour: “%(service)s” with %(name)s, %(when)s."),
    "project_begun": N_("Your decoration has a page of its own now: its stages, and a report each month."),
    "project_report": N_(
        "The progress report of %(service)s is here, with photos. Tell us what you think of it."
    ),
    "project_comment": N_("%(name)s answered about the progress report of %(service)s."),
    "project_stages": N_("The dates of your decoration have changed. Open it to see them."),
    "commitment_offered": N_(
        "We have signed a price commitment for you: “%(service)s”. Read it, and sign it, too."
    ),
    "commitment_signed": N_("“%(service)s” is signed by both sides. It is kept as a PDF for you."),
    "commitment_withdrawn": N_("The price commitment “%(service)s” was withdrawn before it was signed."),
    "booking_offered": N_(
        "A time has got free: “%(service)s” with %(name)s, %(when)s. We keep it for you for up to 2 hours."
    ),
    "booking_lapsed": N_("The time kept for you (“%(service)s”, %(when)s) has gone to the next in line."),
}
STAFF_CONSULTATIONS = {
    "booking_new": N_("Booked: “%(service)s”, %(when)s."),
    "booking_asked": N_("Somebody asks for “%(service)s”, %(when)s. Say yes or no in the calendar."),
    "booking_moved": N_("Moved by the owner: “%(service)s” is now %(when)s."),
    "booking_cancelled": N_("Cancelled by the owner: “%(service)s”, %(when)s."),
    "booking_confirmed": N_("The office has confirmed “%(service)s”, %(when)s."),
    "booking_called_off": N_("The office has called off “%(service)s”, %(when)s."),
    "booking_unanswered": N_("Nobody answered the request for “%(service)s”, %(when)s. It was called off."),
    "booking_day": N_("Tomorrow: “%(service)s”, %(when)s."),
    "booking_hour": N_("In an hour: “%(service)s”, %(when)s."),
    "booking_rated": N_("The owner has rated “%(service)s”, %(when)s."),
    "project_comment": N_("The owner wrote about the progress report of %(service)s."),
    "report_late": N_("The progress report of %(service)s is due. The owner waits for it."),
    "report_missing": N_(
        "The progress report of %(service)s is still missing. The manager has been told, too."
    ),
    "commitment_signed": N_("The owner has signed “%(service)s”."),
    "commitment_disputed": N_("The owner disputes “%(service)s”: a complaint was opened."),
}
