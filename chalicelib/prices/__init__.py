"""Packages and what they cost: a board with every past price, and price commitments that both sides sign."""
