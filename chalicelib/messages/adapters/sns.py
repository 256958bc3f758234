"""Text messages by Amazon SNS."""

from functools import cached_property
from typing import TYPE_CHECKING

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, EndpointConnectionError

from chalicelib import aws
from chalicelib.errors import Unavailable
from chalicelib.messages.notifier import Channel, Message, Refused, Unsure

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

#: One try each: botocore would send again what was not answered, and SNS knows no token to send it once by.
_ONCE = Config(retries={"total_max_attempts": 1, "mode": "standard"}, connect_timeout=3, read_timeout=10)
_NEVER = {"InvalidParameter", "InvalidParameterValue", "OptedOut"}


class Sns:
    """SNS, straight to phones."""

    def __init__(self, region: str) -> None:
        self._region = region

    @cached_property
    def _client(self) -> "SNSClient":
        """Made with the first message: few processes send one."""
        client: SNSClient = aws.client("sns", self._region, config=_ONCE)
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
        except ClientError as error:
            if error.response["Error"]["Code"] in _NEVER:
                raise Refused("bad_number") from error
            raise Unavailable from error
        except (EndpointConnectionError, ConnectTimeoutError) as error:
            raise Unavailable from error
        except BotoCoreError as error:
            raise Unsure from error

    def repeatable(self, channel: Channel) -> bool:
        """SNS takes no token for text messages: a second call is a second text."""
        return False
