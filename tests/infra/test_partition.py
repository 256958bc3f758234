"""The template works in China's partition as it does elsewhere."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from infra.china import REPLACED, SERVICES
from infra.parameters import CONDITIONS

DOCS = Path(__file__).parent.parent.parent / "docs" / "operations.md"
Tree = dict[str, Any]


@pytest.mark.parametrize("stage", ["dev", "test", "prod"])
def test_no_arn_and_no_host_names_one_partition(made: dict[str, Tree], stage: str) -> None:
    text = json.dumps(made[stage]["Resources"]) + json.dumps(made[stage]["Outputs"])
    assert re.findall(r"arn:(?!\$\{AWS::Partition\})[^:]*:", text) == []
    hosts = re.findall(r"[\w.${}:-]+\.amazonaws\.com[\w.]*", text)
    # Service principals are the same everywhere; addresses end in ${AWS::URLSuffix}.
    assert {host for host in hosts if not re.fullmatch(r"\w+\.amazonaws\.com", host)} == set()
    assert not re.search(r"\b(us|eu|ap|cn)-[a-z]+-\d\b", text)


def test_every_service_is_there_in_china_or_replaced(prod: Tree) -> None:
    used = {resource["Type"].split("::")[1] for resource in prod["Resources"].values()}
    assert used == set(SERVICES)
    told = DOCS.read_text(encoding="utf-8").split("## In China")[1].split("\n## ")[0]
    assert [name for name in REPLACED if name.lower() not in told.lower()] == []


def test_text_messages_are_not_watched_where_there_are_none(prod: Tree) -> None:
    assert prod["Resources"]["SmsFailed"]["Condition"] == "SendsSms"
    assert CONDITIONS["SendsSms"] == {"Fn::Not": [{"Condition": "InChina"}]}
    assert CONDITIONS["InChina"] == {"Fn::Equals": [{"Ref": "AWS::Partition"}, "aws-cn"]}


def test_no_metric_that_china_lacks_is_used(prod: Tree) -> None:
    metrics = re.findall(r'"MetricName": "(\w+)"', json.dumps(prod))
    assert metrics
    assert [name for name in metrics if name.startswith(("AsyncEvent", "PolledEvent", "FilteredOut"))] == []


def test_nothing_in_the_api_is_at_the_edge_nor_older_than_tls_1_2(prod: Tree) -> None:
    api = prod["Resources"]["RestAPI"]["Properties"]
    assert api["EndpointConfiguration"] == {"Type": "REGIONAL"}
    assert api["SecurityPolicy"].startswith("SecurityPolicy_TLS13_1_2_")
    assert prod["Resources"]["PortalDomain"]["Properties"]["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    assert prod["Resources"]["PortalDomain"]["Properties"]["SecurityPolicy"] == "TLS_1_2"
