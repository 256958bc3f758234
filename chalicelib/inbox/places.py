"""The page that a message leads to. Pure."""

#: By what a message is about: the page of whoever lives there, and that of the desk.
_PLACES = {
    "issue": ("/issues/{id}", "/desk/issues/{id}"),
    "complaint": ("/feedback/{id}", "/desk/complaints/{id}"),
    "booking": ("/consultations/{id}", "/desk/calendar/{id}"),
    "line": ("/consultations", "/desk/calendar"),
    "project": ("/projects/{id}", "/desk/projects/{id}"),
    "commitment": ("/commitments/{id}", "/desk/commitments/{id}"),
    "referral": ("/refer", "/desk/referrals/{id}"),
    "announcement": ("/announcements/{id}", "/announcements/{id}"),
    "points": ("/points", "/desk/points"),
}


def place_of(about: str, about_id: str, *, desk: bool) -> str:
    """The path of what a message is about."""
    return _PLACES[about][desk].format(id=about_id)
