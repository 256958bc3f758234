"""The bucket that packages and templates go through on their way to CloudFormation; one of each stage's own."""

import hashlib
import json
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.stack import DeployFailed

#: CloudFormation needs the package of the version before to go back to it; a year is longer than anybody waits.
_KEEP_DAYS = 365


class PackageStore:
    """Puts files under the hash of what they hold: the same one is never sent twice."""

    def __init__(self, client: Any, bucket: str, region: str) -> None:
        """`client` is botocore's for S3."""
        self._client, self.bucket, self._region = client, bucket, region

    def make(self) -> None:
        """Make the bucket if it is missing. Raises DeployFailed when its name is somebody else's."""
        try:
            self._client.head_bucket(Bucket=self.bucket)
            return
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("404", "NoSuchBucket"):
                raise DeployFailed(f"The bucket {self.bucket} can't be used: {error}") from error
        where = (
            {}
            if self._region == "us-east-1"
            else {"CreateBucketConfiguration": {"LocationConstraint": self._region}}
        )
        self._client.create_bucket(Bucket=self.bucket, **where)
        closed = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
        self._client.put_public_access_block(
            Bucket=self.bucket, PublicAccessBlockConfiguration=dict.fromkeys(closed, True)
        )
        rule = {
            "ID": "old",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "Expiration": {"Days": _KEEP_DAYS},
        }
        self._client.put_bucket_lifecycle_configuration(
            Bucket=self.bucket, LifecycleConfiguration={"Rules": [rule]}
        )
        print(f"Made the bucket {self.bucket} for packages.")

    def put_file(self, file: Path) -> dict[str, str]:
        """Store a package; gives back its place as a template names it."""
        return {"Bucket": self.bucket, "Key": self._put(file.read_bytes(), ".zip")}

    def put_template(self, template: dict[str, Any]) -> str:
        """Store a template, which is too large for a call of its own; gives back its address."""
        key = self._put(json.dumps(template, separators=(",", ":"), sort_keys=True).encode(), ".json")
        suffix = ".cn" if self._region.startswith("cn-") else ""
        return f"https://s3.{self._region}.amazonaws.com{suffix}/{self.bucket}/{key}"

    def _put(self, content: bytes, ending: str) -> str:
        key = hashlib.sha256(content).hexdigest() + ending
        try:
            self._client.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("404", "NoSuchKey"):
                raise
            self._client.put_object(Bucket=self.bucket, Key=key, Body=content, ServerSideEncryption="AES256")
        return key
