"""The alarms: each says one thing, calls a person, and has its row in `docs/operations.md`."""

from dataclasses import dataclass
from typing import Any

FUNCTIONS = ("APIHandler", "DeliverOutbox", "SendMessages", "PhotoArrived", "PhotoFailed", "Tick")
ALIAS = "live"
#: Calls that the portal makes to its table; DynamoDB counts its own failures for each by itself.
TABLE_CALLS = ("GetItem", "BatchGetItem", "Query", "UpdateItem", "TransactWriteItems")
_QUEUES = ("OutboxDeadLetters", "PhotoDeadLetters", "EventDeadLetters")
#: How long a call of a function usually takes at the most, in ms; beyond it something it calls is slow.
_SLOW_MS = {"PhotoArrived": 20_000, "DeliverOutbox": 10_000, "SendMessages": 45_000, "Tick": 30_000}
Metric = tuple[str, str, dict[str, Any]]


@dataclass(frozen=True)
class Alarm:
    """One alarm: `metrics` are summed; it rings when the sum is beyond `above` in `points` of `periods` minutes."""

    name: str
    says: str
    metrics: tuple[Metric, ...]
    above: float
    statistic: str = "Sum"
    periods: int = 1
    points: int = 1
    period_s: int = 60
    missing: str = "notBreaching"
    below: bool = False
    condition: str | None = None


def _of_alias(function: str) -> dict[str, Any]:
    return {"FunctionName": {"Ref": function}, "Resource": {"Fn::Sub": f"${{{function}}}:{ALIAS}"}}


def _functions() -> list[Alarm]:
    made = []
    for name in FUNCTIONS:
        failed, held = (("AWS/Lambda", metric, _of_alias(name)) for metric in ("Errors", "Throttles"))
        made.append(Alarm(f"{name}Errors", f"{name} fails", (failed,), 0, periods=5, points=2))
        made.append(Alarm(f"{name}Throttles", f"{name} is held back", (held,), 0, periods=5, points=3))
    for name, most in _SLOW_MS.items():
        took = ("AWS/Lambda", "Duration", _of_alias(name))
        made.append(Alarm(f"{name}Slow", f"{name} is slow", (took,), most, "p95", periods=15, points=10))
    return made


def _gateway(stage: str) -> list[Alarm]:
    def of(metric: str) -> Metric:
        return ("AWS/ApiGateway", metric, {"ApiName": f"portal-{stage}", "Stage": {"Ref": "RestAPI.Stage"}})

    return [
        Alarm("PortalErrors", "people are answered 5xx", (of("5XXError"),), 4, periods=5, points=2),
        Alarm("PortalSlow", "people wait", (of("Latency"),), 3_000, "p95", periods=15, points=10),
    ]  # fmt: skip


def _events(stage: str) -> list[Alarm]:
    age = ("AWS/Lambda", "IteratorAge", _of_alias("DeliverOutbox"))
    ticks = ("AWS/Lambda", "Invocations", _of_alias("Tick"))
    left: Metric = (f"portal-{stage}", "DeliveryFailures", {})
    missed: Metric = (f"portal-{stage}", "MomentFailures", {})
    made = [
        Alarm("StreamLate", "messages come late", (age,), 60_000, "Maximum", periods=5, points=3),
        Alarm(
            "TickSilent", "the clock stands still", (ticks,), 1,
            periods=5, points=5, missing="breaching", below=True, condition="HasKeyring",
        ),
        Alarm("DeliveryFailed", "a message can't be delivered", (left,), 0, periods=5, points=3),
        Alarm("MomentFailed", "a deadline can't be handled", (missed,), 0, periods=5, points=3),
    ]  # fmt: skip
    for name in _QUEUES:
        waiting = (
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            {"QueueName": {"Fn::GetAtt": [name, "QueueName"]}},
        )
        made.append(Alarm(name + "Filled", f"{name} holds something", (waiting,), 0, "Maximum", period_s=300))
    return made


def _table() -> list[Alarm]:
    table = {"TableName": {"Ref": "PortalTable"}}
    broken = tuple(("AWS/DynamoDB", "SystemErrors", {**table, "Operation": call}) for call in TABLE_CALLS)
    held = tuple(("AWS/DynamoDB", f"{kind}ThrottleEvents", table) for kind in ("Read", "Write"))
    return [
        Alarm("TableErrors", "DynamoDB fails", broken, 4, periods=5, points=2),
        Alarm("TableThrottles", "the table is held back", held, 0, periods=5, points=3),
    ]  # fmt: skip


def _messages() -> list[Alarm]:
    failed: Metric = ("AWS/SNS", "NumberOfNotificationsFailed", {"PhoneNumber": "PhoneNumberDirect"})
    return [
        Alarm("SmsFailed", "sign-in codes don't go out", (failed,), 4, period_s=300, condition="SendsSms")
    ]


def alarms(stage: str) -> list[Alarm]:
    """All alarms of a stage."""
    return [*_functions(), *_gateway(stage), *_events(stage), *_table(), *_messages()]


def rollback_alarms(function: str) -> list[str]:
    """The alarms that take a new version of a function back while it gets its first traffic."""
    return [f"{function}Errors", *(["PortalErrors"] if function == "APIHandler" else [])]


def resource(alarm: Alarm, stage: str) -> dict[str, Any]:
    """An alarm as CloudFormation takes it."""
    comparison = "LessThanThreshold" if alarm.below else "GreaterThanThreshold"
    properties: dict[str, Any] = {
        "AlarmName": f"portal-{stage}-{alarm.name}",
        "AlarmDescription": f"{alarm.says}. What to do: docs/operations.md, {alarm.name}",
        "ComparisonOperator": comparison,
        "Threshold": alarm.above,
        "EvaluationPeriods": alarm.periods,
        "DatapointsToAlarm": alarm.points,
        "TreatMissingData": alarm.missing,
        "AlarmActions": [{"Ref": "AlarmTopic"}],
        "OKActions": [{"Ref": "AlarmTopic"}],
        **_measured(alarm),
    }
    made: dict[str, Any] = {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}
    return {**made, "Condition": alarm.condition} if alarm.condition else made


def _measured(alarm: Alarm) -> dict[str, Any]:
    """One metric, or the sum of several."""
    if len(alarm.metrics) == 1:
        kind = "Statistic" if alarm.statistic in ("Sum", "Maximum") else "ExtendedStatistic"
        return {**_metric(alarm.metrics[0]), kind: alarm.statistic, "Period": alarm.period_s}
    queries: list[dict[str, Any]] = [
        {
            "Id": f"m{index}",
            "ReturnData": False,
            "MetricStat": {"Metric": _metric(metric), "Period": alarm.period_s, "Stat": alarm.statistic},
        }
        for index, metric in enumerate(alarm.metrics)
    ]
    return {"Metrics": [*queries, {"Id": "sum", "Expression": "SUM(METRICS())", "ReturnData": True}]}


def _metric(metric: Metric) -> dict[str, Any]:
    namespace, name, dimensions = metric
    rows = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    return {"Namespace": namespace, "MetricName": name, **({"Dimensions": rows} if rows else {})}
