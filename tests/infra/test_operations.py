"""The operations guide knows every alarm, and no other."""

import re
from pathlib import Path
from typing import Any

from infra.parameters import camel
from infra.sam import ROOT

TEXT = (Path(ROOT) / "docs" / "operations.md").read_text(encoding="utf-8")


def _section(name: str) -> str:
    return TEXT.split(f"## {name}\n")[1].split("\n## ")[0]


def test_every_alarm_is_explained(prod: dict[str, Any]) -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.+?) \|$", _section("What each alarm means"), re.M)
    alarms = [
        name for name, resource in prod["Resources"].items() if resource["Type"] == "AWS::CloudWatch::Alarm"
    ]
    assert sorted(name for name, *_ in rows) == sorted(alarms)
    for name in alarms:
        assert prod["Resources"][name]["Properties"]["AlarmDescription"].endswith(
            f"docs/operations.md, {name}"
        )


def test_every_output_and_parameter_that_is_named_exists(prod: dict[str, Any]) -> None:
    told = _section("First deploy") + _section("Upgrade")
    known = {*prod["Parameters"], *prod["Outputs"], *prod["Resources"], "<Function>Errors"}
    named = set(re.findall(r"`((?:[A-Z][a-z]+)+(?:[A-Z][a-z]+|URL))`", told))
    assert {"KeyringCiphertext", "PortalURL", "AlarmEmail"} <= named
    assert named - known == set()
    assert camel("CODE_TRIES") in prod["Parameters"]
