"""The functions' policies as they are deployed: read, resolved for a test's table and bucket, and taken apart."""

import copy
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.engines import ROOT

Policy = list[dict[str, Any]]

FUNCTIONS = ("api_handler", "deliver_outbox", "send_messages", "photo_arrived", "photo_failed", "tick")
REGION, ACCOUNT, STACK = "us-east-1", "000000000000", "portal-dev"
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::StackName": STACK,
    "AWS::URLSuffix": "amazonaws.com",
}
_LEADING = "dynamodb:LeadingKeys"


def read(function: str) -> Policy:
    """The statements of a function's policy, as they stand in its file."""
    path = ROOT / ".chalice" / f"policy-{function}.json"
    statements: Policy = json.loads(path.read_text(encoding="utf-8"))["Statement"]
    return statements


def resolve(value: Any, names: Mapping[str, str]) -> Any:
    """What CloudFormation makes of `Ref`, `Fn::Sub` and `Fn::GetAtt`; of `Fn::If` the side where no domain, origin
    or anything else was chosen. Raises KeyError for what nobody named."""
    if isinstance(value, list):
        return [resolve(part, names) for part in value]
    if not isinstance(value, dict):
        return value
    known = {**PSEUDO, **names}
    match value:
        case {"Ref": name}:
            return known[name]
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{([^}]+)\}", lambda found: known[found[1]], text)
        case {"Fn::GetAtt": [name, attribute]}:
            return known[f"{name}.{attribute}"]
        case {"Fn::If": [_, _, otherwise]}:
            return resolve(otherwise, names)
    return {name: resolve(part, names) for name, part in value.items()}


def of_role(template: Mapping[str, Any], logical: str) -> Policy:
    """All that a built template's role lets a function do: its own policy, and what Lambda does in its name."""
    role = template[logical]["Properties"]["Role"]["Fn::GetAtt"][0]
    documents = [policy["PolicyDocument"] for policy in template[role]["Properties"]["Policies"]]
    statements = [statement for document in documents for statement in document["Statement"]]
    return [{"Sid": f"Lambda{place}", **statement} for place, statement in enumerate(statements)]


@dataclass(frozen=True)
class Grant:
    """The smallest part of a policy that can be taken away: an action on a resource, for one kind of key where
    the statement names kinds."""

    function: str
    sid: str
    action: str
    resource: str
    leading: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.function, self.action, self.resource, self.leading) if part)


def as_list(value: Any) -> list[Any]:
    """What may stand alone, as a list."""
    return value if isinstance(value, list) else [value]


def _resources(statement: dict[str, Any]) -> tuple[str, list[Any]]:
    name = "Resource" if "Resource" in statement else "NotResource"
    return name, as_list(statement[name])


def _leading(statement: dict[str, Any]) -> list[str]:
    for test in statement.get("Condition", {}).values():
        if _LEADING in test:
            return as_list(test[_LEADING])
    return []


def grants(function: str, policy: Policy) -> Iterator[Grant]:
    """All that a resolved policy grants."""
    for statement in policy:
        for action in as_list(statement["Action"]):
            for resource in _resources(statement)[1]:
                for leading in _leading(statement) or [""]:
                    yield Grant(function, statement["Sid"], action, resource, leading)


def without(policy: Policy, grant: Grant) -> Policy:
    """The policy with exactly this grant taken away."""
    left: Policy = []
    for statement in policy:
        if statement["Sid"] == grant.sid:
            left += _narrowed(statement, grant)
        else:
            left.append(statement)
    return left


def _narrowed(statement: dict[str, Any], grant: Grant) -> Policy:
    """The statement in parts, one an action and resource; the one that the grant is about lacks it."""
    name, resources = _resources(statement)
    parts = []
    for action in as_list(statement["Action"]):
        for resource in resources:
            part = {**copy.deepcopy(statement), "Action": action, name: resource}
            if (action, resource) == (grant.action, grant.resource):
                kept = [leading for leading in _leading(statement) if leading != grant.leading]
                if not kept:
                    continue
                part["Condition"]["ForAllValues:StringLike"][_LEADING] = kept
            parts.append(part)
    return parts


def document(policy: Policy) -> str:
    """A policy as IAM takes it."""
    return json.dumps({"Version": "2012-10-17", "Statement": policy})
