"""The functions' policies as they stand: what they may never do, and that all that the portal asks for is granted."""

import json

import pytest

from local.engines import ROOT
from tests.deployed import policies
from tests.deployed.iam import Ask, allows
from tests.deployed.policies import FUNCTIONS, Policy
from tests.telling import Asked

TABLE, BUCKET = "arn:aws:dynamodb:us-east-1:000000000000:table/portal-dev", "arn:aws:s3:::media"
KEY = "arn:aws:kms:us-east-1:000000000000:key/1"
#: The trail is read by nothing that is deployed.
_READ_BY_TESTS = ("Query", "AUDIT#")
NAMES = {"PortalTable.Arn": TABLE, "MediaBucket.Arn": BUCKET, "PortalKey.Arn": KEY}
#: Where more than one thing is named at once, and why it can't be narrower.
ARGUED = {
    "s3:DeleteObject": "the objects of a kind lie below one prefix, each under its photo's id",
    "s3:GetObject": "the same",
    "s3:PutObject": "the same",
    "ses:SendEmail": "an installation's senders have names of its own; all are of this account",
    "sns:Publish": "a phone number is no resource: AWS takes `*` only; every topic is left out",
}


def _policy(function: str) -> Policy:
    resolved: Policy = policies.resolve(policies.read(function), NAMES)
    return resolved


def _item(action: str, key: str, index: str = "") -> Ask:
    where = f"{TABLE}/index/{index}" if index else TABLE
    return Ask(f"dynamodb:{action}", where, {"dynamodb:LeadingKeys": (key,)})


def test_every_function_has_a_policy_and_every_policy_a_function() -> None:
    files = {path.stem.removeprefix("policy-") for path in (ROOT / ".chalice").glob("policy-*.json")}
    assert set(FUNCTIONS) <= files
    declared = (ROOT / "app.py").read_text(encoding="utf-8")
    named = {name for name in FUNCTIONS if f'name="{name}"' in declared}
    assert named | {"api_handler"} == set(FUNCTIONS)
    assert declared.count("@app.lambda_function(") + declared.count("@app.schedule(") == len(named)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_action_is_a_wildcard_and_no_resource_but_where_it_is_argued(function: str) -> None:
    for statement in policies.read(function):
        assert statement["Effect"] == "Allow"
        assert not [
            action for action in policies.as_list(statement["Action"]) if "*" in action or "?" in action
        ]
    for grant in policies.grants(function, _policy(function)):
        assert "*" not in grant.resource or grant.action in ARGUED, grant


def test_every_argued_wildcard_is_in_use() -> None:
    used = {
        grant.action
        for function in FUNCTIONS
        for grant in policies.grants(function, _policy(function))
        if "*" in grant.resource
    }
    assert used == set(ARGUED)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_names_of_the_template_are_looked_up_and_no_partition_is_assumed(function: str) -> None:
    text = (ROOT / ".chalice" / f"policy-{function}.json").read_text(encoding="utf-8")
    assert "arn:aws" not in text
    for statement in policies.read(function):
        for resource in policies.as_list(statement.get("Resource") or statement["NotResource"]):
            assert set(resource) == {"Fn::Sub"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_policy_is_short_enough_for_a_role(function: str) -> None:
    """IAM takes 10,240 characters in all of a role's inline policies; Lambda's own part needs some of them."""
    assert len(json.dumps(_policy(function), separators=(",", ":"))) < 8_000


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    "ask",
    [
        _item("Scan", "ACCOUNT#1"),
        _item("BatchWriteItem", "ACCOUNT#1"),
        _item("DeleteTable", "ACCOUNT#1"),
        _item("Query", "AUDIT#maple#2026-11-25"),
        _item("UpdateItem", "AUDIT#maple#2026-11-25"),
        _item("DeleteItem", "AUDIT#maple#2026-11-25"),
        Ask("dynamodb:GetItem", TABLE.replace("-dev", "-prod"), {"dynamodb:LeadingKeys": ("ACCOUNT#1",)}),
        Ask("s3:ListBucketVersions", BUCKET),
        Ask("s3:GetObjectVersion", f"{BUCKET}/photos/1/full.webp"),
        Ask("s3:DeleteObjectVersion", f"{BUCKET}/photos/1/full.webp"),
        Ask("s3:PutObject", f"{BUCKET}/elsewhere/1"),
        Ask("kms:Encrypt", KEY, {"kms:EncryptionContext:portal": ("keyring",)}),
        Ask("kms:Decrypt", KEY, {"kms:EncryptionContext:portal": ("another",)}),
        Ask("kms:Decrypt", KEY),
        Ask("sns:Publish", "arn:aws:sns:us-east-1:000000000000:alarms"),
    ],
    ids=lambda ask: f"{ask.action} {ask.resource.split(':')[-1]} {list(ask.keys.values())}",
)
def test_no_function_may(function: str, ask: Ask) -> None:
    assert not allows(_policy(function), ask)


@pytest.mark.parametrize(
    ("function", "ask"),
    [
        ("api_handler", Ask("s3:GetObject", f"{BUCKET}/uploads/1")),
        ("api_handler", Ask("s3:PutObject", f"{BUCKET}/photos/1/full.webp")),
        ("api_handler", _item("Query", "OUTBOX#1")),
        ("api_handler", _item("DeleteItem", "OUTBOX#1")),
        ("deliver_outbox", _item("PutItem", "ISSUE#1")),
        ("deliver_outbox", _item("GetItem", "ACCOUNT#1")),
        ("photo_arrived", _item("GetItem", "ACCOUNT#1")),
        ("photo_arrived", _item("DeleteItem", "PHOTO#1")),
        ("photo_arrived", Ask("s3:GetObject", f"{BUCKET}/photos/1/full.webp")),
        ("photo_failed", Ask("s3:GetObject", f"{BUCKET}/uploads/1")),
        ("tick", _item("Query", "ACCOUNT#1")),
        ("tick", _item("PutItem", "PHONE#1")),
        ("tick", Ask("s3:DeleteObject", f"{BUCKET}/uploads/1")),
        ("tick", Ask("sns:Publish", "*")),
        ("deliver_outbox", Ask("sns:Publish", "*")),
        ("deliver_outbox", _item("PutItem", "SEND#sms#1")),
        ("send_messages", _item("PutItem", "ISSUE#1")),
        ("send_messages", _item("Query", "OUTBOX#1")),
        ("send_messages", _item("GetItem", "PHONE#1")),
    ],
    ids=str,
)
def test_a_function_may_not_do_what_is_anothers_work(function: str, ask: Ask) -> None:
    assert not allows(_policy(function), ask)
    doing = [name for name in FUNCTIONS if allows(_policy(name), ask)]
    assert doing or ask.keys.get("dynamodb:LeadingKeys", ("",))[0] in ("PHOTO#1", "ACCOUNT#1"), (
        "nobody does it"
    )


def test_whatever_the_portal_asks_of_its_table_a_function_is_granted(asked_by_story: Asked) -> None:
    """The story does everything once; a new kind of key needs a grant, or only AWS would tell."""
    asked = {one for one in asked_by_story if (one[0], one[2]) != _READ_BY_TESTS}
    granted = [_policy(function) for function in FUNCTIONS]
    missing = {
        (action, index, kind)
        for action, index, kind in asked
        if not any(allows(policy, _item(action, kind, index)) for policy in granted)
    }
    assert len(asked) > 30
    assert missing == set()
