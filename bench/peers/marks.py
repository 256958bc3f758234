"""Marks in the recorded requests."""

#: Stands in recorded writes where a new record's id was.
NEW_ID = "{new-id}"
