"""The portal itself, as Lambda calls it."""

from typing import Any

from app import app


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One request."""
    answer: dict[str, Any] = app(event, context)
    return answer
