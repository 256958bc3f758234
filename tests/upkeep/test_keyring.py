"""Rotating the data keys: no portal at work ever meets a text that it can't open, and old keys go when unused."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from chalicelib import aws
from chalicelib.accounts import store as accounts
from chalicelib.crypto import Keyring, Unsealable, load_key_file
from chalicelib.db import Item, K, Update
from chalicelib.issues import store
from chalicelib.portal import Portal, load_keys
from chalicelib.sealed import resealed, sealed_in
from chalicelib.settings import Settings
from infra import keyring
from infra.upkeep import migrate
from infra.upkeep.sign_out import sign_out_everybody
from infra.upkeep.verify import verify
from infra.upkeep.walk import Pace, Progress
from tests.browser import Browser
from tests.factories import NOW, PHONES, People, bring_to, make_settings, report, step


def _now() -> datetime:
    return NOW


def _reseal(portal: Portal) -> Progress:
    *_, last = migrate.migrate(portal, "seals", _now, Pace(10**9))
    return last


def _with(portal: Portal, keys: Keyring) -> Portal:
    """The portal of another process: the same table, other keys."""
    return replace(portal, keys=keys)


def _seals(item: Item) -> set[str]:
    return {place.text.partition(".")[0] for place in sealed_in(item)}


def test_while_traffic_shifts_each_of_two_processes_opens_what_the_other_seals(
    portal: Portal, people: People
) -> None:
    """`add` is deployed everywhere; then `use` gradually: one process seals with the old key, one with the new."""
    knowing = _with(portal, portal.keys.with_new_key())
    using = _with(portal, knowing.keys.sealing_with("k2"))
    by_new = report(portal=using, by=people.owner)
    by_old = report(portal=knowing, by=people.owner)
    for one, other in ((knowing, by_new), (using, by_old)):
        done = step(portal=one, by=people.clerk, file=other, to="acknowledged")
        assert done.issue.reporter.name == "王秀英"
    assert verify(knowing, NOW).problems == verify(using, NOW).problems == []
    assert set(verify(using, NOW).seals) == {"k1", "k2"}


def test_without_the_step_between_a_process_would_meet_texts_that_it_cant_open(
    portal: Portal, people: People
) -> None:
    """What the two deployments are for."""
    using = _with(portal, portal.keys.with_new_key().sealing_with("k2"))
    issue_id = report(portal=using, by=people.owner).issue.id
    with pytest.raises(Unsealable):
        store.load(portal.db, portal.keys, issue_id)


def test_the_next_write_of_a_record_seals_it_with_todays_key(portal: Portal, people: People) -> None:
    using = _with(portal, portal.keys.with_new_key().sealing_with("k2"))
    file = bring_to(portal=portal, people=people, status="assigned")
    step(portal=using, by=people.technician, file=file, to="in_progress")
    meta = portal.db.get(store.meta_key(file.issue.id))
    assert meta is not None
    assert _seals(meta) == {"k2"}
    account = accounts.get(using.db, using.keys, people.owner.id)
    assert account is not None
    using.db.write(accounts.change_account(account, account.model_copy(update={"locale": "en"}), using.keys))
    profile = portal.db.get(accounts.profile_key(account.id))
    assert profile is not None
    assert _seals(profile) == {"k2"}


def test_all_texts_are_sealed_anew_in_the_background_and_say_what_they_said(
    lived_in: Portal, told: list[Item]
) -> None:
    using = _with(lived_in, lived_in.keys.with_new_key().sealing_with("k2"))
    before = verify(using, NOW)
    done = _reseal(using)
    after = verify(using, NOW)
    assert (done.left, after.problems) == (0, [])
    assert after.seals == {"k2": before.seals["k1"]}
    assert _reseal(using).changed == 0
    only = using.keys.without("k1")
    for item in told:
        now = using.db.get(_key(item))
        assert now is not None
        opened = [only.open(place.text, place.context) for place in sealed_in(now)]
        assert opened == [lived_in.keys.open(place.text, place.context) for place in sealed_in(item)]
        assert _but_seals(now) == _but_seals(item)


def _key(item: Item) -> K:
    return K(item["PK"], item["SK"])


def _but_seals(item: Item) -> str:
    text = json.dumps(item, sort_keys=True)
    for place in sealed_in(item):
        text = text.replace(place.text, "")
    return text


def test_sealing_anew_changes_nothing_but_what_an_older_key_sealed(told: list[Item]) -> None:
    keys = Keyring({"k1": b"1" * 32}, b"h" * 32)
    assert [resealed(item, keys) for item in told if resealed(item, keys)] == []
    more = keys.with_new_key().sealing_with("k2")
    item = next(item for item in told if item["PK"].startswith("ISSUE#") and "before" in item)
    copy = json.dumps(item)
    assert set(resealed(item, more)) <= {"actor", "assignee", "before"}
    assert json.dumps(item) == copy, "the record that was read is left as it is"


def test_a_text_that_does_not_open_is_named_and_holds_up_no_other(lived_in: Portal) -> None:
    using = _with(lived_in, lived_in.keys.with_new_key().sealing_with("k2"))
    owner = accounts.profile_key(People(lived_in).owner.id)
    lived_in.db.update(Update(owner, sets={"name": "k1.AAAA"}))
    done = _reseal(using)
    assert (done.left, done.names) == (1, [f"{owner.pk} PROFILE: Unsealable"])
    assert verify(using, NOW).seals["k1"] == 2, "its name, and its number beside"


def test_a_key_is_retired_only_when_nothing_is_sealed_with_it(lived_in: Portal) -> None:
    using = _with(lived_in, lived_in.keys.with_new_key().sealing_with("k2"))
    used = keyring.in_use(using.db)
    with pytest.raises(keyring.InUse, match=rf"'k1': {used['k1']}"):
        keyring.step("retire", using.keys, used)
    _reseal(using)
    assert list(keyring.step("retire", using.keys, keyring.in_use(using.db)).sealing) == ["k2"]


@pytest.fixture
def kms_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A key in a KMS of this process's own."""
    with mock_aws(config={"core": {"mock_credentials": False}}):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "test")
        # Not the short way, which would go past this KMS.
        monkeypatch.setattr(aws, "transport", lambda *_: None)
        made = boto3.client("kms", region_name="us-east-1").create_key()["KeyMetadata"]["KeyId"]
        monkeypatch.setenv("KMS_KEY", made)
        yield made


def _deployed(monkeypatch: pytest.MonkeyPatch, ciphertext: str | None) -> Settings:
    config = make_settings(portal_stage="prod", keyring_ciphertext=ciphertext)
    monkeypatch.setattr(keyring, "settings", lambda: config)
    return config


def test_a_whole_rotation_of_a_deployed_keyring(
    lived_in: Portal, kms_key: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """new, add, use, seal anew, retire: each step's output is the next deployment's KEYRING_CIPHERTEXT."""
    kms = boto3.client("kms", region_name="us-east-1")
    deployed = [keyring.encrypted(lived_in.keys, kms, kms_key)]
    monkeypatch.setattr(keyring, "portal", lambda: lived_in)
    for name in ("add", "use"):
        _deployed(monkeypatch, deployed[-1])
        assert keyring.main(name) == 0
        said = capsys.readouterr()
        deployed.append(said.out.strip())
    assert said.err == "keys: k1, k2 (seals)\n"
    using = load_keys(_deployed(monkeypatch, deployed[-1]))
    assert keyring.main("retire") == 1
    assert "still sealed with: {'k1': " in capsys.readouterr().err
    assert _reseal(_with(lived_in, using)).left == 0
    assert keyring.main("retire") == 0
    last = load_keys(_deployed(monkeypatch, capsys.readouterr().out.strip()))
    assert (list(last.sealing), last.hashing) == (["k2"], lived_in.keys.hashing)
    assert verify(_with(lived_in, last), NOW).problems == []


def test_a_first_keyring_is_made_for_kms_and_opens_in_its_context_only(
    kms_key: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _deployed(monkeypatch, None)
    assert keyring.main("new") == 0
    ciphertext = capsys.readouterr().out.strip()
    assert load_keys(_deployed(monkeypatch, ciphertext)).current == "k1"
    kms = boto3.client("kms", region_name="us-east-1")
    with pytest.raises(kms.exceptions.InvalidCiphertextException):
        kms.decrypt(CiphertextBlob=base64.b64decode(ciphertext), EncryptionContext={"portal": "other"})


def test_a_local_key_file_is_rotated_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / "data.key")
    config = make_settings(key_file=path)
    monkeypatch.setattr(keyring, "settings", lambda: config)
    before = load_keys(config)
    for name in ("add", "use"):
        assert keyring.main(name) == 0
    after = load_keys(config)
    assert (after.current, after.without("k1").hashing) == ("k2", before.hashing)
    assert after.open(before.seal("x", "c"), "c") == "x"
    assert load_key_file(f"{path}.before").current == "k1"
    assert keyring.main("shout") == 2
    assert "STEP must be one of: show, new, add, use, retire, rehash" in capsys.readouterr().err


def test_after_a_leak_of_the_key_of_hashes_everybody_is_found_by_another(
    lived_in: Portal, kms_key: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = People(lived_in)
    later = NOW + timedelta(days=32)  # than the clock has got to
    file = report(
        portal=lived_in, by=old.owner, area="public", category_id="lift", location="东门", now=later
    )
    monkeypatch.setattr(keyring, "portal", lambda: lived_in)
    kms = boto3.client("kms", region_name="us-east-1")
    _deployed(monkeypatch, keyring.encrypted(lived_in.keys, kms, kms_key))
    assert keyring.main("rehash") == 0
    now = _with(lived_in, load_keys(_deployed(monkeypatch, capsys.readouterr().out.strip())))
    assert now.keys.hashing != lived_in.keys.hashing
    assert verify(now, NOW).problems == []
    assert People(now).owner.id == file.issue.reporter.id
    assert accounts.find_by_phone(lived_in.db, lived_in.keys, PHONES["owner"]) is None
    kinds = verify(now, NOW).kinds
    assert {"PHONE THROTTLE", "ADDRESS THROTTLE", "ACCOUNT SESSION", "ACCOUNT FORM"} & set(kinds) == set()
    assert (kinds["PHONE ACCOUNT"], kinds["SPOT"]) == (13, 1)


def test_signing_everybody_out_ends_every_session_and_nobodys_account(site: Portal, people: People) -> None:
    browsers = [Browser(cookies={"session": people.token(name)}) for name in ("owner", "clerk")]
    assert [browser.get("/me").status for browser in browsers] == [200, 200]
    assert sign_out_everybody(site.db) == 11
    assert 200 not in [browser.get("/me").status for browser in browsers]
    assert Browser(cookies={"session": people.token("owner")}).get("/me").status == 200
