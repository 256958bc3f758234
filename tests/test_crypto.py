"""Sealed texts open for whom they were sealed, and for nothing else."""

import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.crypto import Keyring, Unsealable, load_key_file, replace_key_file

KEYS = Keyring.generate()
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(text=TEXTS, context=TEXTS)
def test_what_was_sealed_opens_again(text: str, context: str) -> None:
    assert KEYS.open(KEYS.seal(text, context), context) == text


@given(text=TEXTS, context=TEXTS, other=TEXTS)
def test_it_opens_in_no_other_context(text: str, context: str, other: str) -> None:
    if context != other:
        with pytest.raises(Unsealable):
            KEYS.open(KEYS.seal(text, context), other)


@given(text=TEXTS, place=st.integers(0), bit=st.integers(0, 5))
def test_a_changed_letter_is_noticed(text: str, place: int, bit: int) -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    head, _, body = KEYS.seal(text, "c").partition(".")
    at = place % (len(body) - 1)  # some bits of the last letter mean nothing
    letter = alphabet[alphabet.index(body[at]) ^ (1 << bit)]
    with pytest.raises(Unsealable):
        KEYS.open(f"{head}.{body[:at]}{letter}{body[at + 1 :]}", "c")


@given(junk=st.text())
def test_anything_else_is_refused_with_one_error(junk: str) -> None:
    for text in (junk, f"k1.{junk}", junk + KEYS.seal("x", "c")[4:]):
        with pytest.raises(Unsealable):
            KEYS.open(text, "c")


def test_the_same_text_is_never_sealed_the_same_way_twice() -> None:
    assert KEYS.seal("王秀英", "c") != KEYS.seal("王秀英", "c")
    assert "王" not in KEYS.seal("王秀英", "c")


def test_a_new_key_opens_at_once_but_seals_only_when_it_is_made_current() -> None:
    old = KEYS.seal("x", "c")
    knowing = KEYS.with_new_key()
    assert knowing.seal("x", "c").startswith("k1.")
    using = knowing.sealing_with("k2")
    sealed = using.seal("x", "c")
    assert sealed.startswith("k2.")
    assert (using.open(old, "c"), knowing.open(sealed, "c")) == ("x", "x")
    assert (using.is_current(old), using.is_current(sealed)) == (False, True)
    with pytest.raises(Unsealable):
        KEYS.open(sealed, "c")


def test_a_retired_key_opens_nothing_and_the_current_one_stays() -> None:
    using = KEYS.with_new_key().sealing_with("k2")
    with pytest.raises(Unsealable):
        using.without("k1").open(KEYS.seal("x", "c"), "c")
    with pytest.raises(ValueError, match="k2 is the current key"):
        using.without("k2")
    with pytest.raises(KeyError):
        using.sealing_with("k3")


def test_a_keyring_from_before_keys_could_be_only_known_seals_with_its_last() -> None:
    raw = json.loads(KEYS.with_new_key().to_json())
    del raw["current"]
    assert Keyring.from_json(json.dumps(raw)).current == "k2"
    with pytest.raises(KeyError):
        Keyring.from_json(json.dumps(raw | {"current": "k9"}))


def test_a_new_key_never_takes_the_name_of_one_in_use() -> None:
    without_first = KEYS.with_new_key().with_new_key().sealing_with("k3").without("k1")
    sealed = without_first.seal("x", "c")
    assert without_first.with_new_key().open(sealed, "c") == "x"


def test_hashes_stay_the_same_through_new_keys_and_differ_by_purpose() -> None:
    assert KEYS.hash("phone", "+86138") == KEYS.with_new_key().hash("phone", "+86138")
    assert len({KEYS.hash("phone", "1"), KEYS.hash("code", "1"), Keyring.generate().hash("phone", "1")}) == 3


def test_a_keyring_written_out_reads_back() -> None:
    using = KEYS.with_new_key().sealing_with("k2")
    assert Keyring.from_json(using.to_json()) == using
    assert Keyring.from_json(KEYS.to_json()).sealing == KEYS.sealing


def test_the_key_file_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = str(tmp_path / "keys" / "data.key")
    first = load_key_file(path)
    assert load_key_file(path) == first
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert os.listdir(tmp_path / "keys") == ["data.key"]


def test_a_key_file_is_replaced_whole_and_stays_its_owners_only(tmp_path: Path) -> None:
    path = str(tmp_path / "data.key")
    more = load_key_file(path).with_new_key()
    replace_key_file(path, more)
    assert load_key_file(path) == more
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert os.listdir(tmp_path) == ["data.key"]
