"""The built zip, alone in a folder, under Lambda's runtime client: the whole journey, by events as they really come."""

import io
import zipfile
from pathlib import Path

import httpx
import pytest
from PIL import Image

from local.events import object_created, stream_event
from tests.deployed.cloud import LOGICAL, Cloud
from tests.deployed.journey import Journey
from tests.deployed.runtime_api import Failed
from tests.factories import PHONES

pytestmark = pytest.mark.timeout(300)  # the first test builds the package, which is long where much else runs


def test_the_whole_journey_can_be_told(told: Journey) -> None:
    assert told.seen["health"] == {"status": "ok"}
    assert told.seen["tick"]["handled"] >= 1


def test_pictures_made_under_lambda_are_upright_and_say_nothing_of_the_phone(told: Journey) -> None:
    answer: httpx.Response = told.seen["picture"]
    assert answer.headers["content-type"] == "image/webp"
    image = Image.open(io.BytesIO(answer.content))
    assert image.size == (400, 300)
    assert not image.getexif()


def test_a_file_in_a_spreadsheets_bytes_comes_through_the_gateway_whole(told: Journey) -> None:
    assert (told.seen["import"]["created"], told.seen["import"]["errors"]) == (1, 0), told.seen["import"]


def test_links_cookies_and_icons_fit_the_stages_path(cloud: Cloud) -> None:
    page = httpx.get(f"{cloud.url}/login")
    assert page.status_code == 200
    icon = next(
        part for part in page.text.split('"') if part.startswith("/api/static/") and part.endswith(".png")
    )
    shown = httpx.get(cloud.url.removesuffix("/api") + icon, headers={"Accept": "image/png,image/*;q=0.8"})
    assert Image.open(io.BytesIO(shown.content)).format == "PNG"
    assert shown.headers["content-type"] == "image/png"
    form = {"phone": PHONES["designer"]}
    same = {"Sec-Fetch-Site": "same-origin"}
    assert httpx.post(f"{cloud.url}/login", data=form, headers=same).status_code == 200
    _, code = cloud.wire.texts[-1]
    form |= {"step": "code", "code": "".join(letter for letter in code if letter.isdigit())[:6]}
    entered = httpx.post(f"{cloud.url}/login", data=form, headers=same)
    assert entered.headers["location"].startswith("/api/")
    assert any(line.startswith("__Host-session=") for line in entered.headers.get_list("set-cookie"))


def test_addresses_that_the_gateway_gathers_are_told_apart_by_the_portal(cloud: Cloud) -> None:
    assert httpx.get(f"{cloud.url}/desk/board").headers["location"].startswith("/api/login")
    nowhere = httpx.get(f"{cloud.url}/desk/nowhere", headers={"Accept-Language": "en"})
    assert (nowhere.status_code, nowhere.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert nowhere.headers["content-security-policy"]
    program = httpx.get(f"{cloud.url}/api/v1/desk/nowhere")
    assert program.status_code == 404
    assert program.headers["content-type"].startswith("application/problem+json")
    wrong = httpx.request("DELETE", f"{cloud.url}/api/v1/desk/issues")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET")


def test_what_is_only_local_is_not_there(cloud: Cloud) -> None:
    assert httpx.get(f"{cloud.url}/dev/outbox").status_code == 403
    assert not (cloud.package / "local").exists()
    assert not (cloud.package / "tests").exists()


def test_a_handler_that_raises_is_reported_and_goes_on(cloud: Cloud, told: Journey) -> None:
    function = cloud.functions["photo_arrived"]
    assert function.process
    before = function.process.pid
    with pytest.raises(Failed) as failed:
        function.invoke({"detail": {}})
    assert failed.value.kind == "KeyError"
    gone = function.invoke(object_created("any", "uploads/no-such-photo", 1))
    assert gone == {"status": "gone"}
    assert function.process.pid == before


def test_a_batch_that_fails_is_delivered_when_the_stream_brings_it_again(cloud: Cloud, told: Journey) -> None:
    told.begin("the table is away")
    clerk = told.clerk
    clerk.sign_in()
    unread = clerk.api("GET", "inbox")["unread"]
    told.technician.sign_in()
    issue = clerk.api("GET", f"desk/issues/{told.issue['id']}")
    note = {"text": "钥匙在门卫", "internal": True}
    told.technician.api("POST", f"desk/issues/{issue['id']}/messages", note)
    told.manager.api("POST", f"desk/issues/{issue['id']}/assign", _to(clerk.id, issue["version"]))
    records = told.triggers.stream.read()
    assert len(records) > 1
    cloud.wire.away = {"deliver_outbox"}
    with pytest.raises(Failed) as failed:
        cloud.invoke("deliver_outbox", stream_event(records, told.triggers.stream.arn))
    assert failed.value.kind == "Unavailable"
    cloud.wire.away = set()
    told.triggers.streamed(records)
    assert clerk.api("GET", "inbox")["unread"] == unread + 1


def test_what_cannot_be_handled_lands_in_the_queues_that_alarms_watch(cloud: Cloud, told: Journey) -> None:
    sqs = cloud.engine.client("sqs")
    for name in ("OutboxDeadLetters", "PhotoDeadLetters"):
        assert len(sqs.receive_message(QueueUrl=cloud.names[name])["Messages"]) == 1


def _to(account_id: str, version: int) -> dict[str, object]:
    return {"assignee_id": account_id, "version": version}


def test_functions_load_nothing_but_the_package_and_the_runtime_client(cloud: Cloud, told: Journey) -> None:
    for function in cloud.functions.values():
        assert function.process
        maps = Path(f"/proc/{function.process.pid}/maps").read_text()
        loaded = {line.split(maxsplit=5)[5] for line in maps.splitlines() if line.endswith(".so")}
        ours = {path for path in loaded if str(cloud.package) in path}
        foreign = {path for path in loaded - ours if "site-packages" in path and ".venv-lambda" not in path}
        assert ours, function.name
        assert foreign == set()


def test_functions_write_nothing_beside_their_code(cloud: Cloud, told: Journey, built: Path) -> None:
    with zipfile.ZipFile(built / "deployment.zip") as archive:
        packed = {name for name in archive.namelist() if not name.endswith("/")}
    there = {str(path.relative_to(cloud.package)) for path in cloud.package.rglob("*") if path.is_file()}
    assert there == packed


def test_logs_hold_no_numbers_words_or_codes(cloud: Cloud, told: Journey) -> None:
    said = "".join(cloud.functions[name].said() for name in LOGICAL)
    assert '"event": "request"' in said
    secrets = [*PHONES.values(), "漏水", "王秀英", "带梯子", *(code for _, code in cloud.wire.texts)]
    assert [word for word in secrets if word in said] == []
