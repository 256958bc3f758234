"""What an installation chooses when it deploys: the template's parameters, and the functions' environment from them."""

from typing import Any

from chalicelib.settings import Settings

#: Settings that the template does not set, and why.
NOT_DEPLOYED = {
    "AWS_REGION": "Lambda sets it itself, and lets nobody else",
    "AWS_ENDPOINT_URL": "another engine than AWS's own: local only",
    "KEY_FILE": "local only; deployed keys come by KEYRING_CIPHERTEXT",
    "MESSAGE_SECRETS_FILE": "local only; deployed secrets come by MESSAGE_SECRETS_CIPHERTEXT",
}

#: Parameters that are not plain settings.
_OWN: dict[str, dict[str, Any]] = {
    "KeyringCiphertext": {
        "Type": "String",
        "Default": "",
        "Description": "The data keys, encrypted by KMS; made by the first deploy. Empty: nothing runs yet.",
    },
    "PublicOrigin": {
        "Type": "String",
        "Default": "",
        "AllowedPattern": "(https://[^/]+)?",
        "Description": "Scheme and host by which browsers reach the portal; the first deploy fills it in.",
    },
    "DomainName": {"Type": "String", "Default": "", "Description": "A domain of one's own; empty for API Gateway's."},
    "CertificateArn": {
        "Type": "String",
        "Default": "",
        "Description": "The certificate of DomainName, in the same region.",
    },
    "AlarmEmail": {"Type": "String", "Default": "", "Description": "Who gets the alarms; confirm the first mail."},
    "BudgetAmount": {
        "Type": "Number",
        "Default": 200,
        "MinValue": 1,
        "Description": "What the stage may cost a month, in USD (in China CNY); told at 80 %.",
    },
    "RequestsPerSecond": {
        "Type": "Number",
        "Default": 200,
        "MinValue": 1,
        "Description": "Beyond this API Gateway answers 429.",
    },
    "RequestsAtOnce": {
        "Type": "Number",
        "Default": 400,
        "MinValue": 1,
        "Description": "The same for a moment's burst.",
    },
    "ReserveConcurrency": {
        "Type": "String",
        "Default": "yes",
        "AllowedValues": ["yes", "no"],
        "Description": "Keep photos from taking all of the account's concurrency; new accounts need no.",
    },
}  # fmt: skip

CONDITIONS: dict[str, Any] = {
    "HasKeyring": {"Fn::Not": [{"Fn::Equals": [{"Ref": "KeyringCiphertext"}, ""]}]},
    "HasDomain": {"Fn::Not": [{"Fn::Equals": [{"Ref": "DomainName"}, ""]}]},
    "HasPublicOrigin": {"Fn::Not": [{"Fn::Equals": [{"Ref": "PublicOrigin"}, ""]}]},
    "HasOrigin": {"Fn::Or": [{"Condition": "HasDomain"}, {"Condition": "HasPublicOrigin"}]},
    "HasAlarmEmail": {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmEmail"}, ""]}]},
    "ReservesConcurrency": {"Fn::Equals": [{"Ref": "ReserveConcurrency"}, "yes"]},
    "InChina": {"Fn::Equals": [{"Ref": "AWS::Partition"}, "aws-cn"]},
    "SendsSms": {"Fn::Not": [{"Condition": "InChina"}]},
}


def camel(name: str) -> str:
    """A setting's name as a parameter's: CODE_TRIES is CodeTries."""
    return "".join(word.capitalize() for word in name.lower().split("_"))


def _chosen() -> dict[str, dict[str, Any]]:
    """Parameters made from settings: caps, times, log level, the company's file."""
    fixed = {"PORTAL_STAGE", "TABLE_NAME", "MEDIA_BUCKET", "BASE_PATH", "PUBLIC_ORIGIN", "KEYRING_CIPHERTEXT"}
    made: dict[str, dict[str, Any]] = {}
    for field, info in Settings.model_fields.items():
        name = field.upper()
        if name in fixed or name in NOT_DEPLOYED:
            continue
        number = info.annotation is int
        made[camel(name)] = {
            "Type": "Number" if number else "String",
            "Default": "" if info.default is None else info.default,
            "Description": f"{name} in docs/operations.md",
            **({"MinValue": 1} if number else {}),
        }
    made["LogLevel"]["AllowedValues"] = ["DEBUG", "INFO", "WARNING", "ERROR"]
    return made


def parameters() -> dict[str, dict[str, Any]]:
    """All parameters of the template."""
    return {**_OWN, **_chosen()}


def environment(stage: str, gateway_stage: str) -> dict[str, Any]:
    """The functions' environment: every setting that makes sense when deployed. No secret but as KMS ciphertext."""
    chosen = {
        name: {"Ref": camel(name)}
        for name in (f.upper() for f in Settings.model_fields)
        if camel(name) in _chosen()
    }
    return {
        "PORTAL_STAGE": stage,
        "TABLE_NAME": f"portal-{stage}",
        "MEDIA_BUCKET": {"Fn::Sub": f"portal-{stage}-media-${{AWS::AccountId}}-${{AWS::Region}}"},
        "BASE_PATH": {"Fn::If": ["HasDomain", "", f"/{gateway_stage}"]},
        "PUBLIC_ORIGIN": {"Fn::If": ["HasDomain", {"Fn::Sub": "https://${DomainName}"}, {"Ref": "PublicOrigin"}]},
        "KEYRING_CIPHERTEXT": {"Ref": "KeyringCiphertext"},
        **chosen,
    }  # fmt: skip
