"""What the template uses of AWS, and what is different in China's regions; `docs/operations.md`, "In China".

Looked up in AWS's "Getting Started with Amazon Web Services in China", the part on each service, on 2026-11-25.
That the types exist in CloudFormation of both regions is checked by cfn-lint (`make scan`).
"""

#: Service, as resource types name it → what to know about it in China.
SERVICES = {
    "ApiGateway": "there; regional endpoints only, which we use; a public API and any domain need an ICP filing",
    "Budgets": "there; budgets are in CNY, which the template sets",
    "CloudWatch": "there; the metrics AsyncEvents… and those of event source mappings are not, and no alarm uses them",
    "DynamoDB": "there, with streams, point-in-time recovery and customer keys",
    "IAM": "there; ARNs begin with arn:aws-cn, which ${AWS::Partition} says",
    "KMS": "there, with rotation",
    "Lambda": "there, x86_64 and Python 3.11; no X-Ray, no SnapStart for Python: neither is used",
    "Logs": "there; its principal is logs.<region>.amazonaws.com.cn, which ${AWS::URLSuffix} says",
    "S3": "there, with events to EventBridge",
    "SNS": "there for alarms; text messages are not: see REPLACED",
    "SQS": "there; dead letters can't be sent back from the console, which we don't do",
    "Serverless": "the SAM transform; it makes Lambda, API Gateway, EventBridge rules and CodeDeploy, all there",
}

#: What isn't there, and what takes its place.
REPLACED = {
    "SNS text messages": "a provider's HTTP gateway, set up in MESSAGES_FILE (docs/operations.md, Messages); "
    "without it sign-in codes can't be sent from a China region; the alarm SmsFailed is left out",
    "SES": "nothing: no mails from a China region; leave `mail` out of MESSAGES_FILE",
    "Edge-optimised API Gateway": "regional endpoints, in all partitions",
    "X-Ray": "access log and metrics, in all partitions",
}
