"""What the inbox says of each event, to owners and to staff."""

from chalicelib.errors import N_

SOMEBODY = N_("a colleague")
VISIT = N_(" Visit: %(when)s.")
EVENTS = {
    "reported": N_(
        "We have your report “%(category)s” (%(number)s). Next: the office reads it and arranges somebody."
    ),
    "acknowledged": N_(
        "The office has read your report “%(category)s” (%(number)s) and is arranging somebody."
    ),
    "assigned": N_("%(name)s now has your report “%(category)s” (%(number)s)."),
    "in_progress": N_("%(name)s has started work on “%(category)s” (%(number)s)."),
    "paused": N_("“%(category)s” (%(number)s) is on hold for now. Open it to see why."),
    "resumed": N_("“%(category)s” (%(number)s) goes on."),
    "resolved": N_("“%(category)s” (%(number)s) is fixed, we think. Please look, and tell us whether it is."),
    "reopened": N_("“%(category)s” (%(number)s) is open again. Next: the office arranges somebody."),
    "closed": N_("“%(category)s” (%(number)s) is done. Thank you for telling us."),
    "auto_closed": N_(
        "“%(category)s” (%(number)s) is closed: we heard nothing for 7 days. You can still reopen it."
    ),
    "cancelled": N_("“%(category)s” (%(number)s) was cancelled."),
    "rejected": N_("We can't take on “%(category)s” (%(number)s). Open it to read why."),
    "merged": N_("“%(category)s” (%(number)s) was already reported. It goes on there, and you follow it."),
    "message": N_("There is a new message about “%(category)s” (%(number)s)."),
    "photo_rejected": N_("A photo of “%(category)s” (%(number)s) could not be used. Open it to see why."),
    # A step was taken back: one message that says what holds, so that nobody relies on the one before.
    "undone_submitted": N_(
        "Please ignore our last message: “%(category)s” (%(number)s) is new, the office reads it."
    ),
    "undone_acknowledged": N_(
        "Please ignore our last message: for “%(category)s” (%(number)s) the office is still arranging somebody."
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
        "Please ignore our last message: “%(category)s” (%(number)s) is open, the office arranges somebody."
    ),
}
STAFF_EVENTS = {
    **EVENTS,
    "emergency": N_("EMERGENCY: “%(category)s” (%(number)s) was just reported. Act now."),
    "given_to_you": N_("You now have “%(category)s” (%(number)s)."),
    "message": N_("The owner wrote about “%(category)s” (%(number)s)."),
    "urged": N_("The owner asks to hurry: “%(category)s” (%(number)s)."),
    "cancelled": N_("The owner cancelled “%(category)s” (%(number)s)."),
    "closed": N_("The owner confirmed: “%(category)s” (%(number)s) is fixed."),
    "reopened": N_("“%(category)s” (%(number)s) was reopened."),
    "rated": N_("The owner rated “%(category)s” (%(number)s)."),
    "resolved": N_("“%(category)s” (%(number)s) was marked as fixed."),
    "undone": N_("A step on “%(category)s” (%(number)s) was taken back. Open it to see how it stands."),
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
    "booking_offered": N_(
        "A time has got free: “%(service)s” with %(name)s, %(when)s. We keep it for you for 2 hours."
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
}
