"""How AWS's own channels are called."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.config import Config


def once_only() -> "Config":
    """One try each: botocore would send again what was not answered, and neither SNS nor SES knows a token to send it
    once by. Loaded with the first message."""
    from botocore.config import Config

    retries = {"total_max_attempts": 1, "mode": "standard"}
    return Config(retries=retries, connect_timeout=3, read_timeout=10)  # type: ignore[arg-type]
