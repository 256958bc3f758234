"""DynamoDB's client with less work a call: botocore's own, by its settings and events; nothing of it is replaced.

What each lever saves was measured with `bench/warm.py`; each can be taken out by itself.
"""

import json
from typing import TYPE_CHECKING, Any

from botocore import UNSIGNED
from botocore.config import Config
from botocore.httpsession import get_cert_path
from botocore.session import Session
from botocore.utils import get_environ_proxies

from chalicelib import aws
from chalicelib.transport import CONNECT_TIMEOUT_S, READ_TIMEOUT_S, Transport

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


CONFIG = Config(
    connect_timeout=CONNECT_TIMEOUT_S,
    read_timeout=READ_TIMEOUT_S,
    retries={"mode": "standard", "max_attempts": 3},
    max_pool_connections=32,
    # Requests are built in one module, which tests run with validation on.
    parameter_validation=False,
    # Put together anew for each request otherwise, from 14 parts, twice.
    user_agent="owner-portal Botocore",
)


def connect(region: str, endpoint_url: str | None) -> "DynamoDBClient":
    """A client; opens no connection yet."""
    client: DynamoDBClient = aws.client("dynamodb", region, endpoint_url, CONFIG)
    return lean(client, aws.session())


def lean(client: "DynamoDBClient", session: Session) -> "DynamoDBClient":
    """Put the handlers in place; `session` made the client, which is given back."""
    events, meta = client.meta.events, client.meta
    # Saves a third of a list's time.
    events.register("before-parse.dynamodb", read_answer)
    if not get_environ_proxies(meta.endpoint_url):  # through a proxy, botocore knows the way
        wire = Transport(meta.endpoint_url, meta.region_name, session.get_credentials, _certificates())
        # Saves half of what is left of a short call: signing and sending happen in one place, without urllib3.
        first_try: Any = wire.first_try  # the stubs know of no handler that answers
        send: Any = wire.send
        events.register("before-call.dynamodb", first_try)
        events.register("choose-signer.dynamodb", lambda **_: UNSIGNED)
        events.register("before-send.dynamodb", send)
    return client


def _certificates() -> str:
    """The authorities that botocore trusts."""
    return str(aws.session().get_config_variable("ca_bundle") or get_cert_path(True))


def read_answer(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    """Read an answer as the JSON that it is. botocore's parser would walk through it by its model and change nothing:
    there is no binary and no date in it. Errors are left to the parser."""
    if response_dict["status_code"] < 300:
        customized_response_dict.update(json.loads(response_dict["body"]))
        response_dict["body"] = b""
