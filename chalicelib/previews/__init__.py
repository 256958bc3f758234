"""360° previews of plans: a room as it will be, to look around in."""
