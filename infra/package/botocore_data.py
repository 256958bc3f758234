"""botocore's data, cut down to the services and operations that the portal uses.

Everything about regions and partitions stays, `aws-cn` included, for these services.
"""

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

Json = dict[str, Any]

#: Service → what the deployed code calls of it; a test compares with the code.
USED: dict[str, tuple[str, ...]] = {
    "dynamodb": ("BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem"),
    # HeadBucket: botocore asks by it where a bucket is, when told that it is elsewhere.
    "s3": ("DeleteObject", "DeleteObjects", "GetObject", "HeadBucket", "HeadObject", "ListObjectsV2", "PutObject"),
    "sns": ("Publish",),
    "sesv2": ("SendEmail",),
    "kms": ("Decrypt",),
}  # fmt: skip
# Kept for sessions of a role; sizes are small.
_ENDPOINTS_OF = {*USED, "sts"}
#: Services whose addresses follow the rules of endpoints.json; S3 needs its own rules (buckets in host names).
_WITHOUT_RULES = ("dynamodb", "sns", "sesv2", "kms")
_FILES = ("_retry.json", "endpoints.json", "partitions.json", "sdk-default-configuration.json")


def trim(tree: Path) -> None:
    """Rewrite `botocore/data` in place: fewer services, operations and rules, no texts, nothing to decompress."""
    data = tree / "botocore" / "data"
    for entry in data.iterdir():
        if entry.is_dir() and entry.name not in USED:
            shutil.rmtree(entry)
        elif entry.is_file() and entry.name not in _FILES:
            entry.unlink()
    for service, operations in USED.items():
        _trim_service(data / service, operations, service not in _WITHOUT_RULES)
    endpoints = data / "endpoints.json"
    _write(endpoints, _trimmed_endpoints(json.loads(endpoints.read_text())))


def _trim_service(folder: Path, operations: tuple[str, ...], rules: bool) -> None:
    *old, newest = sorted(folder.iterdir())
    for version in old:
        shutil.rmtree(version)
    model = trimmed_model(_read(newest / "service-2.json.gz"), operations)
    extras = newest / "service-2.sdk-extras.json"
    kept = {newest / "service-2.json": model}
    if rules:
        kept[newest / "endpoint-rule-set-1.json"] = _read(newest / "endpoint-rule-set-1.json.gz")
    if extras.is_file():
        kept[extras] = json.loads(extras.read_text())
    for file in newest.iterdir():
        file.unlink()
    for file, content in kept.items():
        _write(file, content)


def trimmed_model(model: Json, operations: tuple[str, ...]) -> Json:
    """A service's model with these operations and the shapes that they reach, without texts."""
    kept = {name: model["operations"][name] for name in operations}
    shapes: Json = {}
    waiting = [name for operation in kept.values() for name in _named_shapes(operation)]
    while waiting:
        name = waiting.pop()
        if name not in shapes:
            shapes[name] = model["shapes"][name]
            waiting += _named_shapes(shapes[name])
    ordered = {name: shape for name, shape in model["shapes"].items() if name in shapes}
    found: Json = _without_texts({**model, "operations": kept, "shapes": ordered})
    if "clientContextParams" in model:  # the one place whose texts botocore insists on
        found["clientContextParams"] = model["clientContextParams"]
    return found


def _named_shapes(value: Any) -> list[str]:
    """The shapes that a part of a model refers to."""
    if isinstance(value, list):
        return [name for part in value for name in _named_shapes(part)]
    if not isinstance(value, dict):
        return []
    own = [value["shape"]] if isinstance(value.get("shape"), str) else []
    return own + [name for part in value.values() for name in _named_shapes(part)]


def _without_texts(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_texts(part) for part in value]
    if not isinstance(value, dict):
        return value
    # A member may have that name too; then it is a shape, not a text.
    return {
        name: _without_texts(part)
        for name, part in value.items()
        if not (name == "documentation" and isinstance(part, str))
    }


def _trimmed_endpoints(endpoints: Json) -> Json:
    for partition in endpoints["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in services if name in _ENDPOINTS_OF}
        partition["regions"] = {name: {} for name in partition["regions"]}  # without their descriptions
    return endpoints


def _read(file: Path) -> Json:
    found: Json = json.loads(gzip.decompress(file.read_bytes()))
    return found


def _write(file: Path, content: Json) -> None:
    file.write_text(json.dumps(content, separators=(",", ":"), ensure_ascii=False))
