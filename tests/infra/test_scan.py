"""The template is clean, each exception has its reason, and none is left that nothing needs.

One stage is enough: `test_template.py` shows that the others differ in names only. `make scan` looks at all three.
"""

import copy
from pathlib import Path
from typing import Any

import pytest

from infra import scan

Tree = dict[str, Any]


@pytest.mark.timeout(300)  # checkov takes a while to start, and much longer beside other work
def test_linter_and_checker_find_nothing_that_is_not_excused_with_a_reason(prod: Tree) -> None:
    assert scan.findings({"prod": prod}) == []


def test_what_they_would_find_is_told(prod: Tree, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spoilt = copy.deepcopy(prod)
    spoilt["Resources"]["MediaBucket"]["Metadata"]["checkov"]["skip"] = [{"id": "CKV_AWS_1"}]
    found = {("MediaBucket", "CKV_AWS_18"), *(set(scan.exceptions(prod)) - {("MediaBucket", "CKV_AWS_18")})}
    monkeypatch.setattr(scan, "failed_checks", lambda _: {"prod": found})
    monkeypatch.setattr(scan, "lint", lambda _: "E0001 broken\n")
    assert scan.findings({"prod": spoilt}) == [
        "E0001 broken",
        "prod: MediaBucket fails CKV_AWS_18",
        "prod: MediaBucket needs no exception of CKV_AWS_1",
        "prod: MediaBucket gives no reason for CKV_AWS_1",
    ]


def test_the_linter_sees_a_mistake(prod: Tree, tmp_path: Path) -> None:
    spoilt = copy.deepcopy(prod)
    spoilt["Resources"]["PortalTable"]["Properties"]["BillingMode"] = "FREE"
    scan.write(tmp_path, {"prod": spoilt})
    assert "'FREE' is not one of" in scan.lint(tmp_path)
