"""E-mail by Amazon SES."""

from functools import cached_property
from typing import Any

from chalicelib import aws, aws_errors
from chalicelib.errors import Unavailable
from chalicelib.messages.adapters.once import once_only
from chalicelib.messages.notifier import Channel, Message, Refused, Unsure
from chalicelib.messages.settings import Mail

_NEVER = {"MessageRejected", "BadRequestException", "MailFromDomainNotVerifiedException", "NotFoundException"}


class Ses:
    """SES, plain text and HTML of one letter."""

    def __init__(self, config: Mail, region: str) -> None:
        self._sender, self._region = config.sender, config.region or region

    @cached_property
    def _client(self) -> Any:
        return aws.client("sesv2", self._region, config=once_only())

    def send(self, message: Message) -> str | None:
        """Send a mail; gives back SES's id."""
        content = {
            "Simple": {
                "Subject": _text(message.subject),
                "Body": {"Text": _text(message.text), "Html": _text(message.html)},
            }
        }
        destination = {"ToAddresses": [message.to]}
        try:
            answer = self._client.send_email(
                FromEmailAddress=self._sender, Destination=destination, Content=content
            )
        except aws_errors.ClientError as error:
            if error.response["Error"]["Code"] in _NEVER:
                raise Refused("rejected") from error
            raise Unavailable from error
        except (aws_errors.EndpointConnectionError, aws_errors.ConnectTimeoutError) as error:
            raise Unavailable from error
        except aws_errors.BotoCoreError as error:
            raise Unsure from error
        return str(answer["MessageId"])

    def repeatable(self, channel: Channel) -> bool:
        """SES takes no token, and gives each mail an id of its own: a second call is a second mail."""
        return False


def _text(data: str) -> dict[str, str]:
    return {"Data": data, "Charset": "UTF-8"}
