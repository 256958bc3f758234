"""The measurement of fifty people, in short, for what it says about being right, not about being quick."""

import re
from pathlib import Path

from bench.fifty import report, run
from bench.live import LivePortal

#: Phone numbers, names and words of the people in it, and of the demo's.
# A request id may have eleven digits in a row too; a phone number stands by itself.
PERSONAL = re.compile(
    r"(?<![\w-])(?:\+86)?1[3-9]\d{9}(?![\w-])|1[3-9]\d\*{4}|"
    r"员工|业主\d|漏水|上午过来|有消息吗|王秀英|Emma"
)


def test_fifty_people_at_once_lose_nothing_double_nothing_and_leave_no_trace_in_the_logs(
    tmp_path: Path,
) -> None:
    portal = LivePortal.in_folder(tmp_path / "data")
    portal.start()
    try:
        result = run(portal.url, seconds=10, baseline_s=0.5)
    finally:
        portal.stop()
    assert result.wrong == []
    assert result.steps > result.issues > 0
    assert "everything" in report(result)
    logs = {log.name: log.read_text() for log in portal.data.glob("*.log") if log.name != "run.log"}
    assert "web.log" in logs
    assert [(name, found) for name, text in logs.items() for found in PERSONAL.findall(text)] == []
