"""What a request asks of IAM, and whether a policy allows it: only as much of both as the portal's policies use.

The embedded engine judges each request itself. This is for what it does not look at: the kinds of keys that a
request touches, KMS's encryption context, streams by name, log streams, and that S3 tells those who may not list
a bucket nothing about what is missing in it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.deployed.policies import ACCOUNT, REGION, Policy, as_list

_SINGLE = {
    "ConditionCheck": "ConditionCheckItem", "Delete": "DeleteItem", "Put": "PutItem", "Update": "UpdateItem",
}  # fmt: skip
_PARTITION = re.compile(r"(?:^|\(|\s)(#?\w+)\s*=\s*(:\w+)")


@dataclass(frozen=True)
class Ask:
    """One thing that must be allowed: an action on a resource, and the values of its condition keys."""

    action: str
    resource: str
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """A request as it went over the wire; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The path, decoded."""
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, list[str]]:
        """The query's values by name."""
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def form(self) -> dict[str, str]:
        """The text fields of a multipart form; empty for anything else."""
        if not self.headers.get("content-type", "").startswith("multipart/"):
            return {}
        found = re.findall(rb'name="([\w-]+)"\r\n\r\n(.*?)\r\n--', self.body, re.DOTALL)
        return {name.decode(): value.decode() for name, value in found}

    @property
    def access_key(self) -> str:
        """Whose key signed it: by header, form or link."""
        credential = self.form.get("x-amz-credential") or self.query.get("X-Amz-Credential", [""])[0]
        found = re.search(r"Credential=([^/]+)/", self.headers.get("authorization", ""))
        return found[1] if found else credential.split("/")[0]

    @property
    def service(self) -> str:
        """The service's name as signatures spell it."""
        found = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", self.headers.get("authorization", ""))
        return found[1] if found else "s3"


def asks(sent: Sent, stream_arn: str, key_arn: str) -> list[Ask]:
    """All that must be allowed for a request, as AWS's service authorization reference has it."""
    operation = sent.headers.get("x-amz-target", "").rpartition(".")[2]
    if sent.service == "s3":
        return _s3(sent)
    if sent.service == "sns":
        form = {name: values[0] for name, values in parse_qs(sent.body.decode()).items()}
        return [Ask("sns:Publish", form.get("TopicArn", "*"))]
    body = json.loads(sent.body)
    if sent.service == "kms":
        context = body.get("EncryptionContext", {})
        given = {f"kms:EncryptionContext:{name}": (value,) for name, value in context.items()}
        return [Ask(f"kms:{operation}", key_arn, given)]
    if sent.service == "logs":
        group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{body['logGroupName']}"
        return [Ask(f"logs:{operation}", f"{group}:log-stream:{body['logStreamName']}")]
    if sent.service == "events":
        return [Ask(f"events:{operation}", entry["EventBusName"]) for entry in body["Entries"]]
    if sent.service == "sqs":
        return [Ask(f"sqs:{operation}", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{body['QueueUrl'].split('/')[-1]}")]
    if "Streams" in sent.headers["x-amz-target"]:
        return [Ask(f"dynamodb:{operation}", stream_arn)]
    return _dynamodb(operation, body)


def _s3(sent: Sent) -> list[Ask]:
    bucket, _, key = sent.path.lstrip("/").partition("/")
    arn = f"arn:aws:s3:::{bucket}"
    if form := sent.form:
        return [Ask("s3:PutObject", f"{arn}/{form['key']}")]
    if "delete" in sent.query:
        found = re.findall(rb"<Key>(.*?)</Key>", sent.body)
        return [Ask("s3:DeleteObject", f"{arn}/{name.decode()}") for name in found]
    verb = {"GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject"}[
        sent.method
    ]
    return [Ask(f"s3:{verb}", f"{arn}/{key}") if key else Ask("s3:ListBucket", arn)]


def _dynamodb(operation: str, body: dict[str, Any]) -> list[Ask]:
    if operation == "TransactWriteItems":
        parts = [part for item in body["TransactItems"] for part in item.items()]
        return [
            _item(_SINGLE[verb], part["TableName"], [part.get("Key") or part["Item"]]) for verb, part in parts
        ]
    if operation == "BatchGetItem":
        return [_item(operation, name, wanted["Keys"]) for name, wanted in body["RequestItems"].items()]
    if operation == "Query":
        found = _PARTITION.search(body["KeyConditionExpression"])
        assert found, body
        value = body["ExpressionAttributeValues"][found[2]]["S"]
        index = f"/index/{body['IndexName']}" if "IndexName" in body else ""
        return [_item(operation, body["TableName"], [{"PK": {"S": value}}], index)]
    return [_item(operation, body["TableName"], [body.get("Key") or body["Item"]])]


def _item(operation: str, table: str, keys: list[dict[str, Any]], index: str = "") -> Ask:
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}{index}"
    leading = tuple(dict.fromkeys(key["PK"]["S"] for key in keys))
    return Ask(f"dynamodb:{operation}", arn, {"dynamodb:LeadingKeys": leading})


def allows(policy: Policy, ask: Ask) -> bool:
    """Whether a statement allows it; the portal's policies deny nothing, they just don't grant it."""
    assert all(statement["Effect"] == "Allow" for statement in policy), "write the rest of the evaluation"
    return any(_grants(statement, ask) for statement in policy)


def _grants(statement: dict[str, Any], ask: Ask) -> bool:
    if "Resource" in statement:
        reached = any(_like(ask.resource, pattern) for pattern in as_list(statement["Resource"]))
    else:
        reached = not any(_like(ask.resource, pattern) for pattern in as_list(statement["NotResource"]))
    return (
        ask.action in as_list(statement["Action"])
        and reached
        and all(_holds(test, wanted, ask) for test, wanted in statement.get("Condition", {}).items())
    )


def _holds(test: str, wanted: dict[str, Any], ask: Ask) -> bool:
    for name, patterns in wanted.items():
        given = ask.keys.get(name, ())
        if test == "StringEquals":
            met = len(given) == 1 and given[0] in as_list(patterns)
        elif test == "ForAllValues:StringLike":
            # The operator is true for no value at all; the actions that we grant with it always have one.
            assert given, f"{ask} says nothing about {name}"
            met = all(any(_like(value, pattern) for pattern in as_list(patterns)) for value in given)
        else:
            raise NotImplementedError(test)
        if not met:
            return False
    return True


def _like(value: str, pattern: str) -> bool:
    """IAM's wildcards: any characters, or one."""
    parts = [{"*": ".*", "?": "."}.get(part, re.escape(part)) for part in re.split(r"([*?])", pattern)]
    return re.fullmatch("".join(parts), value, re.DOTALL) is not None
