"""The portal as it is deployed, on this machine: the built package's functions under their own keys and policies,
with everything that the template would have AWS do for them."""

import base64
import copy
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boto3.session import Session
from botocore.config import Config

from chalicelib.crypto import Keyring
from chalicelib.portal import Portal
from tests.deployed import policies
from tests.deployed.gateway import Gateway
from tests.deployed.policies import ACCOUNT, REGION, STACK, Policy
from tests.deployed.runtime_api import Function, make_runtime
from tests.deployed.wire import Wire
from tests.engines import Engine
from tests.factories import import_people, make_portal, make_table
from tests.local.serving import served

SERVICES = "dynamodb,dynamodbstreams,s3,iam,sts,kms,sns,sqs,logs,events"
#: Functions by the names of their policies, and by those that Chalice gives them in the template.
LOGICAL = {
    "api_handler": "APIHandler",
    "deliver_outbox": "DeliverOutbox",
    "send_messages": "SendMessages",
    "photo_arrived": "PhotoArrived",
    "photo_failed": "PhotoFailed",
    "tick": "Tick",
}
STREAM_ACTIONS = {
    f"dynamodb:{name}" for name in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
}
Keys = tuple[str, str]


def for_engine(policy: Policy) -> Policy:
    """A policy as the embedded engine can judge it: it knows streams only as `*`, log groups but no streams of
    theirs, and no encryption context. What it does not tell apart, `tests/deployed/iam.py` does."""
    widened = copy.deepcopy(policy)
    for statement in widened:
        actions = policies.as_list(statement["Action"])
        if STREAM_ACTIONS & set(actions):
            statement["Resource"] = "*"
        if actions[0].startswith("logs:"):
            statement["Resource"] = statement["Resource"].removesuffix(":*")
        if actions[0].startswith("kms:"):
            del statement["Condition"]
    return widened


@dataclass
class Cloud:
    """Everything that runs, and what the operator's own key can do."""

    engine: Engine
    wire: Wire
    template: dict[str, Any]
    #: What the template's names stand for.
    names: dict[str, str]
    functions: dict[str, Function]
    policies: dict[str, Policy]
    keys: dict[str, Keys]
    #: The same table and keyring with the operator's key: for what people do outside of the functions.
    operator: Portal
    url: str
    package: Path
    #: Gives policies to users; only the operator may.
    iam: Any

    def invoke(self, function: str, event: Any) -> Any:
        """Let a function handle an event."""
        return self.functions[function].invoke(event)

    def client(self, function: str, service: str) -> Any:
        """What Lambda does in a function's name it does with the function's permissions."""
        return make_client(self.wire.url, self.keys[function], service)


def make_client(url: str, keys: Keys, service: str) -> Any:
    """A boto3 client with somebody's key, which does not try again."""
    session: Any = Session(*keys, region_name=REGION)
    config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})
    return session.client(service, endpoint_url=url, config=config)


@contextmanager
def running_cloud(engine: Engine, built: Path, folder: Path) -> Iterator[Cloud]:
    """Start it all from a folder with `deployment.zip` and `template.json`."""
    whole = json.loads((built / "template.json").read_text(encoding="utf-8"))
    template, package = whole["Resources"], folder / "package"
    with zipfile.ZipFile(built / "deployment.zip") as archive:
        archive.extractall(package)
    chosen = {name: str(one.get("Default", "")) for name, one in whole["Parameters"].items()}
    # A test can't wait a minute for another code, and all its people come from one address.
    chosen |= {"CodeResendSeconds": "1", "CodesPerAddress": "100"}
    keyring = Keyring.generate()
    names = chosen | _make_resources(engine, template, keyring)
    resolved = {
        name: policies.resolve(policies.of_role(template, logical), names)
        for name, logical in LOGICAL.items()
    }
    iam = engine.client("iam")
    keys = {name: make_user(iam, name, for_engine(policy)) for name, policy in resolved.items()}
    by_key = {access: name for name, (access, _) in keys.items()}
    wire = Wire(engine.url, names["PortalTable.StreamArn"], names["PortalKey.Arn"], resolved, by_key)
    runtime = make_runtime(folder / "runtime")
    functions = {
        name: _function(name, template, names, wire.url, keys[name], package, runtime, folder)
        for name in LOGICAL
    }
    api = template["RestAPI"]["Properties"]
    operator = _operator(engine, names["PortalTable"], keyring)
    with served(Gateway(api, functions["api_handler"])) as port:
        url = f"http://127.0.0.1:{port}/{api['StageName']}"
        try:
            yield Cloud(engine, wire, template, names, functions, resolved, keys, operator, url, package, iam)
        finally:
            for function in functions.values():
                function.stop()
            wire.close()


def _operator(engine: Engine, table: str, keyring: Keyring) -> Portal:
    """A portal with the operator's key, and the usual people in it."""
    made = make_portal(client=engine.client("dynamodb"), table=table)
    operator = Portal(made.db, made.storage, keyring, made.notifier, made.settings)
    import_people(portal=operator)
    return operator


def _make_resources(engine: Engine, template: dict[str, Any], keyring: Keyring) -> dict[str, str]:
    """Table, bucket, key and queues as the template names them; gives back what its names stand for."""
    dynamodb, kms, sqs, s3 = (engine.client(name) for name in ("dynamodb", "kms", "sqs", "s3"))
    key = kms.create_key()["KeyMetadata"]
    sealed = kms.encrypt(
        KeyId=key["KeyId"], Plaintext=keyring.to_json().encode(), EncryptionContext={"portal": "keyring"}
    )["CiphertextBlob"]
    table = policies.resolve(template["PortalTable"]["Properties"]["TableName"], {})
    make_table(client=dynamodb, name=table)
    described = dynamodb.describe_table(TableName=table)["Table"]
    bucket = policies.resolve(template["MediaBucket"]["Properties"]["BucketName"], {})
    s3.create_bucket(Bucket=bucket)
    names = {
        "KeyringCiphertext": base64.b64encode(sealed).decode(),
        "PortalTable": table,
        "PortalTable.Arn": described["TableArn"],
        "PortalTable.StreamArn": described["LatestStreamArn"],
        "MediaBucket": bucket,
        "MediaBucket.Arn": f"arn:aws:s3:::{bucket}",
        "PortalKey": key["KeyId"],
        "PortalKey.Arn": key["Arn"],
    }
    for name, resource in template.items():
        if resource["Type"] == "AWS::SQS::Queue":
            queue = policies.resolve(resource["Properties"]["QueueName"], {})
            names[name] = sqs.create_queue(QueueName=queue)["QueueUrl"]
            names[f"{name}.Arn"] = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}"
    return names


def make_user(iam: Any, name: str, policy: Policy) -> Keys:
    """A user of a name with this policy and no other; gives back the key."""
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policies.document(policy))
    made = iam.create_access_key(UserName=name)["AccessKey"]
    return made["AccessKeyId"], made["SecretAccessKey"]


def _function(
    name: str,
    template: dict[str, Any],
    names: dict[str, str],
    url: str,
    keys: Keys,
    package: Path,
    runtime: Path,
    folder: Path,
) -> Function:
    """A function as its template describes it; beside the template's variables it gets what Lambda itself adds."""
    properties = template[LOGICAL[name]]["Properties"]
    variables = policies.resolve(properties["Environment"]["Variables"], names)
    by_lambda = {
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": keys[0],
        "AWS_SECRET_ACCESS_KEY": keys[1],
    }
    return Function(
        name=f"{STACK}-{LOGICAL[name]}-ABC123",
        handler=properties["Handler"],
        timeout_s=properties["Timeout"],
        memory_mb=properties["MemorySize"],
        environment={**variables, **by_lambda, "AWS_ENDPOINT_URL": url},
        package=package,
        runtime=runtime,
        log=folder / f"{name}.log",
    )
