"""The requests that the portal sent for each case, recorded by `bench/plan.py`, for the peers to send again."""

import json
import os
import uuid
from typing import Any

from bench.peers.marks import NEW_ID

#: Case → the portal's calls in order: the operation's name and its request, values in plain Python.
CALLS: dict[str, list[tuple[str, dict[str, Any]]]] = {}


def load() -> None:
    """Read the file that PEER_PLAN names."""
    with open(os.environ["PEER_PLAN"], encoding="utf-8") as file:
        CALLS.update(json.load(file)["calls"])


def with_new_id(value: Any, new_id: str) -> Any:
    """A recorded value with a new record's id in it."""
    if isinstance(value, str):
        return value.replace(NEW_ID, new_id)
    if isinstance(value, dict):
        return {name: with_new_id(part, new_id) for name, part in value.items()}
    return [with_new_id(part, new_id) for part in value] if isinstance(value, list) else value


def new_id() -> str:
    """An id for a new record."""
    return uuid.uuid4().hex


load()
