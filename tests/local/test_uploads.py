"""What happens to uploads that work, fail, crash their worker or take for ever."""

import os
import time
from concurrent.futures import Future
from typing import Any

import pytest

from local.events import Event
from local.uploads import TRIES, UploadWatch, Workers


class Bucket:
    """Lists whatever keys the test has put in."""

    def __init__(self, *keys: str) -> None:
        self.keys = list(keys)

    def get_paginator(self, name: str) -> "Bucket":
        return self

    def paginate(self, **asked: str) -> list[Any]:
        return [{"Contents": [{"Key": key, "Size": 5} for key in self.keys]}]


class Desk:
    """A watch with processing and clock in the test's hands."""

    def __init__(self, *keys: str) -> None:
        self.bucket = Bucket(*keys)
        self.running: list[Future[None]] = []
        self.processed: list[Event] = []
        self.given_up: list[str] = []
        self.now = 0.0
        s3: Any = self.bucket
        self.watch = UploadWatch(s3, "media", self.process, self.give_up, lambda: self.now)

    def process(self, event: Event) -> "Future[None]":
        self.processed.append(event)
        self.running.append(Future())
        return self.running[-1]

    def give_up(self, event: Event) -> None:
        self.given_up.append(event["detail"]["object"]["key"])

    def look(self) -> None:
        self.now += 60
        self.watch.look()


def test_an_upload_is_processed_once_while_it_is_being_processed() -> None:
    desk = Desk("uploads/a")
    for _ in range(3):
        desk.look()
    detail = desk.processed[0]["detail"]
    assert len(desk.processed) == 1
    assert (detail["bucket"]["name"], detail["object"]) == ("media", {"key": "uploads/a", "size": 5})


def test_an_upload_that_works_is_not_processed_again() -> None:
    desk = Desk("uploads/a")
    desk.look()
    desk.running[0].set_result(None)
    desk.look()
    assert len(desk.processed) == 1
    assert desk.given_up == []


def test_a_failing_upload_is_given_up_once_after_its_tries() -> None:
    desk = Desk("uploads/a", "uploads/b")
    for _ in range(TRIES * 2 + 3):
        desk.look()
        for future, event in zip(desk.running, desk.processed, strict=True):
            if not future.done() and event["detail"]["object"]["key"] == "uploads/a":
                future.set_exception(MemoryError())
    keys = [event["detail"]["object"]["key"] for event in desk.processed]
    assert keys.count("uploads/a") == TRIES
    assert keys.count("uploads/b") == 1
    assert desk.given_up == ["uploads/a"]


def test_a_failing_upload_waits_before_its_next_try() -> None:
    desk = Desk("uploads/a")
    desk.look()
    desk.running[0].set_exception(MemoryError())
    desk.watch.look()
    desk.watch.look()
    assert len(desk.processed) == 1
    desk.look()
    assert len(desk.processed) == 2


def test_the_same_name_is_a_new_upload_after_the_first_has_gone() -> None:
    desk = Desk("uploads/a")
    desk.look()
    desk.bucket.keys.clear()
    desk.running[0].set_result(None)
    desk.look()
    desk.bucket.keys.append("uploads/a")
    desk.look()
    assert len(desk.processed) == 2


def work(event: Event) -> None:
    """What the workers of these tests do: as the event says."""
    if event["do"] == "crash":
        os._exit(3)
    if event["do"] == "hang":
        time.sleep(60)
    if event["do"] == "hog":
        bytearray(8 * 1024**3)


def test_crashing_hanging_and_greedy_work_harms_no_other() -> None:
    workers = Workers(work, time_limit_s=1.5)
    bad = [workers.process({"do": name}) for name in ("crash", "hang", "hog")]
    good = [workers.process({"do": "well"}) for _ in range(4)]
    for future in good:
        assert future.result(20) is None
    for future in bad:
        with pytest.raises((OSError, TimeoutError, MemoryError, RuntimeError)):
            future.result(20)
    workers.close()
