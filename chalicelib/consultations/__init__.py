"""Decoration consultations: designers' time, and how owners book it."""
