"""Makes the table and the bucket that the portal needs, and sets what the engine forgets in a crash."""

import json
from typing import TYPE_CHECKING, Any

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import ClientError

from local.engines import ROOT, EngineProcess

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

TABLE_FILE = ROOT / "infra" / "table.json"
_THERE = {"ResourceInUseException", "BucketAlreadyOwnedByYou", "BucketAlreadyExists"}


def set_up(engine: EngineProcess, table: str, bucket: str) -> bool:
    """Make what is missing; True when the table is new, so nothing is in it yet."""
    session = Session(engine.access_key, engine.secret_key, region_name="us-east-1")
    config = Config(s3={"addressing_style": "path"})
    _make_bucket(session.client("s3", endpoint_url=engine.url, config=config), bucket)
    return _make_table(session.client("dynamodb", endpoint_url=engine.url), table)


def _make_bucket(s3: "S3Client", bucket: str) -> None:
    try:
        s3.create_bucket(Bucket=bucket)
    except ClientError as error:
        _only_if_there(error)
    s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )


def _make_table(dynamodb: "DynamoDBClient", table: str) -> bool:
    wanted: dict[str, Any] = json.loads(TABLE_FILE.read_text()) | {"TableName": table}
    expiry = wanted.pop("TimeToLiveSpecification", None)
    for deployed_only in ("PointInTimeRecoverySpecification", "SSESpecification", "Tags"):
        wanted.pop(deployed_only, None)
    try:
        dynamodb.create_table(**wanted)
    except ClientError as error:
        _only_if_there(error)
        _add_indexes(dynamodb, wanted)
        return False
    if expiry:
        dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=expiry)
    return True


def _add_indexes(dynamodb: "DynamoDBClient", wanted: dict[str, Any]) -> None:
    """Give an older table the indexes that a newer portal reads."""
    table = dynamodb.describe_table(TableName=wanted["TableName"])["Table"]
    there = {index["IndexName"] for index in table.get("GlobalSecondaryIndexes", [])}
    for index in wanted.get("GlobalSecondaryIndexes", []):
        if index["IndexName"] not in there:
            dynamodb.update_table(
                TableName=wanted["TableName"],
                AttributeDefinitions=wanted["AttributeDefinitions"],
                GlobalSecondaryIndexUpdates=[{"Create": index}],
            )


def _only_if_there(error: ClientError) -> None:
    """Raise the error again unless it says that the thing exists."""
    if error.response["Error"]["Code"] not in _THERE:
        raise error
