"""A SQLite file that holds what the engine's tables hold, committed before anybody hears of it.

Writes are numbered by tickets in the order in which the engine applied them. One thread commits all that
has gathered since its last commit (group commit), so one fsync serves many callers. Whoever answers a
request, reader or writer, first waits until every ticket up to that moment is on disk: nobody ever sees
what a `kill -9` could still take back.
"""

import asyncio
import os
import queue
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

#: One change: an SQL statement with its parameters.
Change = tuple[str, tuple[object, ...]]

_SCHEMA = """
create table if not exists definitions (id integer primary key, name text not null, operation text not null,
    body text not null);
create table if not exists items (name text not null, key text not null, item text not null, expires integer,
    primary key (name, key));
"""


class WriteLog:
    """The log of one engine; made and awaited on the engine's event loop."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = full")
        self._db.executescript(_SCHEMA)
        self._finished: queue.SimpleQueue[tuple[int, list[Change]] | None] = queue.SimpleQueue()
        self._begun = 0
        self._durable = 0
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._commit_all, name="write-log", daemon=True)

    def start(self) -> None:
        """Begin to commit; call it on the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def close(self) -> None:
        """Commit what is left and close the file."""
        self._finished.put(None)
        if self._thread.ident is not None:
            self._thread.join()
        self._db.close()

    def begin(self) -> int:
        """A ticket for a write that is about to be applied; one at a time."""
        self._begun += 1
        return self._begun

    def finish(self, ticket: int, changes: list[Change]) -> None:
        """Hand over what the write of this ticket changed; an empty list when it was refused."""
        self._finished.put((ticket, changes))

    async def settled(self) -> None:
        """Return when everything that was begun before this call is on disk."""
        if self._durable >= self._begun:
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append((self._begun, waiter))
        await waiter

    def definitions(self) -> list[tuple[str, str, str]]:
        """Each table's name, operation and body of request, in the order they came."""
        return self._db.execute("select name, operation, body from definitions order by id").fetchall()

    def items(self) -> Iterator[tuple[str, str]]:
        """Each item's table and wire JSON, without those whose time to live has passed."""
        self._db.execute("delete from items where expires < ?", (int(time.time()),))
        yield from self._db.execute("select name, item from items")

    def _commit_all(self) -> None:
        """Commit batch after batch; a failing disk ends the engine, as its memory is ahead of the file."""
        try:
            while batch := self._next_batch():
                self._commit(batch)
        except sqlite3.Error as error:
            print(f"The engine cannot write its log: {error}", file=sys.stderr, flush=True)
            os._exit(70)

    def _next_batch(self) -> list[tuple[int, list[Change]]]:
        """All writes that are waiting, at least one; empty when the log is being closed."""
        batch = []
        entry = self._finished.get()
        while entry is not None:
            batch.append(entry)
            if self._finished.empty():
                return batch
            entry = self._finished.get()
        if batch:
            self._finished.put(None)
        return batch

    def _commit(self, batch: list[tuple[int, list[Change]]]) -> None:
        changes = [change for _, changes in batch for change in changes]
        if changes:
            self._db.execute("begin immediate")
            for statement, parameters in changes:
                self._db.execute(statement, parameters)
            self._db.execute("commit")
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._release, batch[-1][0])

    def _release(self, ticket: int) -> None:
        """Let everybody go on who waited for this ticket or an earlier one."""
        self._durable = ticket
        ready = [waiter for needed, waiter in self._waiting if needed <= ticket]
        self._waiting = [(needed, waiter) for needed, waiter in self._waiting if needed > ticket]
        for waiter in ready:
            if not waiter.done():
                waiter.set_result(None)
