"""`make run`: one command that brings the whole portal up on this machine and takes it down again."""

import json
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from local.children import Child, KeepsCrashingError
from local.engines import EngineFailedError, EngineProcess, launch
from local.options import (
    ENVIRONMENT_FILE,
    CannotRunError,
    Options,
    child_environment,
    keep_to_this_machine,
    listen,
    sole_use,
)
from local.setup import set_up

#: In the data folder, once the demo data has been made in full.
DEMO_DONE = "demo.done"

_SIGN_INS = """\
  +8613800000001  owner, maple-1-101        +8613900000001  front-line staff, maple
  +8613800000002  owner, maple-1-102        +8613900000002  technician, maple
  +8613800000003  owner, cedar-2-201        +8613900000003  designer, maple and cedar
  +8613900000004  manager, maple            +8613900000005  auditor, maple
  +8613900000011  front-line staff, cedar"""


def run(options: Options) -> None:
    """Run the portal until a signal says stop; raises what `main` turns into one line."""
    with ExitStack() as held:
        listener = held.enter_context(listen(options))
        held.enter_context(sole_use(options.data))
        (options.data / "keys").mkdir(mode=0o700, exist_ok=True)
        if options.engine == "embedded":
            keep_to_this_machine(os.environ)
        engine = launch(options.data) if options.engine == "embedded" else None
        if engine:
            held.callback(engine.stop)
        environment = child_environment(options, engine)
        (options.data / ENVIRONMENT_FILE).write_text(json.dumps(environment))
        children = _children(options, environment, listener.fileno())
        for child in children:
            held.callback(child.stop)
        if engine:
            _prepare(options.data, engine, children)
        for child in children:
            child.start()
        _watch(options, engine, children)


def _children(options: Options, environment: dict[str, str], descriptor: int) -> list[Child]:
    """The web server, and with the embedded engine what stands in for the deployed triggers."""
    embedded = options.engine == "embedded"
    arguments = ["local.serve", str(descriptor), *([str(options.data / DEMO_DONE)] if embedded else [])]
    web = Child("web", arguments, environment, options.data / "web.log", (descriptor,))
    pump = Child("event", ["local.pump"], environment, options.data / "events.log")
    return [web, pump] if embedded else [web]


def _prepare(data: Path, engine: EngineProcess, children: list[Child]) -> None:
    """Table and bucket each time; the demo data until it has been made in full once."""
    web, environment = children[0], children[0].environment
    done = data / DEMO_DONE
    web.start()  # It takes as long as the engine to get ready, and answers when both are, with the demo data.
    engine.wait_until_up()
    set_up(engine, environment["TABLE_NAME"], environment["MEDIA_BUCKET"])
    if not done.exists():
        child = Child("demo", ["local.first_start"], environment, data / "demo.log")
        if not child.run():
            raise CannotRunError(f"{child.last_words()}\nThe demo data could not be made: {child.log}")
        done.touch()


def _watch(options: Options, engine: EngineProcess | None, children: list[Child]) -> None:
    announced = False
    while True:
        if engine and engine.child.poll() is not None:
            raise EngineFailedError(f"The engine ended; its log is {options.data / 'engine.log'}.")
        for child in children:
            child.keep_running()
        if not announced and _answers(options.address):
            announced = True
            _announce(options)
        time.sleep(0.2 if announced else 0.05)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _announce(options: Options) -> None:
    print(f"\nThe portal runs at {options.address}", flush=True)
    if options.host == "0.0.0.0":  # noqa: S104
        print(f"From other devices of this network: http://{_network_address()}:{options.port}")
    if options.engine == "embedded":
        print(f"Sign-in codes and all other messages: {options.address}/dev/outbox\n\n{_SIGN_INS}\n")
    print(f"Its logs are in {options.data}. Ctrl-C stops it.", flush=True)


def _network_address() -> str:
    """This machine's address in its network; connecting a datagram socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Run with the environment's options; 0 after an orderly stop, 1 with one line of explanation."""
    # Said for Ctrl-C too: a shell starts background jobs with it ignored.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    os.umask(0o077)  # The data folder holds keys and sign-in codes.
    try:
        run(Options.read(dict(os.environ)))
    except KeyboardInterrupt:
        return 0
    except (CannotRunError, EngineFailedError, KeepsCrashingError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
