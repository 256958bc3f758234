"""The dashboard: what people notice on top, what happens behind the scenes below, the alarms first of all."""

import json
from typing import Any

from infra.alarms import ALIAS, FUNCTIONS, alarms

_REGION = "${AWS::Region}"
_WAITS = ("p50", "p95", "p99")
_KINDS = ("Read", "Write")


def dashboard(stage: str) -> dict[str, Any]:
    """The dashboard of a stage as CloudFormation takes it; its body is one text with the names filled in."""
    gateway = ("ApiName", f"portal-{stage}", "Stage", "api")
    table = ("TableName", f"portal-{stage}")
    graphs = [
        _graph("Answers", [["AWS/ApiGateway", name, *gateway] for name in ("Count", "4XXError", "5XXError")], "Sum"),
        _graph("How long people wait (ms)", [["AWS/ApiGateway", "Latency", *gateway, {"stat": s}] for s in _WAITS]),
        _graph("Calls", [["AWS/Lambda", "Invocations", *_alias(name)] for name in FUNCTIONS], "Sum"),
        _graph("Failures", [["AWS/Lambda", "Errors", *_alias(name)] for name in FUNCTIONS], "Sum"),
        _graph("Held back", [["AWS/Lambda", "Throttles", *_alias(name)] for name in FUNCTIONS], "Sum"),
        _graph("Duration p95 (ms)", [["AWS/Lambda", "Duration", *_alias(name)] for name in FUNCTIONS], "p95"),
        _graph("How late messages come (ms)", [["AWS/Lambda", "IteratorAge", *_alias("DeliverOutbox")]], "Maximum"),
        _graph("Capacity used", [["AWS/DynamoDB", f"Consumed{kind}CapacityUnits", *table] for kind in _KINDS], "Sum"),
    ]  # fmt: skip
    widgets = [_all_alarms(stage), *(_placed(graph, index) for index, graph in enumerate(graphs))]
    body = json.dumps({"widgets": widgets}, separators=(",", ":"))
    properties = {"DashboardName": f"portal-{stage}", "DashboardBody": {"Fn::Sub": body}}
    return {"Type": "AWS::CloudWatch::Dashboard", "Properties": properties}


def _alias(function: str) -> tuple[str, ...]:
    return ("FunctionName", f"${{{function}}}", "Resource", f"${{{function}}}:{ALIAS}")


def _graph(title: str, metrics: list[list[Any]], stat: str = "Average") -> dict[str, Any]:
    shown = {
        "title": title,
        "region": _REGION,
        "metrics": metrics,
        "stat": stat,
        "period": 60,
        "view": "timeSeries",
    }
    return {"type": "metric", "width": 12, "height": 6, "properties": shown}


def _placed(graph: dict[str, Any], index: int) -> dict[str, Any]:
    """Two in a row, below the alarms."""
    return {**graph, "x": 12 * (index % 2), "y": 4 + 6 * (index // 2)}


def _all_alarms(stage: str) -> dict[str, Any]:
    arn = f"arn:${{AWS::Partition}}:cloudwatch:{_REGION}:${{AWS::AccountId}}:alarm:portal-{stage}-"
    named = [arn + alarm.name for alarm in alarms(stage) if not alarm.condition]
    shown = {"title": "Alarms", "alarms": named}
    return {"type": "alarm", "x": 0, "y": 0, "width": 24, "height": 4, "properties": shown}
