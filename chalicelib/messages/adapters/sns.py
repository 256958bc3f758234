"""Text messages by Amazon SNS."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib import aws, aws_errors
from chalicelib.errors import Unavailable
from chalicelib.messages.adapters.once import once_only
from chalicelib.messages.notifier import Channel, Message, Refused, Unsure

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

_NEVER = {"InvalidParameter", "InvalidParameterValue", "OptedOut"}


class Sns:
    """SNS, straight to phones."""

    def __init__(self, region: str) -> None:
        self._region = region

    @cached_property
    def _client(self) -> "SNSClient":
        """Made with the first message: few processes send one."""
        client: SNSClient = aws.client("sns", self._region, config=once_only())
        return client

    def send(self, message: Message) -> str | None:
        """Send a text message. A sign-in code is tried twice: somebody waits for it, and two do no harm."""
        if message.code is None:
            return self._publish(message)
        try:
            return self._publish(message)
        except Refused:
            raise
        except Unavailable:
            return self._publish(message)

    def _publish(self, message: Message) -> str | None:
        try:
            return self._client.publish(PhoneNumber=message.to, Message=message.text)["MessageId"]
        except aws_errors.ClientError as error:
            if error.response["Error"]["Code"] in _NEVER:
                raise Refused("bad_number") from error
            raise Unavailable from error
        except (aws_errors.EndpointConnectionError, aws_errors.ConnectTimeoutError) as error:
            raise Unavailable from error
        except aws_errors.BotoCoreError as error:
            raise Unsure from error

    def repeatable(self, channel: Channel) -> bool:
        """SNS takes no token for text messages: a second call is a second text."""
        return False
