"""`make restore-table FROM=… TO=… [AT=…]`: a table as it was at a moment, from DynamoDB's own backups, as a new table.

A restored table has records and indexes, but no expiry, stream, backups, protection or tags: they are set here, from
`infra/table.json` and from the table it was made of. The portal goes on with the old table until TABLE_NAME says
otherwise; `docs/operations.md` has the whole way.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boto3.session import Session
from botocore.exceptions import ClientError

from chalicelib.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE_FILE = Path(__file__).parent / "table.json"
_POLL_S = 15.0


class NoBackup(Exception):
    """There is nothing to restore from."""


def restore_table(
    dynamodb: "DynamoDBClient",
    source: str,
    target: str,
    at: datetime | None,
    kms_key: str | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Make `target` what `source` was at a moment (None: the latest that there is), with all settings of the portal's
    table. A source that was deleted is taken from the backup that DynamoDB keeps of it for 35 days. Started
    again after it was stopped, it goes on. It is encrypted with `kms_key`, or the source's. Raises NoBackup."""
    found = _describe(dynamodb, source)
    if _describe(dynamodb, target) is None:
        _begin(dynamodb, source, target, at, found, kms_key or _kms_key(found))
    _wait(dynamodb, target, sleep)
    settle(dynamodb, target, _tags(dynamodb, found, target), sleep)


def _begin(
    dynamodb: "DynamoDBClient",
    source: str,
    target: str,
    at: datetime | None,
    found: dict[str, Any] | None,
    kms_key: str | None,
) -> None:
    sse: Any = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": kms_key}
    also: Any = {"TargetTableName": target, **({"SSESpecificationOverride": sse} if kms_key else {})}
    if found is None:
        kept = dynamodb.list_backups(TableName=source, BackupType="ALL").get("BackupSummaries", [])
        if not kept:
            raise NoBackup(f"There is no table {source}, and no backup of it.")
        newest = max(kept, key=lambda one: one["BackupCreationDateTime"])
        dynamodb.restore_table_from_backup(BackupArn=newest["BackupArn"], **also)
        return
    when: dict[str, Any] = {"RestoreDateTime": at} if at else {"UseLatestRestorableTime": True}
    dynamodb.restore_table_to_point_in_time(SourceTableName=source, **also, **when)


def settle(
    dynamodb: "DynamoDBClient",
    table: str,
    tags: list[Any],
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Give a restored table what a backup does not bring back; what is set already stays."""
    wanted: dict[str, Any] = json.loads(TABLE_FILE.read_text())
    found = _describe(dynamodb, table)
    assert found is not None
    if not found.get("StreamSpecification", {}).get("StreamEnabled"):
        dynamodb.update_table(TableName=table, StreamSpecification=wanted["StreamSpecification"])
        _wait(dynamodb, table, sleep)
    expiry = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    if expiry.get("TimeToLiveStatus") not in ("ENABLED", "ENABLING"):
        dynamodb.update_time_to_live(
            TableName=table, TimeToLiveSpecification=wanted["TimeToLiveSpecification"]
        )
    recovery: Any = {"PointInTimeRecoveryEnabled": True}
    dynamodb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=recovery)
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=True)
    if tags:
        dynamodb.tag_resource(ResourceArn=found["TableArn"], Tags=tags)
    _wait(dynamodb, table, sleep)


def lacking(dynamodb: "DynamoDBClient", table: str) -> list[str]:
    """What a table lacks of what the portal's table has; empty when it has everything."""
    found = _describe(dynamodb, table)
    if found is None:
        return [f"there is no table {table}"]
    wanted: dict[str, Any] = json.loads(TABLE_FILE.read_text())
    indexes = {index["IndexName"] for index in found.get("GlobalSecondaryIndexes", [])}
    expiry = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    backups: Any = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    recovery = backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus")
    has = {
        **{
            f"index {one['IndexName']}": one["IndexName"] in indexes
            for one in wanted["GlobalSecondaryIndexes"]
        },
        "stream": bool(found.get("StreamSpecification", {}).get("StreamEnabled")),
        "expiry": expiry.get("TimeToLiveStatus") in ("ENABLED", "ENABLING"),
        "point-in-time recovery": recovery == "ENABLED",
        "deletion protection": bool(found.get("DeletionProtectionEnabled")),
    }
    return [name for name, there in has.items() if not there]


def _describe(dynamodb: "DynamoDBClient", table: str) -> dict[str, Any] | None:
    try:
        found: Any = dynamodb.describe_table(TableName=table)["Table"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return None
    return dict(found)


def _kms_key(found: dict[str, Any] | None) -> str | None:
    """The company's own key that a table is encrypted with; None for AWS's."""
    key: str | None = (found or {}).get("SSEDescription", {}).get("KMSMasterKeyArn")
    return key


def _tags(dynamodb: "DynamoDBClient", found: dict[str, Any] | None, target: str) -> list[Any]:
    """The source's own tags; those that begin with `aws:` belong to CloudFormation and can't be set. Of a source that
    is gone only the stage is known, which the budget goes by: it ends the name."""
    if found is None:
        return [{"Key": "portal-stage", "Value": target.removeprefix("portal-")}]
    tags = dynamodb.list_tags_of_resource(ResourceArn=found["TableArn"]).get("Tags", [])
    return [tag for tag in tags if not tag["Key"].startswith("aws:")]


def _wait(dynamodb: "DynamoDBClient", table: str, sleep: Callable[[float], None]) -> None:
    """Until a table and all its indexes can be used: for a restore that takes minutes, or hours when it is large."""
    while True:
        found = _describe(dynamodb, table)
        states = [found["TableStatus"]] if found else []
        states += [one.get("IndexStatus") for one in (found or {}).get("GlobalSecondaryIndexes", [])]
        if states and set(states) == {"ACTIVE"}:
            return
        sleep(_POLL_S)


def main(source: str, target: str, at: str = "") -> int:
    """Restore, and say what the new table lacks; 1 when that is anything."""
    config = settings()
    dynamodb = Session(region_name=config.aws_region).client("dynamodb", endpoint_url=config.aws_endpoint_url)
    try:
        moment = datetime.fromisoformat(at) if at else None
        restore_table(dynamodb, source, target, moment, os.environ.get("KMS_KEY"))
    except NoBackup as error:
        print(error, file=sys.stderr)
        return 1
    left = lacking(dynamodb, target)
    print(f"{target} is there" + (f", but lacks: {', '.join(left)}" if left else " with all that it needs."))
    print(f"Now: TABLE_NAME={target} ENGINE=aws make verify")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
