"""What a deploy says when something is in the way."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError, NoRegionError

from infra.deploy import explain
from infra.stack import Change, DeployFailed, Stack

Tree = dict[str, Any]


class _Told:
    """CloudFormation in one state."""

    def __init__(self, status: str) -> None:
        self._status = status

    def describe_stacks(self, **_: Any) -> Tree:
        return {"Stacks": [{"StackStatus": self._status}]}


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("UPDATE_IN_PROGRESS", "Wait for it"),
        ("ROLLBACK_COMPLETE", "Delete the stack"),
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback"),
    ],
)
def test_a_stack_that_cannot_be_changed_says_what_to_do(status: str, words: str) -> None:
    with pytest.raises(DeployFailed, match=words):
        Stack(_Told(status), "portal-dev").check()
    Stack(_Told("UPDATE_ROLLBACK_COMPLETE"), "portal-dev").check()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NoCredentialsError(), "No AWS credentials"),
        (NoRegionError(), "No region"),
        (
            ClientError({"Error": {"Code": "ExpiredToken", "Message": ""}}, "GetCallerIdentity"),
            "sign in again",
        ),
        (
            ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "CreateBucket"),
            "may not CreateBucket",
        ),
        (DeployFailed("so it is"), "so it is"),
    ],
)
def test_each_failure_has_words(error: Exception, words: str) -> None:
    assert words in explain(error)


def test_replacing_what_holds_data_is_said_loudly() -> None:
    assert "HOLDS DATA" in str(Change("Modify", "PortalTable", "AWS::DynamoDB::Table", True))
    assert "HOLDS DATA" not in str(Change("Modify", "PortalTable", "AWS::DynamoDB::Table", False))
    assert "HOLDS DATA" in str(Change("Remove", "MediaBucket", "AWS::S3::Bucket", False))
