"""The only module that talks to S3: photos arrive, are read, written, linked to and deleted here."""

import base64
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote

from chalicelib import aws, aws_errors, signing
from chalicelib.errors import NotFound, TooLarge, Unavailable

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

_MISSING = {"NoSuchKey", "NotFound", "404"}
_BUSY = {"SlowDown", "Throttling", "ThrottlingException", "RequestTimeout", "RequestLimitExceeded"}


@dataclass(frozen=True)
class UploadForm:
    """A multipart form to post to `url`: `fields` in this order, then `file`; until `expires_at`."""

    url: str
    fields: dict[str, str]
    expires_at: datetime


@dataclass(frozen=True)
class StoredObject:
    """An entry of a listing; `size` in bytes, `modified` in UTC."""

    key: str
    size: int
    modified: datetime


class Storage:
    """One bucket. Client and credentials are looked up when first needed, never while importing.

    Every method that goes over the network raises Unavailable when the store is slow, busy or away; a retry
    is safe then. What only a wrong setup causes (no such bucket, no permission) is raised as it comes.
    """

    def __init__(
        self, bucket: str, *, region: str, endpoint_url: str | None = None, session: "Session | None" = None
    ) -> None:
        """`endpoint_url` names another store than AWS's own, addressed as `<endpoint>/<bucket>/<key>`."""
        self.bucket = bucket
        self.region = region
        self.endpoint_url = endpoint_url.rstrip("/") if endpoint_url else None
        self._given_session = session

    @cached_property
    def client(self) -> "S3Client":
        """The S3 client, for setting up buckets; everything else has a method here."""
        from botocore.config import Config

        config = Config(
            signature_version="s3v4",
            connect_timeout=2,
            read_timeout=10,
            retries={"mode": "standard", "max_attempts": 3},
            s3={"addressing_style": "path" if self.endpoint_url else "virtual"},
        )
        client: S3Client = aws.client("s3", self.region, self.endpoint_url, config, self._given_session)
        return client

    def upload_form(
        self,
        key: str,
        *,
        now: datetime,
        content_type: str | None,
        max_bytes: int,
        exact_bytes: int | None,
        expires_in_s: int,
        origin: str | None,
        redirect_to: str | None,
    ) -> UploadForm:
        """A presigned form for exactly this key, between 1 and `max_bytes` bytes or exactly `exact_bytes`.

        The store refuses any other type than `content_type`, and any field that is not in the form. After
        the upload it sends the browser to `redirect_to`, with `bucket`, `key` and `etag` added to the query;
        without, it answers 204. `origin` (scheme and host) replaces the store's own in the form's address.
        """
        signer = self._signer()
        fields = {
            "key": key,
            "Content-Type": content_type,
            "success_action_redirect": redirect_to,
            "x-amz-algorithm": signing.ALGORITHM,
            "x-amz-credential": signer.credential(now),
            "x-amz-date": signing.stamp(now),
            "x-amz-security-token": signer.token,
        }
        given = {name: value for name, value in fields.items() if value}
        expires_at = now + timedelta(seconds=expires_in_s)
        size = (exact_bytes, exact_bytes) if exact_bytes else (1, max_bytes)
        given["policy"] = self._policy(given, size, expires_at)
        given["x-amz-signature"] = signer.signature(given["policy"], now)
        return UploadForm(self._base(origin), given, expires_at)

    def signed_url(
        self, key: str, *, now: datetime, origin: str | None = None, window_s: int = 600, valid_s: int = 1800
    ) -> str:
        """A link to read the object, the same for everybody within `window_s`: browsers can cache it.

        It works for `valid_s - window_s` to `valid_s` seconds from `now` on. No round trip.
        """
        start = int(now.timestamp()) // window_s * window_s
        url = f"{self._base(origin)}/{quote(key, safe='/-_.~')}"
        return self._signer().link(url, datetime.fromtimestamp(start, UTC), valid_s)

    def read(self, key: str, max_bytes: int) -> bytes:
        """The object's bytes. Raises NotFound, and TooLarge above `max_bytes` before reading any of them."""
        with _named_errors():
            answer = self.client.get_object(Bucket=self.bucket, Key=key)
            with answer["Body"] as body:
                if answer["ContentLength"] > max_bytes:
                    raise TooLarge
                return body.read()

    def write(self, key: str, data: bytes, content_type: str, cache_control: str) -> None:
        """Store the object; when this returns, it is there. Overwrites."""
        with _named_errors():
            self.client.put_object(
                Bucket=self.bucket, Key=key, Body=data, ContentType=content_type, CacheControl=cache_control
            )

    def delete(self, *keys: str) -> None:
        """Remove objects; one that is not there is no error."""
        for at in range(0, len(keys), 1000):  # the most that S3 takes in one call
            objects: Sequence[ObjectIdentifierTypeDef] = [{"Key": key} for key in keys[at : at + 1000]]
            with _named_errors():
                answer = self.client.delete_objects(
                    Bucket=self.bucket, Delete={"Objects": objects, "Quiet": True}
                )
            if answer.get("Errors"):
                raise Unavailable

    def list(self, prefix: str, limit: int) -> tuple[StoredObject, ...]:
        """The first `limit` objects (at most 1000) whose keys begin with `prefix`, by key."""
        with _named_errors():
            page = self.client.list_objects_v2(Bucket=self.bucket, Prefix=prefix, MaxKeys=limit)
        rows = page.get("Contents", [])
        return tuple(StoredObject(row["Key"], row["Size"], row["LastModified"]) for row in rows)

    def walk(self, prefix: str) -> Iterator[str]:
        """The keys of all objects that begin with `prefix`: for checks, never for a request."""
        with _named_errors():
            for page in self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=prefix
            ):
                yield from (row["Key"] for row in page.get("Contents", []))

    def _signer(self) -> signing.Signer:
        keys = aws.keys(self._given_session)
        if keys is None or not keys.access_key or not keys.secret_key:
            raise RuntimeError("no AWS credentials in the environment")
        return signing.Signer(*keys, self.region)

    def _base(self, origin: str | None) -> str:
        """The address of the bucket, without a slash at the end."""
        if origin or self.endpoint_url:
            return f"{origin or self.endpoint_url}/{self.bucket}"
        suffix = ".cn" if self.region.startswith("cn-") else ""
        return f"https://{self.bucket}.s3.{self.region}.amazonaws.com{suffix}"

    def _policy(self, fields: dict[str, str], size: tuple[int, int], expires_at: datetime) -> str:
        conditions: list[object] = [{"bucket": self.bucket}, ["content-length-range", *size]]
        conditions += [{name: value} for name, value in fields.items()]
        policy = {"expiration": f"{expires_at:%Y-%m-%dT%H:%M:%SZ}", "conditions": conditions}
        return base64.b64encode(json.dumps(policy).encode()).decode()


@contextmanager
def _named_errors() -> Iterator[None]:
    """The store's failures as the portal's; the rest passes."""
    try:
        yield
    except (aws_errors.ConnectionError, aws_errors.HTTPClientError, aws_errors.IncompleteReadError) as error:
        raise Unavailable from error
    except aws_errors.ClientError as error:
        code = error.response["Error"]["Code"]
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if code in _MISSING:
            raise NotFound from error
        if status >= 500 or status == 429 or code in _BUSY:
            raise Unavailable from error
        raise
