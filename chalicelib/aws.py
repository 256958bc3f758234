"""Clients of AWS's services, straight from botocore: boto3 adds nothing that is used here, and takes time to load."""

import threading
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.session import Session, get_session

_making = threading.Lock()


@cache
def session() -> Session:
    """This process's one session: credentials and descriptions of services are looked up once for all clients."""
    return get_session()


def client(
    service: str,
    region: str,
    endpoint_url: str | None = None,
    config: Config | None = None,
    of: Session | None = None,
) -> Any:
    """A client of the process's session, or of another; opens no connection yet."""
    make = (of or session()).create_client
    with _making:  # a client may be used by many threads, the session that makes it must not
        return make(service, region_name=region, endpoint_url=endpoint_url, config=config)
