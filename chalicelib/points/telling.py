"""Whom a change of points is told."""

from chalicelib.db import Op
from chalicelib.points.book import Book
from chalicelib.points.models import Earned, Purse


def earned(before: Purse, book: Book, earned: Earned) -> list[Op]:
    """Points that have become real, and a level that was reached."""
    return []


def reversed_(book: Book, earned: Earned) -> list[Op]:
    """Points that were taken back."""
    return []
