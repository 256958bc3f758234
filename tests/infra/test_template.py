"""What holds data is kept and closed; functions and gateway have what they need and no more."""

import json
import re

from chalicelib.photos.store import upload_object
from chalicelib.settings import Settings, read_settings
from infra.alarms import ALIAS, FUNCTIONS
from infra.parameters import NOT_DEPLOYED
from infra.template import TABLE_FILE
from tests.infra.trees import Tree, properties


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


def test_functions_have_every_setting_and_secrets_only_encrypted(made: dict[str, Tree]) -> None:
    for stage, template in made.items():
        for name in FUNCTIONS:
            given = properties(template, name)["Environment"]["Variables"]
            settings = {field.upper() for field in Settings.model_fields}
            assert set(given) == settings - set(NOT_DEPLOYED)
            assert given["PORTAL_STAGE"] == stage
        assert given["TABLE_NAME"] == properties(template, "PortalTable")["TableName"]
        assert given["MEDIA_BUCKET"] == properties(template, "MediaBucket")["BucketName"]
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
