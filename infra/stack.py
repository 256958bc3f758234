"""A CloudFormation stack as a deploy needs it: its state, a change set in words, applying it, what came out."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

#: CloudFormation's ways of saying that there is nothing to do.
_NOTHING = ("didn't contain changes", "No updates are to be performed")
#: What holds data: replacing or removing one of these is told apart.
_HOLDS_DATA = {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key"}
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
_WORDS = {
    "Add": "makes",
    "Modify": "changes",
    "Remove": "removes",
    "Import": "takes in",
    "Dynamic": "may change",
}


class DeployFailed(Exception):
    """It did not work; the text says what happened and what to do, in words for whoever deploys."""


@dataclass(frozen=True)
class Change:
    """One resource that would change."""

    action: str
    name: str
    kind: str
    replaced: bool

    @property
    def loses_data(self) -> bool:
        """Whether what holds data would be replaced by something empty, or go."""
        return self.kind in _HOLDS_DATA and (self.replaced or self.action == "Remove")

    def __str__(self) -> str:
        doing = "REPLACES" if self.replaced else _WORDS.get(self.action, self.action)
        warning = "  <- HOLDS DATA: the old one is kept, the new one is empty" if self.loses_data else ""
        return f"  {doing} {self.name} ({self.kind}){warning}"


class Stack:
    """One stack by its name."""

    def __init__(self, client: Any, name: str, pause: Callable[[float], None] = time.sleep) -> None:
        """`client` is botocore's; `pause` waits that many seconds between two looks."""
        self._client, self.name, self._pause = client, name, pause

    def _description(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = self._client.describe_stacks(StackName=self.name)["Stacks"][0]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationError":
                raise
            return {}
        return found

    @property
    def status(self) -> str:
        """CloudFormation's word for its state; empty when there is none. A change set nobody applied makes none."""
        status = str(self._description().get("StackStatus", ""))
        return "" if status == "REVIEW_IN_PROGRESS" or status == "DELETE_COMPLETE" else status

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters' present values."""
        rows = self._description().get("Parameters", [])
        return {row["ParameterKey"]: row.get("ParameterValue", "") for row in rows}

    @property
    def outputs(self) -> dict[str, str]:
        """What the stack says about itself."""
        return {row["OutputKey"]: row["OutputValue"] for row in self._description().get("Outputs", [])}

    def check(self) -> None:
        """Raises DeployFailed when the stack can't be changed as it is."""
        status = self.status
        if status.endswith("_IN_PROGRESS"):
            raise DeployFailed(f"{self.name} is being changed at this moment ({status}). Wait for it to end.")
        if status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"):
            raise DeployFailed(
                f"{self.name} was never complete ({status}) and can't be updated. Delete the stack; what holds data is "
                "kept and has to be removed by hand when it is empty, or be imported. Then deploy again."
            )
        if status == "UPDATE_ROLLBACK_FAILED":
            raise DeployFailed(
                f"{self.name} stands half-way ({status}). Remove what stopped the rollback (its events name it), "
                "then `aws cloudformation continue-update-rollback`, then deploy again."
            )

    def propose(self, template_url: str, parameters: dict[str, str], tags: dict[str, str]) -> str | None:
        """Make a change set; gives back its id, or None when nothing would change."""
        made = self._client.create_change_set(
            StackName=self.name,
            ChangeSetName=f"deploy-{int(time.time() * 1000)}",
            ChangeSetType="UPDATE" if self.status else "CREATE",
            TemplateURL=template_url,
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()
            ],
            Capabilities=_CAPABILITIES,
            Tags=[{"Key": name, "Value": value} for name, value in tags.items()],
        )
        change_set = str(made["Id"])
        while (seen := self._seen(change_set))["Status"] in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
            self._pause(2)
        if seen["Status"] == "CREATE_COMPLETE":
            return change_set
        reason = seen.get("StatusReason", "no reason given")
        self.withdraw(change_set)
        if any(words in reason for words in _NOTHING):
            return None
        raise DeployFailed(f"CloudFormation refuses the template: {reason}")

    def _seen(self, change_set: str, **more: str) -> dict[str, Any]:
        found: dict[str, Any] = self._client.describe_change_set(
            ChangeSetName=change_set, StackName=self.name, **more
        )
        return found

    def changes(self, change_set: str) -> Iterator[Change]:
        """What a change set would do, resource by resource."""
        more: dict[str, str] = {}
        while True:
            page = self._seen(change_set, **more)
            for row in page.get("Changes", []):
                change = row["ResourceChange"]
                replaced = change.get("Replacement") == "True"
                yield Change(change["Action"], change["LogicalResourceId"], change["ResourceType"], replaced)
            if not page.get("NextToken"):
                return
            more = {"NextToken": page["NextToken"]}

    def withdraw(self, change_set: str) -> None:
        """Forget a change set that nobody wants."""
        self._client.delete_change_set(ChangeSetName=change_set, StackName=self.name)

    def apply(self, change_set: str, most_s: float = 5400) -> None:
        """Carry a change set out and wait for the end, traffic shift included. Raises DeployFailed with the reasons."""
        newest = next((event["EventId"] for event in self._events()), None)
        self._client.execute_change_set(ChangeSetName=change_set, StackName=self.name)
        waited = 0.0
        while not (status := self._ended(newest)):
            if waited >= most_s:
                raise DeployFailed(
                    f"{self.name} is still at work ({self.status}). Look at the stack's events."
                )
            self._pause(5)
            waited += 5
        if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            reasons = "\n".join(f"  {line}" for line in self._reasons(newest))
            raise DeployFailed(f"{self.name} went back to what it was ({status}), because:\n{reasons}")

    def _events(self, after: str | None = None) -> Iterator[dict[str, Any]]:
        """The stack's events, the newest first, until one that was known before."""
        for page in self._client.get_paginator("describe_stack_events").paginate(StackName=self.name):
            for event in page["StackEvents"]:
                if event["EventId"] == after:
                    return
                yield event

    def _ended(self, newest: str | None) -> str:
        """How the work that began after an event ended; empty while it goes on. The stack's state may lag behind."""
        for event in self._events(newest):
            if (
                event["ResourceType"] == "AWS::CloudFormation::Stack"
                and event["LogicalResourceId"] == self.name
            ):
                status = str(event["ResourceStatus"])
                return "" if status.endswith("_IN_PROGRESS") else status
        return ""

    def _reasons(self, newest: str | None) -> list[str]:
        """Why it failed, the first cause first; what was only cancelled because of it says nothing."""
        failed = [event for event in self._events(newest) if "FAILED" in event["ResourceStatus"]]
        lines = [f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason', '')}" for e in reversed(failed)]
        return [line for line in lines if "cancelled" not in line.lower()] or ["the stack's events don't say"]
