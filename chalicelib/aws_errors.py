"""botocore's errors by name, loaded when first looked up: an `except` looks only once something was raised.

except aws_errors.ClientError as error:
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.exceptions import (
        BotoCoreError as BotoCoreError,
    )
    from botocore.exceptions import (
        ClientError as ClientError,
    )
    from botocore.exceptions import (
        ConnectionError as ConnectionError,
    )
    from botocore.exceptions import (
        ConnectTimeoutError as ConnectTimeoutError,
    )
    from botocore.exceptions import (
        EndpointConnectionError as EndpointConnectionError,
    )
    from botocore.exceptions import (
        HTTPClientError as HTTPClientError,
    )
    from botocore.exceptions import (
        IncompleteReadError as IncompleteReadError,
    )
else:

    def __getattr__(name: str) -> Any:
        from botocore import exceptions

        return getattr(exceptions, name)
