"""Each step of the package: what it leaves out, and that what is left still works, alone."""

import base64
import json
import marshal
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.session import get_session

from chalicelib.features import NAMES
from infra.package import __main__ as command
from infra.package.archive import write_zip
from infra.package.botocore_data import USED, trimmed_model
from infra.package.libraries import pydantic_plugins
from infra.package.steps import STEPS, run_steps
from infra.package.wheels import unloadable
from tests.factories_photos import make_photo, make_png
from tests.packages import Package

ROOT = Path(__file__).resolve().parent.parent.parent
REGIONS = ("us-east-1", "eu-central-1", "ap-southeast-1", "cn-north-1", "cn-northwest-1", "us-gov-west-1")


def test_the_zip_stays_small(package: Package) -> None:
    assert package.zip.stat().st_size <= 27_000_000


def test_the_zip_holds_what_runs_and_nothing_that_only_runs_here(package: Package) -> None:
    names = package.names
    assert {"app.py", "chalicelib/db.py", "company/company.json", "static/portal.css", "routes.json"} <= set(
        names
    )
    assert "locale/zh_CN/LC_MESSAGES/messages.mo" in names
    tops = {name.split("/")[0] for name in names}
    assert not tops & {
        "local",
        "tests",
        "bench",
        "infra",
        "docs",
        "bin",
        "cffi",
        "pycparser",
        ".chalice",
    }
    # Pages are compiled; what messages say is read as it stands.
    assert {name.rpartition(".")[2] for name in names if name.startswith("templates/")} == {"txt"}
    wrong = [
        name for name in names if re.search(r"\.(po|pyi|md|gz)$|/tests?/|/dev[/.]|devpages|/RECORD$", name)
    ]
    assert wrong == []
    assert not [name for name in names if b"/dev/" in package.tree.joinpath(name).read_bytes() and "chalicelib" in name
                and name.endswith(".py")]  # fmt: skip


def test_licences_of_what_is_handed_on_stay(package: Package) -> None:
    assert [name for name in package.names if re.match(r"pillow-.*dist-info/licenses/LICENSE", name)]


def test_every_module_is_compiled_and_taken_unchecked(package: Package) -> None:
    compiled = [name for name in package.names if name.endswith(".pyc")]
    sources = [name for name in package.names if name.endswith(".py")]
    assert len(compiled) == len(sources)
    for name in compiled:
        flags = package.tree.joinpath(name).read_bytes()[4:8]
        assert flags == b"\x01\x00\x00\x00", f"{name} would be checked against its source"
    code = marshal.loads(package.tree.joinpath("chalicelib/__pycache__/db.cpython-311.pyc").read_bytes()[16:])
    assert code.co_filename == "/var/task/chalicelib/db.py"


def test_every_template_is_compiled(package: Package) -> None:
    modules = [name for name in package.names if re.match(r"compiled_templates/tmpl_\w+\.py$", name)]
    assert len(modules) == len(list((ROOT / "templates").rglob("*.html")))


def test_the_same_files_make_the_same_zip(tmp_path: Path) -> None:
    made = []
    for folder, names in (("one", ("a.py", "b.so")), ("two", ("b.so", "a.py"))):
        for name in names:
            (tmp_path / folder).mkdir(exist_ok=True)
            (tmp_path / folder / name).write_text(name)
        write_zip(tmp_path / folder, tmp_path / f"{folder}.zip")
        made.append((tmp_path / f"{folder}.zip").read_bytes())
    assert made[0] == made[1]


def test_a_library_that_lambda_could_not_load_is_found(tmp_path: Path) -> None:
    (tmp_path / "fine.so").write_bytes(b"\0GLIBC_2.17\0GLIBC_2.26\0GLIBCXX_3.4.24\0CXXABI_1.3.11\0")
    (tmp_path / "new.so.1").write_bytes(b"\0GLIBC_2.2.5\0GLIBC_2.27\0")
    assert unloadable(tmp_path) == ["new.so.1 needs a newer GLIBC"]


def _note(taken: list[str], name: str, tree: Path) -> None:
    taken.append(name)


def test_a_step_that_is_left_out_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []
    for name in STEPS:
        monkeypatch.setitem(STEPS, name, partial(_note, taken, name))
    run_steps(tmp_path, without=("pyc", "templates"))
    assert taken == [name for name in STEPS if name not in ("pyc", "templates")]


def test_a_step_that_does_not_exist_can_not_be_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["package", "prod", "--without", "nonsense"])
    with pytest.raises(SystemExit):
        command.main()
    assert "no such step: nonsense" in capsys.readouterr().err


def test_operations_that_the_code_calls_are_kept() -> None:
    code = "\n".join(file.read_text() for file in (ROOT / "chalicelib").rglob("*.py"))
    kept = {xform_name(name) for names in USED.values() for name in names}
    called = set(re.findall(r"_call\(\s*\"(\w+)\"", code)) | set(re.findall(r"\bclient\.([a-z]\w+)\(", code))
    assert {"get_item", "query", "transact_write_items", "get_object", "decrypt", "publish"} <= kept
    only_for_commands = {
        "scan",
        "batch_write_item",
        "get_paginator",
    }  # infra/upkeep runs with the whole of botocore
    assert called - {"client", "exceptions"} - only_for_commands <= kept


def test_a_trimmed_model_holds_the_shapes_of_its_operations_only() -> None:
    operation = {"input": {"shape": "In"}, "documentation": "words"}
    shapes = {
        "In": {"type": "structure", "members": {"documentation": {"shape": "Text"}}},
        "Text": {"type": "string", "documentation": "words"},
        "Other": {"type": "string"},
    }
    found = trimmed_model({"operations": {"Do": operation, "Undo": {}}, "shapes": shapes}, ("Do",))
    assert found["operations"] == {"Do": {"input": {"shape": "In"}}}
    assert found["shapes"] == {"In": shapes["In"], "Text": {"type": "string"}}


def test_schemas_are_built_as_before_without_their_types_and_plugins(package: Package) -> None:
    code = """
from datetime import datetime
from pydantic import BaseModel, Field
from pydantic.plugin._loader import get_plugins
from pydantic_core import core_schema
class Some(BaseModel):
    at: datetime
    names: list[str] = Field(min_length=1)
result = {
    "schema": Some.model_json_schema(),
    "read": Some.model_validate_json('{"at": "2026-11-25T10:00:00Z", "names": ["a"]}').model_dump_json(),
    "types": [name for name, kind in vars(core_schema).items()
              if isinstance(kind, type) and vars(kind).get("__annotations__")],
    "line": core_schema.str_schema.__code__.co_firstlineno,
    "plugins": list(get_plugins()),
}
"""
    known: dict[str, Any] = {}
    exec(code, known)
    found, whole = package.run(code), known["result"]
    assert {name: found[name] for name in ("schema", "read", "line", "plugins")} == {
        name: whole[name] for name in ("schema", "read", "line", "plugins")
    }
    assert len(found["types"]) < 10 < 70 < len(whole["types"])


def test_a_pydantic_that_looks_for_plugins_elsewhere_is_noticed(tmp_path: Path) -> None:
    loader = tmp_path / "pydantic" / "plugin" / "_loader.py"
    loader.parent.mkdir(parents=True)
    loader.write_text("def find_plugins(): ...")
    with pytest.raises(RuntimeError, match="no longer what it was"):
        pydantic_plugins(tmp_path)


def test_addresses_of_all_regions_are_what_botocore_says(package: Package) -> None:
    code = """
from botocore.session import get_session
session = get_session()
result = {}
for service in given["services"]:
    for region in given["regions"]:
        client = session.create_client(service, region, aws_access_key_id="a", aws_secret_access_key="b")
        result[f"{service} {region}"] = client.meta.endpoint_url
        if service == "s3":
            link = client.generate_presigned_url("get_object", {"Bucket": "media", "Key": "k"})
            result[f"link {region}"] = link.split("?")[0]
"""
    known: dict[str, object] = {}
    exec(  # the same question to the whole botocore
        code, {"given": {"services": list(USED), "regions": REGIONS}}, known
    )
    found = package.run(code, given={"services": list(USED), "regions": REGIONS})
    assert found == known["result"]
    assert found["dynamodb cn-north-1"] == "https://dynamodb.cn-north-1.amazonaws.com.cn"
    assert get_session().get_service_model("kms").operation_names != ["Decrypt"], "the other side was whole"


def test_the_libraries_work_without_what_was_dropped(package: Package) -> None:
    code = """
import base64
from chalicelib.accounts.rules import parse_phone
from chalicelib.crypto import Keyring
from chalicelib.photos.processing import process
from zoneinfo import ZoneInfo
import io, pillow_heif, segno
from PIL import Image
photo, png = [base64.b64decode(data) for data in given]
heic = io.BytesIO()
pillow_heif.from_pillow(Image.open(io.BytesIO(photo))).save(heic)
keys = Keyring.generate()
result = {
    "phone": parse_phone("138 0000 0001"),
    "sealed": keys.open(keys.seal("x", "c"), "c"),
    "photos": [process(data).width for data in (photo, png, heic.getvalue())],
    "zone": str(ZoneInfo("Asia/Shanghai")),
    "qr": len(segno.make("https://portal.example").svg_inline()) > 100,
}
"""
    found = package.run(code, given=[base64.b64encode(data).decode() for data in (make_photo(), make_png())])
    assert found["phone"] == "+8613800000001"
    assert found["sealed"] == "x"
    assert min(found["photos"]) > 0
    assert (found["zone"], found["qr"]) == ("Asia/Shanghai", True)


def test_what_is_written_down_of_the_routes_is_all_of_them(package: Package) -> None:
    import app

    answers = json.loads(package.tree.joinpath("routes.json").read_text())
    assert set(answers) == {f"{method} {path}" for path, found in app.app.routes.items() for method in found}
    assert set(answers.values()) == set(NAMES)
