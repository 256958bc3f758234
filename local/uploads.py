"""Looks for uploads and has them processed in worker processes, so that no file can harm anything else."""

import logging
import multiprocessing
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from pebble import ProcessPool

from local.events import Event, context, handlers, object_created
from local.guard import die_with_parent

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

log = logging.getLogger(__name__)

#: Takes an event and returns at once; the future tells how the processing ended.
Process = Callable[[Event], "Future[None]"]

PREFIX = "uploads/"
TRIES = 3
TIME_LIMIT_S = 60
_WORKERS = 2
_WORKER_MEMORY_BYTES = 3 * 1024**3
_POLL_SECONDS = 0.25
_PAUSE_SECONDS = 0.5


@dataclass
class Upload:
    """An upload that was seen: how often it was tried, and the try that is running."""

    event: Event
    tries: int = 0
    running: "Future[None] | None" = None
    not_before: float = 0.0
    over: bool = False

    def idle(self) -> bool:
        """True when no try is running."""
        return self.running is None or self.running.done()


@dataclass
class UploadWatch:
    """Starts the processing of each upload, again after a failure, and gives up after TRIES."""

    s3: "S3Client"
    bucket: str
    process: Process
    give_up: Callable[[Event], None]
    clock: Callable[[], float] = time.monotonic
    _seen: dict[str, Upload] = field(default_factory=dict)

    def look(self) -> None:
        """List the uploads once and take the next step with each; raises what the store raises."""
        there = self._listing()
        gone = [key for key in self._seen if key not in there and self._seen[key].idle()]
        for key in gone:
            del self._seen[key]
        for key, size in there.items():
            self._step(self._seen.setdefault(key, Upload(object_created(self.bucket, key, size))))

    def _listing(self) -> dict[str, int]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=PREFIX)
        return {entry["Key"]: entry["Size"] for page in pages for entry in page.get("Contents", [])}

    def _step(self, upload: Upload) -> None:
        if not upload.idle():
            return
        if upload.running is not None:
            self._take_in(upload, upload.running.exception())
        if upload.over or self.clock() < upload.not_before:
            return
        if upload.tries < TRIES:
            upload.tries += 1
            upload.running = self.process(upload.event)
        else:
            upload.over = True
            self.give_up(upload.event)

    def _take_in(self, upload: Upload, error: BaseException | None) -> None:
        """Note how a try ended; the next one waits longer."""
        upload.running = None
        upload.over = error is None
        upload.not_before = self.clock() + upload.tries * _PAUSE_SECONDS
        if error is not None:
            log.warning("An upload failed (try %d): %s: %s", upload.tries, type(error).__name__, error)


class Workers:
    """Two processes for the heavy work, each replaced when it crashes or takes too long."""

    def __init__(self, work: Callable[[Event], None], time_limit_s: float = TIME_LIMIT_S) -> None:
        """`work` is a function of a module: the workers import it."""
        self._work, self._time_limit_s = work, time_limit_s
        self._pool = ProcessPool(
            max_workers=_WORKERS, context=multiprocessing.get_context("spawn"), initializer=_prepare_worker
        )

    def process(self, event: Event) -> "Future[None]":
        """Start the work on one upload."""
        future: Future[None] = self._pool.schedule(self._work, args=[event], timeout=self._time_limit_s)
        return future

    def warm_up(self) -> None:
        """Have the workers load the app before the first photo comes."""
        for _ in range(_WORKERS):
            self._pool.schedule(_load_app)

    def close(self) -> None:
        """End the workers at once; what they were doing is found again at the next start."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join(3)


def _prepare_worker() -> None:
    die_with_parent()
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_WORKER_MEMORY_BYTES, _WORKER_MEMORY_BYTES))


def _load_app() -> None:
    handlers()


def photo_arrived(event: Event) -> None:
    """Have the app process an upload; runs in a worker."""
    handlers().photo_arrived(event, context("photo_arrived"))


def photo_failed(event: Event) -> None:
    """Have the app say that an upload can't be processed."""
    handlers().photo_failed(event, context("photo_failed"))


def watch(uploads: UploadWatch, stop: threading.Event) -> None:
    """Look again and again until told to stop."""
    while not stop.wait(_POLL_SECONDS):
        try:
            uploads.look()
        except (BotoCoreError, ClientError) as error:
            log.warning("The uploads can't be listed: %s", error)
            stop.wait(1)
        except Exception:
            log.exception("An upload could not be dealt with")
