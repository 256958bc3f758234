"""Messages that the local portal keeps instead of sending."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from chalicelib.messages.notifier import Channel, Message

_SCHEMA = """
create table if not exists messages (id integer primary key, recipient text not null, channel text not null,
    template text not null, text text not null, code text, at text not null, token text);
create index if not exists by_recipient on messages (recipient, id);
"""
#: The file's tokens, where it was made before it had any.
_OLDER = "alter table messages add column token text"
_TOKENS = "create unique index if not exists by_token on messages (token, channel, recipient) where token is not null"
_STORED = "recipient, channel, template, text, code, at"
_SHOWN = ("to", "channel", "template", "text", "code", "at")


class KeptMessages:
    """A notifier that keeps every message in a SQLite file, readable by other processes."""

    def __init__(self, path: str | Path) -> None:
        self._path = path
        with closing(self._connect()) as db, db:
            db.execute("pragma journal_mode = wal")
            db.executescript(_SCHEMA)
            if "token" not in {row[1] for row in db.execute("pragma table_info(messages)")}:
                db.execute(_OLDER)
            db.execute(_TOKENS)

    def send(self, message: Message) -> None:
        """Keep one message; one with the token of an earlier one is that one."""
        at = message.at.isoformat(timespec="seconds").replace("+00:00", "Z")
        row = (message.to, message.channel, message.template, message.text, message.code, at)
        query = f"insert or ignore into messages ({_STORED}, token) values (?, ?, ?, ?, ?, ?, ?)"
        with closing(self._connect()) as db, db:
            db.execute(query, (*row, message.token or None))

    def repeatable(self, channel: Channel) -> bool:
        """A message handed over again is known by its token."""
        return True

    def list(self, to: str | None = None, limit: int = 200) -> list[dict[str, Any]]:
        """The newest messages first, to everybody or to one address; `code` only where there is one."""
        where, parameters = ("where recipient = ?", [to]) if to else ("", [])
        query = f"select {_STORED} from messages {where} order by id desc limit ?"
        with closing(self._connect()) as db:
            rows = db.execute(query, [*parameters, limit]).fetchall()
        items = [dict(zip(_SHOWN, row, strict=True)) for row in rows]
        return [{name: value for name, value in item.items() if name != "code" or value} for item in items]

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=20)
