"""Tells requests that carry the root key's signature from others.

ministack checks signed links and forms, but takes any caller who only names its root key, or the key
"test", for root. Nobody but the portal may do that, so what comes in is looked at here first.
"""

import hmac
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

_HEADER = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/,]+)/\d{8}/(?P<region>[^/,]+)/(?P<service>[^/,]+)/aws4_request"
    r", ?SignedHeaders=(?P<headers>[^,]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)
_LINK = {
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
}
_LINK_MAY_HAVE = {"x-id", "response-content-type", "response-content-disposition", "response-cache-control"}


def is_signed_link(access_key: str, query: str) -> bool:
    """True when a query is one signature by this key and nothing else; ministack checks if it is right."""
    pairs = parse_qsl(query, keep_blank_values=True)
    given = dict(pairs)
    if len(given) != len(pairs) or not given.keys() >= _LINK or given.keys() - _LINK - _LINK_MAY_HAVE:
        return False
    by_key = given["X-Amz-Credential"].startswith(f"{access_key}/")
    return by_key and given["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"


def may_be_signed_form(method: str, query: str, headers: Mapping[str, str]) -> bool:
    """True for a form upload: its policy and signature are in the body, where ministack looks at them."""
    form = headers.get("content-type", "").lower().startswith("multipart/form-data")
    return method == "POST" and not query and form


def is_signed_request(
    keys: tuple[str, str], method: str, target: str, headers: Mapping[str, str], body: bytes
) -> bool:
    """True when the Authorization header is a right signature of this request by these keys.

    `target` is the raw path with its query, `headers` have lower-case names. An object's body isn't read: its
    hash is among the signed headers.
    """
    claim = _HEADER.fullmatch(headers.get("authorization", ""))
    if claim is None or claim["key"] != keys[0] or "x-amz-date" not in headers:
        return False
    names = claim["headers"].split(";")
    signed = {name: headers[name] for name in names if name in headers}
    if len(signed) != len(names) or "host" not in signed:
        return False
    request = AWSRequest(method, f"http://{headers['host']}{target}", headers=signed, data=body)
    request.context["timestamp"] = headers["x-amz-date"]
    signer = _AsSent(Credentials(*keys), claim["service"], claim["region"])
    right = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    return hmac.compare_digest(right, claim["signature"])


class _AsSent(SigV4Auth):
    """Signs the path as it came over the wire."""

    def _normalize_url_path(self, path: str) -> str:
        return path or "/"
