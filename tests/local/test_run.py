"""The supervisor: what it refuses, and that nothing outlives it."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from local.children import Child, KeepsCrashingError
from local.engines import ROOT
from local.options import CannotRunError, Options, child_environment, keep_to_this_machine


def run(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local.run"],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_a_taken_port_is_said_in_one_line_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run(PORT=str(port), DATA=str(tmp_path / "data"))
    assert ended.returncode == 1
    assert ended.stderr == f"Cannot listen on 127.0.0.1 port {port}: Address already in use.\n"
    assert not (tmp_path / "data").exists()


def test_a_data_folder_in_use_is_said_in_one_line(tmp_path: Path) -> None:
    with open(tmp_path / "lock", "w") as lock, socket.create_server(("127.0.0.1", 0)) as free:
        fcntl.flock(lock, fcntl.LOCK_EX)
        port = str(free.getsockname()[1])
        free.close()
        ended = run(PORT=port, DATA=str(tmp_path))
    assert ended.returncode == 1
    assert ended.stderr == f"Another running portal uses the data folder {tmp_path}.\n"


@pytest.mark.parametrize(
    "environment", [{"PORT": "x"}, {"PORT": "0"}, {"PORT": "70000"}, {"ENGINE": "mysql"}]
)
def test_options_that_make_no_sense_are_refused_by_name(environment: dict[str, str]) -> None:
    with pytest.raises(CannotRunError, match=next(iter(environment))):
        Options.read(environment)


def test_without_any_option_the_documented_defaults_hold() -> None:
    options = Options.read({})
    assert (options.address, options.engine) == ("http://127.0.0.1:8000", "embedded")
    assert options.data == Path(".local").resolve()


def test_the_embedded_engine_is_deaf_to_a_developers_own_aws_account() -> None:
    environment = {"AWS_PROFILE": "work", "AWS_ENDPOINT_URL_S3": "x", "no_proxy": "a", "PATH": "/bin"}
    keep_to_this_machine(environment)
    assert environment == {
        "PATH": "/bin",
        "no_proxy": "a,127.0.0.1,localhost",
        "NO_PROXY": "127.0.0.1,localhost",
    }


def test_with_engine_aws_no_endpoint_is_named() -> None:
    options = Options.read({"ENGINE": "aws"})
    assert "AWS_ENDPOINT_URL" not in child_environment(options, None)


SUPERVISOR = """
import sys, time
from pathlib import Path
from local.engines import start
print(start(Path(sys.argv[1])).url, flush=True)
time.sleep(60)
"""


def test_the_engine_ends_when_its_supervisor_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as supervisor:
        assert supervisor.stdout
        url = supervisor.stdout.readline().strip()
        assert requests.get(url, timeout=5).status_code == 403
        supervisor.send_signal(signal.SIGKILL)
        supervisor.wait()
    end = time.monotonic() + 3
    while time.monotonic() < end:
        try:
            requests.get(url, timeout=5)
        except requests.ConnectionError:
            return
        time.sleep(0.05)
    pytest.fail("the engine is still there")


def test_a_process_that_ends_is_started_again_but_not_for_ever(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    child = Child("web", ["no_such_module"], {}, tmp_path / "web.log")
    child.start()

    def watch() -> None:
        while True:
            child.keep_running()
            time.sleep(0.05)

    with pytest.raises(KeepsCrashingError, match="No module named no_such_module"):
        watch()
    assert capfd.readouterr().out.count("is started again") == 4
