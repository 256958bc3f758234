"""How AWS is reached: what the environment says, and clients straight from botocore, which boto3 adds nothing to.

Loading botocore is most of a cold start, so it happens here only, and first when somebody needs it. As Lambda sets a
function up, the first tries of calls (`transport.py`) need nothing of it.
"""

import os
import threading
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from chalicelib.transport import Transport

if TYPE_CHECKING:
    from botocore.config import Config
    from botocore.session import Session

_making = threading.Lock()
_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
#: What Lambda sets, and nothing else: any other variable may say that botocore is to go another way.
_UNDERSTOOD = {*_KEYS, "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_REGION", "AWS_DEFAULT_REGION",
               "AWS_ENDPOINT_URL", "AWS_EXECUTION_ENV"}  # fmt: skip
_UNDERSTOOD_KINDS = ("AWS_LAMBDA_", "AWS_XRAY_")
_AUTHORITIES = Path(__file__).resolve().parent.parent / "authorities"
#: Regions of which only botocore knows how hosts are called.
_OTHER_PARTITIONS = ("us-iso", "eu-iso", "eusc-")


class Keys(NamedTuple):
    """What requests are signed with; a token comes with keys for some hours, as Lambda's are."""

    access_key: str
    secret_key: str
    token: str | None


@cache
def session() -> "Session":
    """This process's one session: credentials and descriptions of services are looked up once for all clients."""
    from botocore.session import get_session

    return get_session()


def client(
    service: str,
    region: str,
    endpoint_url: str | None = None,
    config: "Config | None" = None,
    of: "Session | None" = None,
) -> Any:
    """A client of the process's session, or of another; opens no connection yet."""
    make = (of or session()).create_client
    with _making:  # a client may be used by many threads, the session that makes it must not
        return make(service, region_name=region, endpoint_url=endpoint_url, config=config)


@cache
def is_plain() -> bool:
    """Whether the environment says all there is to say, as Lambda's does: keys, and no settings of botocore's."""
    others = {name for name in os.environ if name.startswith("AWS_")} - _UNDERSTOOD
    return all(map(os.environ.get, _KEYS)) and all(name.startswith(_UNDERSTOOD_KINDS) for name in others)


def keys(of: "Session | None" = None) -> Keys | None:
    """The keys to sign with, of this process or of a session; looked up each time, because they get renewed."""
    if of is None and is_plain():
        access_key, secret_key = map(os.environ.__getitem__, _KEYS)
        return Keys(access_key, secret_key, os.environ.get("AWS_SESSION_TOKEN") or None)
    found = (of or session()).get_credentials()
    frozen: Any = found.get_frozen_credentials() if found else None
    return Keys(frozen.access_key, frozen.secret_key, frozen.token) if frozen else None


def transport(
    service: str, region: str, endpoint_url: str | None, of: "Session | None" = None
) -> Transport | None:
    """The short way to a service that speaks JSON; None where only botocore knows the way: through a proxy."""
    url = endpoint_url or _endpoint(service, region)
    return None if _through_proxy(url) else Transport(service, url, region, lambda: keys(of), _authorities)


def _through_proxy(url: str) -> bool:
    if not any(name.lower().endswith("_proxy") and name.lower() != "no_proxy" for name in os.environ):
        return False
    from botocore.utils import get_environ_proxies

    return bool(get_environ_proxies(url))


def _endpoint(service: str, region: str) -> str:
    """A regional address."""
    if is_plain() and not region.startswith(_OTHER_PARTITIONS):
        default = f"https://{service}.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"
        return os.environ.get("AWS_ENDPOINT_URL") or default
    found: str = client(service, region).meta.endpoint_url
    return found


def _authorities() -> str:
    """Where the authorities are that botocore trusts: a file, or the folder that the package's step made of it."""
    if is_plain() and _AUTHORITIES.is_dir():
        return str(_AUTHORITIES)
    spec = find_spec("botocore")  # finds it without loading it
    assert spec is not None
    assert spec.origin is not None
    own = str(Path(spec.origin).with_name("cacert.pem"))
    return own if is_plain() else str(session().get_config_variable("ca_bundle") or own)
