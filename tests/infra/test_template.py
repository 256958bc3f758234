"""The template: what holds data is kept, events go where the code expects them, and stages share nothing."""

import inspect
import json
import re
from typing import Any

from chalicelib import db
from chalicelib.inbox.outbox import outbox_pk
from chalicelib.photos.store import upload_object
from chalicelib.settings import Settings, read_settings
from infra.alarms import ALIAS, FUNCTIONS, TABLE_CALLS, alarms
from infra.parameters import NOT_DEPLOYED
from infra.template import TABLE_FILE
from local import events
from tests.factories import NOW

Tree = dict[str, Any]
#: Properties that give a resource a name of its own in the account.
_NAMES = {
    "TableName", "BucketName", "QueueName", "TopicName", "AliasName", "LogGroupName", "AlarmName", "DashboardName",
    "BudgetName", "RuleName", "MetricNamespace", "FunctionName", "RoleName",
}  # fmt: skip


def properties(template: Tree, name: str) -> Tree:
    found: Tree = template["Resources"][name]["Properties"]
    return found


def of_type(template: Tree, kind: str) -> dict[str, Tree]:
    return {n: r["Properties"] for n, r in template["Resources"].items() if r["Type"] == f"AWS::{kind}"}


def _walk(value: Any, path: tuple[str, ...] = ()) -> Any:
    """Every leaf of a tree with the way to it."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _walk(part, (*path, name))
    elif isinstance(value, list):
        for part in value:
            yield from _walk(part, path)
    else:
        yield path, value


def _names(template: Tree) -> set[str]:
    """The names that a template gives, as far as they are texts of its own."""
    named = set()
    for path, value in _walk(template["Resources"]):
        key = path[-2] if path[-1] == "Fn::Sub" else path[-1]
        own = len(path) > 2 and (key in _NAMES or path[-3:] == ("Events", "TickEvent", "Name"))
        if own and isinstance(value, str) and path[-1] != "Ref":
            named.add(value)
    return {name for name in named if not name.startswith("${")}


def test_the_stages_share_no_name(made: dict[str, Tree]) -> None:
    for stage, template in made.items():
        names = _names(template)
        assert len(names) > 30
        assert {name for name in names if not re.search(rf"(^|[/-]){stage}([/-]|$)", name)} == set()
    assert not _names(made["dev"]) & _names(made["prod"])
    assert not _names(made["test"]) & _names(made["prod"])


def test_no_stage_speaks_of_another(made: dict[str, Tree]) -> None:
    for stage, template in made.items():
        text = json.dumps(template["Resources"])
        others = [other for other in made if other != stage and f"portal-{other}" in text]
        assert others == []
        assert "Fn::ImportValue" not in text
        assert not [output for output in template["Outputs"].values() if "Export" in output]


def test_what_is_tried_in_test_is_what_runs_in_prod(made: dict[str, Tree]) -> None:
    def alike(stage: str) -> Tree:
        text = json.dumps(made[stage]).replace(f"-{stage}", "-x").replace(f"/{stage}/", "/x/")
        told: Tree = json.loads(text.replace(f"${stage}", "$x").replace(f'"{stage}"', '"x"'))
        told["Description"] = ""
        for name, resource in told["Resources"].items():
            if name.endswith("LogGroup") and name != "GatewayLogGroup":
                resource["Properties"]["RetentionInDays"] = 0
            resource["Properties"].get("DeploymentPreference", {}).pop("Type", None)
        return json.loads(json.dumps(told).replace(f"portal {stage}", "portal x"))  # type: ignore[no-any-return]

    assert alike("test") == alike("prod")
    assert alike("dev") == alike("prod")


def test_the_table_is_the_one_of_the_engine_and_the_tests(prod: Tree) -> None:
    table, kept = properties(prod, "PortalTable"), json.loads(TABLE_FILE.read_text())
    for part in (
        "AttributeDefinitions",
        "KeySchema",
        "GlobalSecondaryIndexes",
        "BillingMode",
        "TimeToLiveSpecification",
    ):
        assert table[part] == kept[part]
    assert table["StreamSpecification"] == {"StreamViewType": kept["StreamSpecification"]["StreamViewType"]}
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
    assert table["DeletionProtectionEnabled"]
    assert table["SSESpecification"]["KMSMasterKeyId"] == {"Fn::GetAtt": ["PortalKey", "Arn"]}


def test_what_holds_data_outlives_the_stack(prod: Tree) -> None:
    for name in ("PortalTable", "MediaBucket", "PortalKey"):
        resource = prod["Resources"][name]
        assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_photos_are_private_and_answer_the_portals_own_origin_only(prod: Tree) -> None:
    bucket = properties(prod, "MediaBucket")
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    condition, rules, otherwise = bucket["CorsConfiguration"]["Fn::If"]
    assert (condition, otherwise) == ("HasOrigin", {"Ref": "AWS::NoValue"})
    origin = {"Fn::If": ["HasDomain", {"Fn::Sub": "https://${DomainName}"}, {"Ref": "PublicOrigin"}]}
    assert [rule["AllowedOrigins"] for rule in rules["CorsRules"]] == [[origin]]
    rules = {rule["Id"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"]}
    assert upload_object("x").startswith(rules["originals"]["Prefix"])
    assert rules["originals"]["ExpirationInDays"] == 1
    assert "ExpirationInDays" not in rules["taken-back"]


def _matches(pattern: Any, event: Any) -> bool:
    """EventBridge's matching, as far as our patterns use it."""
    if isinstance(pattern, dict):
        return all(name in event and _matches(part, event[name]) for name, part in pattern.items())
    return any(_one(choice, event) for choice in pattern)


def _one(choice: Any, value: Any) -> bool:
    if isinstance(choice, dict) and "prefix" in choice:
        return str(value).startswith(choice["prefix"])
    if isinstance(choice, dict) and "anything-but" in choice:
        return value not in choice["anything-but"]
    return bool(choice == value)


def _filled(pattern: Any) -> Any:
    """A pattern with its references filled in."""
    text = json.dumps(pattern).replace('{"Ref": "MediaBucket"}', '"media"')
    return json.loads(text.replace('{"Fn::GetAtt": ["PhotoArrived", "Arn"]}', '"arn:photo-arrived"'))


def test_an_upload_calls_photo_arrived_and_nothing_else_does(prod: Tree) -> None:
    pattern = _filled(properties(prod, "PhotoArrived")["Events"]["Uploaded"]["Properties"]["Pattern"])
    assert _matches(pattern, events.object_created("media", upload_object("01J"), 5))
    assert not _matches(pattern, events.object_created("media", "photos/01J/full.webp", 5))
    assert not _matches(pattern, events.object_created("elsewhere", upload_object("01J"), 5))
    assert not _matches(pattern, events.tick(NOW))


def test_what_photo_arrived_could_not_do_reaches_photo_failed_as_the_very_same_event(prod: Tree) -> None:
    rule = properties(prod, "PhotoFailed")["Events"]["GivenUp"]["Properties"]
    original = events.object_created("media", upload_object("01J"), 5)
    result = {
        "source": "lambda",
        "detail": {
            "requestContext": {"functionArn": "arn:photo-arrived:live", "condition": "RetriesExhausted"},
            "requestPayload": original,
        },
    }
    assert _matches(_filled(rule["Pattern"]), result)
    result["detail"]["requestContext"]["condition"] = "Success"  # type: ignore[index]
    assert not _matches(_filled(rule["Pattern"]), result)
    assert rule["InputPath"] == "$.detail.requestPayload"
    assert (
        properties(prod, "PhotoArrived")["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Type"]
        == "EventBridge"
    )


def test_only_new_rows_of_the_outbox_call_deliver_outbox(prod: Tree) -> None:
    announced = properties(prod, "DeliverOutbox")["Events"]["Announced"]["Properties"]
    pattern = json.loads(announced["FilterCriteria"]["Filters"][0]["Pattern"])

    def record(name: str, pk: str) -> Tree:
        return {"eventName": name, "dynamodb": {"Keys": {"PK": {"S": pk}, "SK": {"S": "x"}}}}

    assert _matches(pattern, record("INSERT", outbox_pk(3)))
    assert not _matches(pattern, record("REMOVE", outbox_pk(3)))
    assert not _matches(pattern, record("INSERT", "ISSUE#01J"))
    # The function raises for the whole batch, so it must not be asked which record failed.
    assert "FunctionResponseTypes" not in announced
    assert announced["BisectBatchOnFunctionError"] is True


def test_everything_goes_by_the_alias(prod: Tree) -> None:
    for name in FUNCTIONS:
        function = properties(prod, name)
        assert function["AutoPublishAlias"] == ALIAS
        assert {"Ref": f"{name}Errors"} in function["DeploymentPreference"]["Alarms"]
    paths = properties(prod, "RestAPI")["DefinitionBody"]["paths"]
    uris = {
        m["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"] for p in paths.values() for m in p.values()
    }
    assert len(uris) == 1
    assert uris.pop().endswith("functions/${APIHandler.Arn}:live/invocations")
    assert properties(prod, "APIHandlerInvokePermission")["FunctionName"] == {"Ref": "APIHandler.Alias"}


def test_new_versions_get_a_tenth_of_the_calls_first_but_in_dev(made: dict[str, Tree]) -> None:
    shift = {
        stage: properties(template, "APIHandler")["DeploymentPreference"]["Type"]
        for stage, template in made.items()
    }
    assert shift == {"dev": "AllAtOnce", "test": "Canary10Percent5Minutes", "prod": "Canary10Percent5Minutes"}


def test_functions_have_every_setting_and_secrets_only_encrypted(made: dict[str, Tree]) -> None:
    for stage, template in made.items():
        for name in FUNCTIONS:
            given = properties(template, name)["Environment"]["Variables"]
            settings = {field.upper() for field in Settings.model_fields}
            assert set(given) == settings - set(NOT_DEPLOYED)
            assert given["PORTAL_STAGE"] == stage
        told = {n: p["Default"] for n, p in template["Parameters"].items()}
        filled = {n: str(told[v["Ref"]]) for n, v in given.items() if isinstance(v, dict) and "Ref" in v}
        assert read_settings({"PORTAL_STAGE": stage, **filled}) == read_settings({"PORTAL_STAGE": stage})


def test_each_function_writes_its_own_log_and_no_other(prod: Tree) -> None:
    for name in FUNCTIONS:
        group = prod["Resources"][properties(prod, name)["LoggingConfig"]["LogGroup"]["Ref"]]["Properties"]
        assert group["LogGroupName"] == f"/portal/prod/{name}"
        assert group["RetentionInDays"] == 180
        role = prod["Resources"][properties(prod, name)["Role"]["Fn::GetAtt"][0]]["Properties"]
        by_lambda = next(p for p in role["Policies"] if p["PolicyName"] == f"{name}ByLambda")[
            "PolicyDocument"
        ]
        logs = [
            s["Resource"]["Fn::Sub"] for s in by_lambda["Statement"] if "logs:PutLogEvents" in s["Action"]
        ]
        assert [arn.split(":log-group:")[1] for arn in logs] == [f"/portal/prod/{name}:*"]


def test_the_access_log_names_nobody(prod: Tree) -> None:
    told = properties(prod, "RestAPI")["AccessLogSetting"]["Format"]
    assert json.loads(told)["route"] == "$context.resourcePath"
    personal = ("identity", "sourceIp", "userAgent", "$context.path", "header", "querystring")
    assert [word for word in personal if word in told] == []


def test_the_gateway_answers_unknown_paths_as_the_portal_does(prod: Tree) -> None:
    answers = properties(prod, "RestAPI")["DefinitionBody"]["x-amazon-apigateway-gateway-responses"]
    unknown = answers["MISSING_AUTHENTICATION_TOKEN"]
    assert unknown["statusCode"] == 404
    problem = json.loads(unknown["responseTemplates"]["application/problem+json"])
    assert (problem["status"], problem["title"]) == (404, "Not found")
    assert unknown["responseTemplates"]["text/html"].startswith("<!doctype html>")
    for answer in answers.values():
        assert all(re.fullmatch("'[^']*'", value) for value in answer["responseParameters"].values())
        assert answer["responseParameters"]["gatewayresponse.header.Cache-Control"] == "'no-store'"
        retry = "gatewayresponse.header.Retry-After" in answer["responseParameters"]
        assert retry is (answer["statusCode"] in (429, 503))


def test_the_gateway_has_room_for_all_routes(prod: Tree) -> None:
    paths = properties(prod, "RestAPI")["DefinitionBody"]["paths"]
    parts = {
        tuple(path.strip("/").split("/")[:depth]) for path in paths for depth in range(1, path.count("/") + 1)
    }
    assert 50 < len(parts) < 300  # what API Gateway takes without asking for more


def test_every_alarm_calls_somebody_and_the_dashboard_shows_it(made: dict[str, Tree]) -> None:
    for stage, template in made.items():
        found = of_type(template, "CloudWatch::Alarm")
        assert set(found) == {alarm.name for alarm in alarms(stage)}
        assert all(alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}] for alarm in found.values())
        shown = properties(template, "PortalDashboard")["DashboardBody"]["Fn::Sub"]
        always = [alarm.name for alarm in alarms(stage) if not alarm.condition]
        assert [name for name in always if f"alarm:portal-{stage}-{name}" not in shown] == []
        assert json.loads(shown)["widgets"]


def test_every_dead_letter_queue_has_its_alarm(prod: Tree) -> None:
    queues = of_type(prod, "SQS::Queue")
    assert {f"{name}Filled" for name in queues} <= {alarm.name for alarm in alarms("prod")}
    assert len(queues) == 3


def test_the_tables_failures_are_watched_for_every_call_that_is_made() -> None:
    every = (
        "GetItem",
        "BatchGetItem",
        "Query",
        "Scan",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "BatchWriteItem",
    )
    source = inspect.getsource(db)
    snake = {
        name: re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
        for name in (*every, "TransactGetItems", *TABLE_CALLS)
    }
    made = {name for name, spelt in snake.items() if f'"{name}"' in source or f'"{spelt}"' in source}
    assert made == set(TABLE_CALLS)


def test_nothing_runs_before_there_are_keys(prod: Tree) -> None:
    tick = properties(prod, "Tick")["Events"]["TickEvent"]["Properties"]
    assert tick["State"] == {"Fn::If": ["HasKeyring", "ENABLED", "DISABLED"]}
    assert properties(prod, "DeliverOutbox")["Events"]["Announced"]["Properties"]["Enabled"] == {
        "Fn::If": ["HasKeyring", True, False]
    }
    assert prod["Parameters"]["KeyringCiphertext"]["Default"] == ""
