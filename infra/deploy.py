"""Puts a built package on AWS: `make deploy STAGE=prod`. Shows what would change, asks, applies, says where it is.

`infra/stages/<stage>.json` holds what the company chooses for a stage (parameters, docs/operations.md). The first
deploy makes the data keys as well: encrypted by the stage's own KMS key before they are kept, and shown nowhere.
"""

import argparse
import base64
import hashlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from boto3.session import Session
from botocore.exceptions import ClientError, NoCredentialsError, NoRegionError

from chalicelib.crypto import Keyring
from infra.packages import PackageStore
from infra.sam import ROOT, STAGES
from infra.stack import DeployFailed, Stack

#: What the stack keeps from deploy to deploy, because the first one has made it.
_KEPT = ("KeyringCiphertext", "PublicOrigin")
Ask = Callable[[str, bool], bool]


def say_yes(question: str, loses_data: bool) -> bool:
    """Ask at the terminal; `YES=1` answers for pipelines, but never for what holds data."""
    if os.environ.get("YES") == "1" and not loses_data:
        return True
    return sys.stdin.isatty() and input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def wanted(stage: str, template: dict[str, Any], folder: Path = ROOT / "infra" / "stages") -> dict[str, str]:
    """The parameters that a stage's file chooses; raises DeployFailed for one that the template does not have."""
    file = folder / f"{stage}.json"
    chosen = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    if unknown := sorted(set(chosen) - set(template["Parameters"])):
        raise DeployFailed(f"{file.name} chooses what the template does not have: {', '.join(unknown)}")
    return {name: str(value) for name, value in chosen.items()}


def stamp(template: dict[str, Any], package: dict[str, str], parameters: dict[str, str]) -> dict[str, Any]:
    """The template with the package's place, and a mark for each function that changes with its code or its settings.

    Lambda makes a new version, and with it a gradual shift, only when the mark changes: without it a new setting
    would wait in the newest code until some later change of the code brought it to people.
    """
    stamped: dict[str, Any] = json.loads(json.dumps(template))
    for resource in stamped["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            properties = resource["Properties"]
            properties["CodeUri"] = package
            told = json.dumps([properties, parameters], sort_keys=True)
            properties["AutoPublishCodeSha256"] = hashlib.sha256(told.encode()).hexdigest()
    return stamped


def first_keyring(kms: Any, key_arn: str) -> str:
    """New data keys, encrypted by the stage's KMS key, in base64. Nobody ever sees them in the clear."""
    answer = kms.encrypt(
        KeyId=key_arn,
        Plaintext=Keyring.generate().to_json().encode(),
        EncryptionContext={"portal": "keyring"},
    )
    return base64.b64encode(answer["CiphertextBlob"]).decode()


class Deployment:
    """One deploy of one stage."""

    def __init__(
        self, session: Any, stage: str, template: dict[str, Any], package: Path, ask: Ask, **options: Any
    ) -> None:
        """`session` is botocore's; `options` go to the clients and, as `pause`, to the waiting."""
        pause = {"pause": options.pop("pause")} if "pause" in options else {}
        self._session, self._options = session, options
        self.stage, self._template, self._package, self._ask = stage, template, package, ask
        self.stack = Stack(self._client("cloudformation"), f"portal-{stage}", **pause)
        self.region = session.region_name

    def _client(self, service: str) -> Any:
        return self._session.client(service, **self._options)

    def run(self, chosen: dict[str, str]) -> dict[str, str] | None:
        """Bring the stage to what the template says; gives back the outputs, or None when the answer was no."""
        account = self._client("sts").get_caller_identity()["Account"]
        print(f"Account {account}, {self.region}, stack {self.stack.name}")
        self.stack.check()
        store = PackageStore(
            self._client("s3"), f"portal-{self.stage}-packages-{account}-{self.region}", self.region
        )
        store.make()
        if not self._change(store, chosen, self._ask):
            return None
        if not self.stack.parameters.get("KeyringCiphertext"):
            self._first_keys(store, chosen)
        return self.stack.outputs

    def _change(self, store: PackageStore, chosen: dict[str, str], ask: Ask) -> bool:
        """Propose, show, ask, apply; False when the answer was no."""
        kept = {name: value for name, value in self.stack.parameters.items() if name in _KEPT}
        parameters = {**kept, **chosen}
        package = store.put_file(self._package)
        url = store.put_template(stamp(self._template, package, parameters))
        change_set = self.stack.propose(url, parameters, {"portal-stage": self.stage})
        if change_set is None:
            print("Nothing to change.")
            return True
        print("This would happen:")
        changes = list(self.stack.changes(change_set))
        print("\n".join(str(change) for change in changes))
        if not ask(f"Apply to {self.stack.name}?", any(change.loses_data for change in changes)):
            self.stack.withdraw(change_set)
            print("Nothing was changed.")
            return False
        self.stack.apply(change_set)
        return True

    def _first_keys(self, store: PackageStore, chosen: dict[str, str]) -> None:
        """Once: make the keyring and say under which address browsers come, then let the functions run."""
        print("First deploy: making the data keys, then starting the clock and the deliveries.")
        outputs = self.stack.outputs
        address = urlsplit(outputs["PortalURL"])
        made = {
            "KeyringCiphertext": first_keyring(self._client("kms"), outputs["KeyArn"]),
            "PublicOrigin": f"{address.scheme}://{address.netloc}",
        }
        self._change(store, {**made, **chosen}, lambda *_: True)
        if self.stack.parameters.get("KeyringCiphertext") != made["KeyringCiphertext"]:
            raise DeployFailed(
                "The stack did not take the data keys. Deploy again: it makes others, nothing uses these yet."
            )


def explain(error: Exception) -> str:
    """A failure in words for whoever deploys."""
    if isinstance(error, NoCredentialsError):
        return "No AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
    if isinstance(error, NoRegionError):
        return "No region: set AWS_REGION, such as eu-central-1 or cn-north-1."
    if isinstance(error, ClientError):
        code, text = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        if code in ("ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "SignatureDoesNotMatch"):
            return f"AWS does not take the credentials ({code}): sign in again."
        if code.startswith("AccessDenied") or code == "UnauthorizedOperation":
            return f"These credentials may not {error.operation_name}: {text}"
        return f"AWS refuses {error.operation_name}: {code}: {text}"
    return str(error)


def main() -> int:
    """Deploy a stage; 1 with the reason when that did not work, 2 when the answer was no."""
    parser = argparse.ArgumentParser(description="Deploy a built stage.")
    parser.add_argument("stage", choices=STAGES)
    stage = parser.parse_args().stage
    built = ROOT / "build" / stage
    try:
        template = json.loads((built / "template.json").read_text(encoding="utf-8"))
        session = Session(region_name=os.environ.get("AWS_REGION"))
        deployment = Deployment(session, stage, template, built / "deployment.zip", say_yes)
        outputs = deployment.run(wanted(stage, template))
    except FileNotFoundError as error:
        print(f"{error.filename} is missing: run `make package STAGE={stage}` first.", file=sys.stderr)
        return 1
    except (DeployFailed, ClientError, NoCredentialsError, NoRegionError) as error:
        print(explain(error), file=sys.stderr)
        return 1
    for name, value in sorted((outputs or {}).items()):
        print(f"  {name}: {value}")
    return 0 if outputs is not None else 2


if __name__ == "__main__":
    sys.exit(main())
