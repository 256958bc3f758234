"""The template of a stage: what Chalice writes, and all that it leaves open (`infra/resources/`, alarms, parameters).

The stages are the same but for names, log retention and how a new version gets its traffic, so that what was tried in
`test` is what runs in `prod`. They share nothing: every name carries its stage.
"""

import copy
import json
from pathlib import Path
from typing import Any

import yaml

from chalicelib.gathered import REST, prefix_of
from infra.alarms import ALIAS, FUNCTIONS, alarms, resource, rollback_alarms
from infra.dashboard import dashboard
from infra.gateway_answers import gateway_answers
from infra.grants import own_grants
from infra.parameters import CONDITIONS, environment, parameters

HERE = Path(__file__).parent
TABLE_FILE = HERE / "table.json"
#: A tenth of the calls for five minutes, then all, or back at once when an alarm rings.
_SHIFT = {"dev": "AllAtOnce", "test": "Canary10Percent5Minutes", "prod": "Canary10Percent5Minutes"}
Tree = dict[str, Any]


def merge(sam: Tree, stage: str) -> Tree:
    """Chalice's SAM template of a stage with everything else that the portal needs. `sam` stays as it is."""
    template = copy.deepcopy(sam)
    template["Description"] = f"Owner portal, {stage}"
    template["Parameters"], template["Conditions"] = parameters(), copy.deepcopy(CONDITIONS)
    resources: Tree = template["Resources"]
    for file in sorted((HERE / "resources").glob("*.yaml")):
        _into(resources, yaml.safe_load(file.read_text(encoding="utf-8").replace("<stage>", stage)))
    resources["PortalTable"] = table(stage)
    resources |= {alarm.name: resource(alarm, stage) for alarm in alarms(stage)}
    resources["PortalDashboard"] = dashboard(stage)
    _complete_functions(resources, stage)
    _complete_gateway(resources, stage)
    _complete_outputs(template["Outputs"])
    return template


def table(stage: str) -> Tree:
    """The table of `infra/table.json`, which engine and tests make as it stands, with what only AWS has."""
    wanted: Tree = json.loads(TABLE_FILE.read_text(encoding="utf-8"))
    stream = wanted.pop("StreamSpecification")
    properties = wanted | {
        "TableName": f"portal-{stage}",
        "StreamSpecification": {"StreamViewType": stream["StreamViewType"]},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "DeletionProtectionEnabled": True,
        "SSESpecification": {
            "SSEEnabled": True,
            "SSEType": "KMS",
            "KMSMasterKeyId": {"Fn::GetAtt": ["PortalKey", "Arn"]},
        },
        "Tags": [{"Key": "portal-stage", "Value": stage}],
    }
    kept = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    return {"Type": "AWS::DynamoDB::Table", **kept, "Properties": properties}


def _into(below: Tree, above: Tree) -> None:
    """Put a tree over another one: branches grow together, anything else replaces what was there."""
    for name, value in above.items():
        if isinstance(value, dict) and isinstance(below.get(name), dict):
            _into(below[name], value)
        else:
            below[name] = value


def _complete_functions(resources: Tree, stage: str) -> None:
    variables = environment(stage, resources["RestAPI"]["Properties"]["StageName"])
    for name in FUNCTIONS:
        properties = resources[name]["Properties"]
        _into(properties, {"Environment": {"Variables": variables}})
        properties |= {
            "KmsKeyArn": {"Fn::GetAtt": ["PortalKey", "Arn"]},
            "AutoPublishAlias": ALIAS,
            "DeploymentPreference": {
                "Type": _SHIFT[stage],
                "Role": {"Fn::GetAtt": ["ShiftRole", "Arn"]},
                "Alarms": [{"Ref": alarm} for alarm in rollback_alarms(name)],
            },
        }
        properties["Tags"].pop("aws-chalice", None)  # speaks of a deployment by Chalice itself
        _complete_log(resources, name, properties, stage)
        role = resources[properties["Role"]["Fn::GetAtt"][0]]["Properties"]
        role["Policies"] += own_grants(name, stage)


def _complete_log(resources: Tree, name: str, properties: Tree, stage: str) -> None:
    """A log with a name that is known before the function is, so that the role can name it."""
    chalices_name = "ApiHandler" if name == "APIHandler" else name
    group = resources[f"{chalices_name}LogGroup"]["Properties"]
    group["LogGroupName"] = f"/portal/{stage}/{name}"
    group["KmsKeyId"] = {"Fn::GetAtt": ["PortalKey", "Arn"]}
    properties["LoggingConfig"] = {"LogGroup": {"Ref": f"{chalices_name}LogGroup"}}


def _complete_gateway(resources: Tree, stage: str) -> None:
    """Let the gateway call the alias, not the newest code, and answer by itself as the portal does."""
    body = resources["RestAPI"]["Properties"]["DefinitionBody"]
    body["info"]["title"] = f"portal-{stage}"  # what the metrics call it
    for methods in body["paths"].values():
        for method in methods.values():
            uri = method["x-amazon-apigateway-integration"]["uri"]
            uri["Fn::Sub"] = uri["Fn::Sub"].replace("${APIHandler.Arn}", f"${{APIHandler.Arn}}:{ALIAS}")
    body["paths"] = _gathered(body["paths"])
    body["x-amazon-apigateway-gateway-responses"] = gateway_answers()
    resources["APIHandlerInvokePermission"]["Properties"]["FunctionName"] = {"Ref": "APIHandler.Alias"}


def _gathered(paths: Tree) -> Tree:
    """The paths as the gateway has room for them: all below some prefixes as one, whose routes the app finds."""
    kept = {path: methods for path, methods in paths.items() if prefix_of(path) is None}
    for path, methods in paths.items():
        if prefix := prefix_of(path):
            rest = {"name": "proxy", "in": "path", "required": True, "type": "string"}
            first = next(iter(methods.values()))
            kept[prefix + REST] = {"x-amazon-apigateway-any-method": {**first, "parameters": [rest]}}
    return kept


def _complete_outputs(outputs: Tree) -> None:
    outputs["PortalURL"] = {
        "Description": "Where the portal is",
        "Value": {
            "Fn::If": ["HasDomain", {"Fn::Sub": "https://${DomainName}/"}, outputs["EndpointURL"]["Value"]]
        },
    }
    outputs["DomainTarget"] = {
        "Description": "What the domain's DNS record (CNAME or alias) must point to",
        "Condition": "HasDomain",
        "Value": {"Fn::GetAtt": ["PortalDomain", "RegionalDomainName"]},
    }
    for name, source in (
        ("TableName", "PortalTable"),
        ("MediaBucketName", "MediaBucket"),
        ("AlarmTopicArn", "AlarmTopic"),
    ):
        outputs[name] = {"Value": {"Ref": source}}
    outputs["KeyArn"] = {"Value": {"Fn::GetAtt": ["PortalKey", "Arn"]}}
