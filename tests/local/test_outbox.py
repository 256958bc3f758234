"""Kept messages and the /dev pages that show them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib.messages.notifier import Message
from local.devpages import DevPages
from local.outbox import KeptMessages

AT = datetime(2026, 3, 1, 8, 0, 5, tzinfo=UTC)


def message(**changes: Any) -> Message:
    fields: dict[str, Any] = {
        "to": "+8613800000001",
        "channel": "sms",
        "template": "code",
        "text": "验证码 123456",
        "at": AT,
    }
    return Message(**fields | changes)


@pytest.fixture
def kept(tmp_path: Path) -> KeptMessages:
    return KeptMessages(tmp_path / "outbox.sqlite")


def show(kept: KeptMessages, target: str, method: str = "GET") -> tuple[str, dict[str, str], str]:
    started: list[Any] = []
    environ = {"REQUEST_METHOD": method, "REQUEST_URI": target}
    body = b"".join(DevPages(kept)(environ, lambda status, headers: started.extend((status, dict(headers)))))
    return started[0], started[1], body.decode()


def items(kept: KeptMessages, target: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(show(kept, target)[2])["items"]
    return listed


def test_the_newest_message_comes_first_with_all_its_fields(kept: KeptMessages) -> None:
    kept.send(message(code="123456"))
    kept.send(message(channel="email", template="assigned", text="王师傅明天上门", to="a@example.cn"))
    assert items(kept, "/dev/outbox.json") == [
        {
            "to": "a@example.cn",
            "channel": "email",
            "template": "assigned",
            "text": "王师傅明天上门",
            "at": "2026-03-01T08:00:05Z",
        },
        {
            "to": "+8613800000001",
            "channel": "sms",
            "template": "code",
            "text": "验证码 123456",
            "code": "123456",
            "at": "2026-03-01T08:00:05Z",
        },
    ]


def test_only_one_address_is_shown_when_asked(kept: KeptMessages) -> None:
    kept.send(message())
    kept.send(message(to="+8613800000002"))
    assert [item["to"] for item in items(kept, "/dev/outbox.json?to=%2B8613800000001")] == ["+8613800000001"]


def test_messages_outlive_the_process_that_kept_them(kept: KeptMessages, tmp_path: Path) -> None:
    kept.send(message())
    assert len(KeptMessages(tmp_path / "outbox.sqlite").list()) == 1


def test_the_page_shows_codes_and_escapes_everything(kept: KeptMessages) -> None:
    kept.send(message(text="<script>alert(1)</script>", template="<b>", to='"><i>', code="004711"))
    status, headers, page = show(kept, "/dev/outbox")
    assert status == "200 OK"
    assert "<strong>004711</strong>" in page
    assert "<script>" not in page
    assert "<b>" not in page
    assert "<i>" not in page
    assert headers["Cache-Control"] == "no-store"


def test_an_empty_page_says_so(kept: KeptMessages) -> None:
    assert "No message yet" in show(kept, "/dev/outbox")[2]


def test_other_dev_paths_are_404_and_writing_is_405(kept: KeptMessages) -> None:
    assert show(kept, "/dev/other")[0] == "404 Not Found"
    assert show(kept, "/dev/outbox", "POST")[0] == "405 Method Not Allowed"
