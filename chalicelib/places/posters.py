"""Posters of public places: what stands on them, with the QR code as SVG."""

from typing import Any

from markupsafe import Markup

from chalicelib.page_words import gettext
from chalicelib.places.models import Place

#: The quiet zone in modules that the standard asks for: a reader finds the code by it.
_QUIET = 4


def poster(place: Place, community: str, origin: str) -> dict[str, Any]:
    """One poster: the place, its address as the code carries it, and as people read and type it."""
    address = f"{origin}/p/{place.id}"
    return {
        "id": place.id,
        "name": place.name,
        "building": place.building,
        "community": community,
        "address": address.partition("://")[2],
        "qr": qr_code(address, gettext("QR code: report for %(place)s", place=place.name)),
    }


def qr_code(text: str, title: str) -> Markup:
    """A QR code as SVG markup without styles or fixed size: the sheet's styles say how large it is.

    A quarter of it may be torn or dirty. The library is loaded here only: no other request needs it.
    """
    import segno

    code = segno.make(text, error="q", micro=False)
    drawn = code.svg_inline(
        border=_QUIET, omitsize=True, svgclass="qr", lineclass=None, dark="#000", light="#fff"
    )
    head, _, rest = drawn.partition(">")
    return Markup('{} role="img" aria-label="{}">{}').format(Markup(head), title, Markup(rest))  # noqa: S704 - segno's own markup
