"""The events' process: what triggers the app's handlers when deployed, done by polling here."""

import logging
import os
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from boto3.session import Session
from botocore.config import Config

from chalicelib import aws
from local import events
from local.guard import die_with_parent
from local.stream import StreamReader, follow
from local.uploads import UploadWatch, Workers, photo_arrived, photo_failed, watch

log = logging.getLogger(__name__)

_TICK_SECONDS = 20
#: Nobody sees a text message come a quarter of a second later; on a page they do.
_MESSAGES_SECONDS = 0.25
#: Loading the app into the workers would slow down the web server's own start.
_WARM_UP_AFTER_SECONDS = 2


def main() -> None:
    """Pump events until SIGTERM."""
    die_with_parent()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    app = events.handlers()
    session = Session()
    # First the stream's position, then the first tick, which sweeps: nothing falls between the two.
    reader = _reader(session)
    workers = Workers(photo_arrived)
    s3 = session.client("s3", config=Config(s3={"addressing_style": "path"}))
    uploads = UploadWatch(s3, os.environ["MEDIA_BUCKET"], workers.process, photo_failed)
    # Each reads the stream for itself, as on Lambda: a slow provider holds up no message of the inbox.
    outside = _reader(session)
    _start("stream", lambda: follow(reader, app.deliver_outbox, stop))
    _start("messages", lambda: follow(outside, app.send_messages, stop, _MESSAGES_SECONDS))
    _start("uploads", lambda: watch(uploads, stop))
    _start("clock", lambda: _tick(app.tick, stop))
    _start("clock of messages", lambda: _tick(app.send_messages, stop))
    if not stop.wait(_WARM_UP_AFTER_SECONDS):
        workers.warm_up()
    stop.wait()
    workers.close()


def _reader(session: Session) -> StreamReader:
    client = session.client("dynamodbstreams")
    wire = aws.transport("dynamodb", client.meta.region_name, client.meta.endpoint_url)
    return StreamReader(client, os.environ["TABLE_NAME"], wire)


def _start(name: str, work: Callable[[], None]) -> None:
    threading.Thread(target=work, name=name, daemon=True).start()


def _tick(handler: events.Handler, stop: threading.Event) -> None:
    """Call the scheduled handler at once and then every 20 s."""
    while not stop.is_set():
        try:
            handler(events.tick(datetime.now(UTC)), events.context("tick"))
        except Exception:
            log.exception("The tick failed")
        stop.wait(_TICK_SECONDS)


if __name__ == "__main__":
    main()
    # Threads may be in the middle of a call; each thing they do is safe to be cut off and done again.
    os._exit(0)
