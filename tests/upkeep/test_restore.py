"""Rehearsals: the table is gone, and comes back from a file or from DynamoDB's own backups, as the check confirms."""

import gzip
import json
import os
import secrets
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.db import Item
from chalicelib.portal import Portal
from infra import restore as tables
from infra.upkeep import backup
from infra.upkeep.verify import verify
from infra.upkeep.walk import everything
from local.engines import ROOT
from tests.engines import Engine
from tests.factories import NOW, People, bring_to, make_portal, make_table
from tests.recording import RecordingClient, refusal


def _sorted(items: Iterator[Item] | list[Item]) -> list[Item]:
    return sorted(items, key=lambda item: (item["PK"], item["SK"]))


def test_a_lost_table_comes_back_from_a_file_as_it_was(
    lived_in: Portal, told: list[Item], tmp_path: Path, engine_client: RecordingClient
) -> None:
    file = tmp_path / "backup.jsonl.gz"
    assert backup.backup(lived_in.db, file) == len(told)
    engine_client.plain.delete_table(TableName=lived_in.db.table)
    make_table(client=engine_client, name=lived_in.db.table)
    assert verify(lived_in, NOW).kinds == {}
    assert backup.restore(lived_in.db, [file]) == len(told)
    assert _sorted(everything(lived_in.db)) == _sorted(told)
    assert verify(lived_in, NOW).problems == []


def test_a_portal_goes_on_where_the_backup_was_made(lived_in: Portal, second: Portal, tmp_path: Path) -> None:
    file = tmp_path / "backup.jsonl.gz"
    backup.backup(lived_in.db, file)
    backup.restore(second.db, [file])
    bring_to(portal=second, people=People(second), status="closed", now=NOW + timedelta(days=9))
    assert verify(second, NOW).problems == []


def test_a_table_with_records_is_not_written_over_unless_asked(
    lived_in: Portal, told: list[Item], tmp_path: Path
) -> None:
    file = tmp_path / "backup.jsonl.gz"
    backup.backup(lived_in.db, file)
    lived_in.db.put_all([{**told[0], "later": 1}])
    with pytest.raises(backup.NotEmpty):
        backup.restore(lived_in.db, [file])
    assert any("later" in item for item in everything(lived_in.db))
    backup.restore(lived_in.db, [file], replace=True)
    assert _sorted(everything(lived_in.db)) == _sorted(told)


def test_one_damaged_partition_is_brought_back_without_touching_the_others(
    lived_in: Portal, told: list[Item], tmp_path: Path
) -> None:
    file = tmp_path / "backup.jsonl.gz"
    issue = next(item["PK"] for item in told if item["PK"].startswith("ISSUE#"))
    others = [item for item in told if item["PK"] != issue]
    backup.backup(lived_in.db, file)
    lived_in.db.put_all([{**item, "spoilt": True} for item in told])
    written = backup.restore(lived_in.db, [file], issue, replace=True)
    assert written == len(told) - len(others)
    assert [item for item in everything(lived_in.db) if item["PK"] == issue and "spoilt" in item] == []
    assert sum("spoilt" in item for item in everything(lived_in.db)) == len(others)


def test_the_file_is_for_its_owner_only_and_in_the_form_of_dynamodbs_exports(
    lived_in: Portal, tmp_path: Path
) -> None:
    file = tmp_path / "backup.jsonl.gz"
    backup.backup(lived_in.db, file, "COMMUNITY#maple")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    lines = [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]
    assert {line["Item"]["PK"]["S"] for line in lines} == {"COMMUNITY#maple"}
    meta = next(line["Item"] for line in lines if line["Item"]["SK"]["S"] == "META")
    assert meta["name"] == {"S": "枫林苑"}


@pytest.mark.parametrize("break_it", [lambda raw: raw[: len(raw) // 2], lambda raw: b"no backup at all"])
def test_a_broken_file_is_named(
    lived_in: Portal, second: Portal, tmp_path: Path, break_it: Any, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    file = tmp_path / "backup.jsonl.gz"
    backup.backup(lived_in.db, file)
    file.write_bytes(break_it(file.read_bytes()))
    monkeypatch.setattr(backup, "portal", lambda: second)
    assert backup.main("restore", str(file)) == 1
    assert str(file) in capsys.readouterr().err


def test_a_local_folder_that_lost_its_records_is_restored_by_the_commands(
    lived_in: Portal, told: list[Item], tmp_path: Path
) -> None:
    """On the engine of `make run`, with a folder that has its keys left. Its bucket is empty: the check names that."""
    file, data = tmp_path / "backup.jsonl.gz", tmp_path / "data"
    backup.backup(lived_in.db, file)
    (data / "keys").mkdir(parents=True)
    (data / "keys" / "data.key").write_text(lived_in.keys.to_json())
    assert _command(data, "backup", "restore", str(file)) == (0, f"{len(told)} records restored\n")
    code, said = _command(data, "verify")
    wrong = [line for line in said.splitlines() if line.startswith("WRONG")]
    assert (code, len(wrong)) == (1, 13)
    assert all(line.endswith((".webp is not in the bucket", ".pdf is not in the bucket")) for line in wrong)


def _command(data: Path, module: str, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "local.inside", f"infra.upkeep.{module}", *arguments]
    environment = os.environ | {"DATA": str(data)}
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=90, check=False
    )
    return ended.returncode, ended.stdout


@pytest.fixture
def target(engine_client: RecordingClient) -> Iterator[str]:
    """A name for a restored table."""
    name = f"t{secrets.token_hex(6)}"
    yield name
    engine_client.plain.update_table(TableName=name, DeletionProtectionEnabled=False)
    engine_client.plain.delete_table(TableName=name)


def _at(portal: Portal, engine_client: RecordingClient, table: str) -> Portal:
    return make_portal(client=engine_client, table=table, storage=portal.storage)


def test_a_table_comes_back_from_dynamodbs_own_backups_with_all_its_settings(
    lived_in: Portal, told: list[Item], target: str, engine: Engine, engine_client: RecordingClient
) -> None:
    dynamodb = engine.client("dynamodb")
    source = lived_in.db.table
    arn = dynamodb.describe_table(TableName=source)["Table"]["TableArn"]
    dynamodb.tag_resource(ResourceArn=arn, Tags=[{"Key": "stage", "Value": "test"}])
    tables.restore_table(dynamodb, source, target, None, sleep=lambda _: None)
    assert tables.lacking(dynamodb, target) == []
    made = dynamodb.describe_table(TableName=target)["Table"]
    tags = dynamodb.list_tags_of_resource(ResourceArn=made["TableArn"])["Tags"]
    assert tags == [{"Key": "stage", "Value": "test"}]
    restored = _at(lived_in, engine_client, target)
    assert _sorted(everything(restored.db)) == _sorted(told)
    assert verify(restored, NOW).problems == []
    tables.restore_table(dynamodb, source, target, None, sleep=lambda _: None)  # stopped and started again


def test_a_deleted_table_comes_back_from_the_backup_that_is_kept_of_it(
    lived_in: Portal, told: list[Item], target: str, engine: Engine, engine_client: RecordingClient
) -> None:  # fmt: skip
    dynamodb = engine.client("dynamodb")
    source = f"t{secrets.token_hex(6)}"
    make_table(client=engine_client, name=source)
    _at(lived_in, engine_client, source).db.put_all(told)
    dynamodb.create_backup(TableName=source, BackupName="final")
    dynamodb.delete_table(TableName=source)
    tables.restore_table(dynamodb, source, target, None, sleep=lambda _: None)
    assert verify(_at(lived_in, engine_client, target), NOW).problems == []


def test_a_restored_table_is_encrypted_with_the_companys_own_key(
    portal: Portal, engine_client: RecordingClient
) -> None:
    """What the engine can't keep: so the request is looked at, on its way."""
    asked: list[Any] = []

    def stop(operation: str, request: Any) -> Exception | None:
        if operation != "restore_table_to_point_in_time":
            return None
        asked.append(request)
        return refusal("TableAlreadyExistsException")

    dynamodb: Any = engine_client
    at = NOW - timedelta(hours=1)
    with engine_client.failing(stop), pytest.raises(ClientError):
        tables.restore_table(dynamodb, portal.db.table, "x", at, kms_key="alias/portal-prod")
    sse = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": "alias/portal-prod"}
    assert [(one["SSESpecificationOverride"], one["RestoreDateTime"]) for one in asked] == [(sse, at)]


def test_what_a_table_lacks_is_named(portal: Portal, engine: Engine) -> None:
    assert tables.lacking(engine.client("dynamodb"), portal.db.table) == [
        "expiry",
        "point-in-time recovery",
        "deletion protection",
    ]
    with pytest.raises(tables.NoBackup):
        tables.restore_table(engine.client("dynamodb"), "never-there", "x", None)
