"""Structured logs: one JSON object per line, and nothing personal in it."""

import json
import logging
import sys
from typing import Any

logger = logging.getLogger("portal")


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {"level": record.levelname, "event": record.getMessage()}
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[0]:
            # The type and place only: an exception's text may quote what a person typed.
            line["exception"] = record.exc_info[0].__name__
            line["trace"] = _places(record)
        return json.dumps(line, ensure_ascii=False, default=str)


def _places(record: logging.LogRecord) -> list[str]:
    places, step = [], record.exc_info[2] if record.exc_info else None
    while step is not None:
        places.append(f"{step.tb_frame.f_code.co_filename}:{step.tb_lineno}")
        step = step.tb_next
    return places[-12:]


def set_up(level: str) -> None:
    """Send the portal's log lines to standard output, which is what Lambda keeps."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_JsonLines())
    logger.handlers[:] = [handler]
    logger.propagate = False
    logger.setLevel(level)


def log(event: str, **fields: Any) -> None:
    """One line about what happened; fields must not hold names, phone numbers or texts that people wrote."""
    logger.info(event, extra={"fields": fields})


def log_failure(event: str, **fields: Any) -> None:
    """One line about an exception being handled, with where it came from."""
    logger.error(event, exc_info=True, extra={"fields": fields})
