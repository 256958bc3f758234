"""The pictures of invitations: the QR code, and what goes with a link that is shared."""

import hashlib
import io
from datetime import datetime
from functools import cache

from chalicelib.assets import static_bytes
from chalicelib.portal import Portal
from chalicelib.storage import Storage

_FILE = "share.png"
_CACHE = "public, max-age=86400"
#: The quiet zone in modules that the standard asks for, and how large a module is drawn where nothing says a size.
_QUIET, _SCALE = 4, 8


def qr_code(address: str) -> str:
    """An address as an SVG file. Half of it a phone's camera could miss."""
    import segno  # no other request needs it

    out = io.BytesIO()
    segno.make(address, error="q", micro=False).save(
        out, kind="svg", scale=_SCALE, border=_QUIET, dark="#000", light="#fff"
    )
    return out.getvalue().decode()


def url(portal: Portal, origin: str | None, now: datetime) -> str:
    """A short-lived link to the company's picture. The store has it once some process was asked for it."""
    key = f"share/{hashlib.sha256(static_bytes(_FILE)).hexdigest()[:16]}.png"
    _stored(portal.storage, key)
    return portal.storage.signed_url(key, now=now, origin=origin)


@cache
def _stored(storage: Storage, key: str) -> None:
    """Put it there, once for each process; again changes nothing."""
    storage.write(key, static_bytes(_FILE), "image/png", _CACHE)
