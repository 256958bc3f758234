"""What pages say of referrals, to those who invite, to those who come, and at the desk."""

from chalicelib.errors import N_

#: A new text needs a new version in `policy.CONSENT`.
CONSENT = N_(
    "I agree that %(company)s keeps my number in coded form for %(days)s days, only to know that I came by this "
    "invitation. I can take it back at any time."
)
#: What an owner sends along with the link.
READY_TEXT = N_(
    "I use %(company)s's portal for repairs and everything about my home: report in a minute, see every step. "
    "Leave your mobile number with my link, and we both get points: %(url)s"
)
#: … where nobody gets points for coming.
READY_TEXT_ALONE = N_(
    "I use %(company)s's portal for repairs and everything about my home: report in a minute, see every step. "
    "Come and have a look: %(url)s"
)
SHARE_TITLE = N_("Join me at %(company)s")
#: Name of the look, sign, words, and what comes next.
SHOWN = {
    "waiting": ("", "clock", N_("Waiting"), N_("A number was left. It counts once that person signs in.")),
    "qualified": ("wait", "people", N_("Has come"), N_("They have joined. The points come after the waiting time.")),
    "rewarded": ("good", "done", N_("Thank you"), N_("Your points are on your account.")),
    "ended": ("", "close", N_("Over"), N_("This one did not lead to points.")),
}  # fmt: skip
REASONS = {
    "own_phone": N_("The inviter's own number"),
    "known_phone": N_("The number already belonged to somebody here"),
    "household": N_("Both share a home"),
    "velocity": N_("Many numbers within a short time"),
    "device": N_("From the same device as the number before"),
    "moved_out": N_("One of the two has no home here any more"),
}
SIGNALS = {
    "network": N_("From the same network as the number before. That alone says little: neighbours share one.")
}
STATES = {
    "registered": ("", "clock", N_("Waiting for its person")),
    "flagged": ("wait", "warn", N_("Waits for your decision")),
    "qualified": ("", "people", N_("Has joined; points after the waiting time")),
    "rewarded": ("good", "done", N_("Rewarded")),
    "void": ("", "close", N_("Came to nothing")),
}
WHY = {
    "claimed_before": N_("Somebody else's invitation was first."),
    "expired": N_("Nobody came in time."),
    "withdrawn": N_("The person took their consent back."),
    "refused": N_("A manager decided so."),
}
