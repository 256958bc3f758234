"""`make lighthouse`: how a phone on a weak network finds the pages. Needs Chromium, and Node with `npm ci` done.

    python -m bench.lighthouse [--url http://127.0.0.1:8000]

Starts a portal with demo data of its own, or takes one that is running; signs in as an owner and at the desk.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.client import Client
from bench.live import ROOT, LivePortal

OWNER, CLERK = "+8613800000001", "+8613900000001"
_OWNERS_PAGES = ("/", "/issues", "/issues/new", "/issues/new?category=plumbing", "/inbox", "/me")


def pages(url: str) -> list[dict[str, str]]:
    """Every promised page, with the session of whom it is for."""
    owner, clerk = Client(url), Client(url)
    owner.sign_in(OWNER)
    clerk.sign_in(CLERK)
    issue = owner.call("list", "GET", "/api/v1/issues?limit=1").json["items"][0]["id"]
    mine = [(path, owner.token) for path in (*_OWNERS_PAGES, f"/issues/{issue}")]
    rows = [("/login", None), *mine, ("/desk", clerk.token)]
    return [
        {
            "path": path.replace(issue, "{id}"),
            "url": url + path,
            "cookie": f"session={token}" if token else "",
        }
        for path, token in rows
    ]


def measure(url: str) -> int:
    """Run Lighthouse over them; 1 when a page is below what is promised."""
    command = ["node", str(ROOT / "bench" / "lighthouse.mjs")]
    chrome = os.environ.get("CHROME_PATH") or shutil.which("chromium") or ""
    environment = os.environ | {"CHROME_PATH": chrome}
    run = subprocess.run(
        command, input=json.dumps(pages(url)), text=True, env=environment, cwd=ROOT, check=False
    )
    return run.returncode


def main() -> int:
    """On a portal that runs, or on one of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="a running portal with demo data")
    url = parser.parse_args().url
    if url:
        return measure(url)
    with tempfile.TemporaryDirectory() as folder:
        portal = LivePortal.in_folder(Path(folder) / "data")
        portal.start()
        try:
            return measure(portal.url)
        finally:
            portal.stop()


if __name__ == "__main__":
    sys.exit(main())
