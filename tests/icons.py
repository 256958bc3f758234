"""Draws the phone's icons and the picture of shared links from the company's logo: `make icons`."""

import base64
import re

from local.engines import ROOT
from tests.journeys.phones import chromium

_FOLDER = ROOT / "company"
#: File, pixels, and how much of its square the logo fills; phones cut a maskable one to any shape, iOS rounds its own.
_ICONS = (
    ("icon-192.png", 192, 1.0),
    ("icon-512.png", 512, 1.0),
    ("icon-maskable.png", 512, 0.6),
    ("icon-apple.png", 180, 0.78),
    # What goes with a link that is shared: chats cut it square, and take none below 300 pixels.
    ("share.png", 600, 0.6),
)


def main() -> None:
    """Draw them all."""
    logo = base64.b64encode((_FOLDER / "logo.svg").read_bytes()).decode()
    brand = re.search(r"--brand-light:\s*(#\w{6})", (_FOLDER / "brand.css").read_text())
    ground = brand[1] if brand else "#fff"
    with chromium() as browser:
        for name, size, part in _ICONS:
            page = browser.new_page(viewport={"width": size, "height": size})
            colour = "transparent" if part == 1 else ground
            page.set_content(
                f'<body style="margin:0;display:grid;place-items:center;height:100vh;background:{colour}">'
                f'<img width="{size * part}" src="data:image/svg+xml;base64,{logo}">'
            )
            page.screenshot(path=_FOLDER / name, omit_background=True)
            page.close()


if __name__ == "__main__":
    main()
