"""What Lambda itself does in a function's name: write its log, read the stream, hand failures on.

What the functions' own code may do stands in `.chalice/policy-<function>.json`.
"""

from typing import Any

Grant = dict[str, Any]


def _allow(actions: list[str], resource: Any) -> Grant:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def _arn(rest: str) -> dict[str, str]:
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:{rest}"}


def _log(function: str, stage: str) -> Grant:
    group = f"logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:/portal/{stage}/{function}"
    return _allow(["logs:CreateLogStream", "logs:PutLogEvents"], _arn(f"{group}:*"))


def _more(function: str, stage: str) -> list[Grant]:
    streamed = ("DeliverOutbox", "SendMessages")
    dead_letters = {**dict.fromkeys(streamed, "OutboxDeadLetters"), "PhotoFailed": "PhotoDeadLetters"}
    grants = []
    if function in dead_letters:
        grants.append(_allow(["sqs:SendMessage"], {"Fn::GetAtt": [dead_letters[function], "Arn"]}))
    if function == "PhotoArrived":
        bus = "events:${AWS::Region}:${AWS::AccountId}:event-bus/default"
        grants.append(_allow(["events:PutEvents"], _arn(bus)))
    if function in streamed:
        read = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
        grants.append(_allow(read, {"Fn::GetAtt": ["PortalTable", "StreamArn"]}))
        grants.append(_allow(["dynamodb:ListStreams"], {"Fn::Sub": "${PortalTable.Arn}/stream/*"}))
    return grants


def own_grants(function: str, stage: str) -> list[Grant]:
    """The inline policies that Lambda needs to run a function of a stage."""
    document = {"Version": "2012-10-17", "Statement": [_log(function, stage), *_more(function, stage)]}
    return [{"PolicyName": f"{function}ByLambda", "PolicyDocument": document}]
