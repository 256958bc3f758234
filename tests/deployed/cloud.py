"""The portal as it is deployed, on this machine: the built package's functions under their own keys and policies,
with everything that the template would have AWS do for them."""

import base64
import copy
import json
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boto3.session import Session
from botocore.config import Config

from chalicelib.crypto import Keyring
from chalicelib.db import Db
from chalicelib.portal import Portal
from local.stream import StreamReader
from tests.deployed import policies
from tests.deployed.gateway import Gateway
from tests.deployed.policies import ACCOUNT, FUNCTIONS, REGION, STACK, Policy
from tests.deployed.runtime_api import Failed, Function, make_runtime
from tests.deployed.wire import Wire
from tests.engines import Engine
from tests.factories import import_people, make_portal, make_table
from tests.local.serving import served

SERVICES = "dynamodb,dynamodbstreams,s3,iam,sts,kms,sns,sqs,logs"
TABLE, BUCKET = STACK, f"{STACK}-media"
#: Functions by the names of their policies, and by those that Chalice gives them in the template.
LOGICAL = {
    "api_handler": "APIHandler",
    "deliver_outbox": "DeliverOutbox",
    "photo_arrived": "PhotoArrived",
    "photo_failed": "PhotoFailed",
    "tick": "Tick",
}
Keys = tuple[str, str]


def for_engine(policy: Policy) -> Policy:
    """A policy as the embedded engine can judge it: it knows streams only as `*`, log groups but no streams of
    theirs, and no encryption context. What it does not tell apart, `tests/deployed/iam.py` does."""
    widened = copy.deepcopy(policy)
    for statement in widened:
        actions = " ".join(policies.as_list(statement["Action"]))
        if "Stream" in actions and "dynamodb:" in actions:
            statement["Resource"] = "*"
        if "logs:" in actions:
            statement["Resource"] = statement["Resource"].removesuffix(":*")
        if "kms:" in actions:
            del statement["Condition"]
    return widened


@dataclass
class Cloud:
    """Everything that runs, and what the operator's own key can do."""

    engine: Engine
    wire: Wire
    functions: dict[str, Function]
    policies: dict[str, Policy]
    keys: dict[str, Keys]
    #: The same table and keyring with the operator's key: for what people do outside of the functions.
    operator: Portal
    url: str
    package: Path
    stream: StreamReader
    #: Gives policies to users; only the operator may.
    iam: Any

    def invoke(self, function: str, event: Any) -> Any:
        """Let a function handle an event."""
        return self.functions[function].invoke(event)

    def client(self, function: str, service: str) -> Any:
        """What AWS does for a function it does with the function's key: following its stream, writing its log."""
        return make_client(self.wire.url, self.keys[function], service)


def make_client(url: str, keys: Keys, service: str) -> Any:
    """A boto3 client with somebody's key, which does not try again."""
    session: Any = Session(*keys, region_name=REGION)
    config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})
    return session.client(service, endpoint_url=url, config=config)


@contextmanager
def running_cloud(engine: Engine, built: Path, folder: Path) -> Iterator[Cloud]:
    """Start it all from a folder with `deployment.zip` and `template.json`."""
    template = json.loads((built / "template.json").read_text(encoding="utf-8"))["Resources"]
    package = folder / "package"
    zipfile.ZipFile(built / "deployment.zip").extractall(package)
    names, keyring, sealed = _make_resources(engine)
    resolved = {name: policies.resolve(policies.read(name), names) for name in FUNCTIONS}
    keys = {name: make_user(engine, name, for_engine(policy)) for name, policy in resolved.items()}
    key_names = {access: name for name, (access, _) in keys.items()}
    wire = Wire(engine.url, names["PortalTable.StreamArn"], names["PortalKey.Arn"], resolved, key_names)
    runtime = make_runtime(folder / "runtime")
    functions = {}
    for name, logical in LOGICAL.items():
        properties = template[logical]["Properties"]
        functions[name] = Function(
            name=f"{STACK}-{logical}-ABC123",
            handler=properties["Handler"],
            timeout_s=properties["Timeout"],
            memory_mb=properties["MemorySize"],
            environment=_environment(properties, wire.url, keys[name], names, sealed),
            package=package,
            runtime=runtime,
            log=folder / f"{name}.log",
        )
    operator = make_portal(client=engine.client("dynamodb"), table=TABLE)
    operator = Portal(operator.db, operator.storage, keyring, operator.notifier, operator.settings)
    import_people(portal=operator)
    gateway = Gateway(template["RestAPI"]["Properties"], functions["api_handler"])
    follower = make_client(wire.url, keys["deliver_outbox"], "dynamodbstreams")
    with served(gateway) as port, closing(follower):
        stream = StreamReader(follower, TABLE)
        url = f"http://127.0.0.1:{port}/{template['RestAPI']['Properties']['StageName']}"
        try:
            yield Cloud(engine, wire, functions, resolved, keys, operator, url, package, stream, engine.client("iam"))
        finally:
            for function in functions.values():
                function.stop()
            wire.close()


def _make_resources(engine: Engine) -> tuple[dict[str, str], Keyring, str]:
    """Table, bucket and key; gives back what the template's names stand for, and the keyring, open and sealed."""
    dynamodb, kms = engine.client("dynamodb"), engine.client("kms")
    make_table(client=dynamodb, name=TABLE)
    engine.client("s3").create_bucket(Bucket=BUCKET)
    key = kms.create_key()["KeyMetadata"]
    keyring = Keyring.generate()
    sealed = kms.encrypt(
        KeyId=key["KeyId"], Plaintext=keyring.to_json().encode(), EncryptionContext={"portal": "keyring"}
    )["CiphertextBlob"]
    table = dynamodb.describe_table(TableName=TABLE)["Table"]
    names = {
        "PortalTable": TABLE,
        "PortalTable.Arn": table["TableArn"],
        "PortalTable.StreamArn": table["LatestStreamArn"],
        "MediaBucket": BUCKET,
        "MediaBucket.Arn": f"arn:aws:s3:::{BUCKET}",
        "PortalKey": key["KeyId"],
        "PortalKey.Arn": key["Arn"],
    }
    return names, keyring, base64.b64encode(sealed).decode()


def make_user(engine: Engine, name: str, policy: Policy) -> Keys:
    """A user of a name with this policy and no other; gives back the key."""
    iam = engine.client("iam")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policies.document(policy))
    made = iam.create_access_key(UserName=name)["AccessKey"]
    return made["AccessKeyId"], made["SecretAccessKey"]


def _environment(
    properties: dict[str, Any], url: str, keys: Keys, names: dict[str, str], sealed: str
) -> dict[str, str]:
    """The template's variables, with what they refer to, and what Lambda itself adds."""
    given = properties["Environment"]["Variables"]
    found = {
        **{name: value for name, value in given.items() if isinstance(value, str)},
        "TABLE_NAME": TABLE,
        "MEDIA_BUCKET": BUCKET,
        "KEYRING_CIPHERTEXT": sealed,
    }
    return {
        **found,
        # A test can't wait a minute for another code.
        "CODE_RESEND_SECONDS": "1",
        "CODES_PER_ADDRESS": "100",
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": keys[0],
        "AWS_SECRET_ACCESS_KEY": keys[1],
    }
