"""Vector files read and selected; those that are none, and selections of nothing, are a sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import DECRYPT, Files, cases_of, files, write

from harness.cli import main
from harness.vectors.load import BadVectors, Vector, digest, load, read_file, select

SHIPPED = load()
IDS = [vector.id for vector in SHIPPED]


def ids(vectors: list[Vector]) -> list[str]:
    return [vector.id for vector in vectors]


# Selecting


def test_without_a_selection_all_are_chosen_in_the_order_of_the_files() -> None:
    assert ids(select(SHIPPED)) == IDS
    assert len(set(IDS)) == len(IDS) > 1000


@pytest.mark.parametrize(
    ("pattern", "regex"),
    [
        ("delimiter", r"delimiter"),
        ("aes128gcm/delimiter/*", r"^aes128gcm/delimiter/"),
        ("delimiter/last-bare*", r"/delimiter/last-bare"),
        ("*-is-1", r"-is-1$"),
        ("last-bare-is-[13]", r"/last-bare-is-[13]$"),
        ("aes128gcm/delimiter/last-bare-is-1", r"^aes128gcm/delimiter/last-bare-is-1$"),
        ("", r""),
    ],
)
def test_a_pattern_is_an_id_or_a_part_or_a_glob(pattern: str, regex: str) -> None:
    assert ids(select(SHIPPED, patterns=[pattern])) == [each for each in IDS if re.search(regex, each)]


def test_patterns_add_up_and_suites_narrow_them() -> None:
    both = select(SHIPPED, suites=["aes128gcm"], patterns=["examples", "aes128gcm/nonce/*"])
    assert {vector.area for vector in both} == {"aes128gcm/examples", "aes128gcm/nonce"}
    assert {vector.suite for vector in both} == {"aes128gcm"}


@pytest.mark.parametrize(
    ("suites", "patterns", "told"),
    [
        (["webbush"], [], "no suite 'webbush'; there is aes128gcm"),
        (
            [],
            ["delimeter/last-bare"],
            "-k delimeter/last-bare: no case matches; did you mean aes128gcm/delimiter/last-bare",
        ),
        ([], ["delimiter", "~~~~"], "-k ~~~~: no case matches; `sealproof vectors list` shows them all"),
        (["aes128gcm"], ["jwe"], "-k jwe: no case matches"),
    ],
)
def test_a_selection_of_nothing_is_an_error(suites: list[str], patterns: list[str], told: str) -> None:
    with pytest.raises(BadVectors, match=re.escape(told)):
        select(SHIPPED, suites, patterns)


@given(st.text(max_size=12))
def test_any_pattern_selects_something_or_is_an_error(pattern: str) -> None:
    try:
        assert select(SHIPPED[:50], patterns=[pattern])
    except BadVectors as error:
        assert pattern in str(error)  # noqa: PT017  (either end is right)


def test_a_digest_is_of_the_cases_and_not_of_their_order() -> None:
    assert digest(SHIPPED) == digest(SHIPPED[::-1])
    assert digest(SHIPPED) != digest(SHIPPED[1:])


# Reading


def test_a_small_folder(tmp_path: Path) -> None:
    vectors = load(write(tmp_path))
    assert len(vectors) == 4
    assert {vector.method for vector in vectors} == {"aes128gcm.decrypt", "aes128gcm.encrypt"}
    for vector in vectors:
        vector.check()
        assert set(vector.request.values()) == vector.params


def case(place: int = 0, **fields: Any) -> Callable[[Files], None]:
    return lambda made: cases_of(made[DECRYPT])[place].update(fields)


def head(**fields: Any) -> Callable[[Files], None]:
    return lambda made: made[DECRYPT].update(fields)


GOOD = cases_of(files()[DECRYPT])[0]

MALFORMED: dict[str, tuple[Callable[[Files], Any] | bytes, str]] = {
    "nothing": (b"", "not a vector file"),
    "no JSON": (b"{not json", "not a vector file"),
    "no UTF-8": (b'{"algorithm": "\xff\xfe"}', "not a vector file"),
    "deep JSON": (b'{"a":' * 100_000, "not a vector file"),
    "deep params": (
        json.dumps(files()[DECRYPT]).encode().replace(b'"params": {', b'"params": {"a":' + b"[" * 100_000, 1),
        "not a vector file",
    ),
    "a list": (b"[]", "not a vector file"),
    "another file": (b'{"name": "package", "version": "1.0.0"}', "not a vector file"),
    "another version": (head(schema="aes128gcm_decrypt_schema_v2.json"), "this version reads schemas of version 1"),
    "an unknown key of the file": (head(extra=1), "extra"),
    "an unknown key of a case": (case(extra=1), "extra"),
    "a missing id": (lambda made: cases_of(made[DECRYPT])[0].pop("id"), "id"),
    "an id that is a number": (case(id=5), "id"),
    "a result that is none": (case(result="vaild"), "result"),
    "a repeat of 0": (case(repeat=0), "repeat"),
    "seconds below 0": (case(seconds=-1), "seconds"),
    "tests that are no list": (lambda made: made[DECRYPT]["testGroups"][0].update(tests={}), "tests"),
    "the same id twice": (case(1, id=GOOD["id"]), "stands in"),
    "params that are a list": (case(params=[]), f"the params of {GOOD['id']} cannot be read"),
    "params that are text": (case(params="ikm"), f"the params of {GOOD['id']} cannot be read"),
    "params that are no base64url": (case(params={"ikm": "=", "message": ""}), "the params of"),
    "params of another type": (case(params={"ikm": 5, "message": ""}), "the params of"),
    "a large message's params": (case(params=[], messageLength=9), "the params of"),
    "a large message's recipe": (
        case(recipe={"rs": "x"}, messageLength=9),
        f"the recipe of {GOOD['id']} cannot be read",
    ),
    "a large message's missing recipe": (case(recipe=5, messageLength=9), f"the recipe of {GOOD['id']} cannot be read"),
    "a recipe that cannot be sealed": (
        case(recipe={**GOOD["recipe"], "order": [7]}, messageLength=9),
        f"the recipe of {GOOD['id']} cannot be sealed",
    ),
    "a recipe of another message": (
        case(messageLength=9, messageSha256="00", params={"ikm": GOOD["params"]["ikm"]}),
        f"the recipe of {GOOD['id']} does not seal into the message",
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_file_is_one_sentence_and_status_4(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    broken, told = MALFORMED[name]
    folder = write(tmp_path, broken if not isinstance(broken, bytes) else lambda made: None)
    if isinstance(broken, bytes):
        (folder / "aes128gcm" / f"{DECRYPT}.json").write_bytes(broken)
    assert main(["check", "reference", "-q", "--vectors", str(folder)]) == 4
    err = capfd.readouterr().err
    assert err.startswith("sealproof: ")
    assert err.count("\n") == 1
    assert told in err
    assert f"{DECRYPT}.json" in err
    assert len(err) < 600


@pytest.mark.parametrize("kind", ["empty", "missing", "file", "flat"])
def test_a_folder_without_vectors_is_a_sentence(tmp_path: Path, capfd: pytest.CaptureFixture[str], kind: str) -> None:
    place = tmp_path / "vectors"
    if kind in ("empty", "flat"):
        place.mkdir()
    if kind == "flat":
        (place / "delimiter.json").write_text("{}")
    if kind == "file":
        place.write_text("{}")
    assert main(["check", "reference", "-q", "--vectors", str(place)]) == 4
    assert "no vector files (SUITE/AREA.json) here" in capfd.readouterr().err


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(BadVectors, match="cannot be read"):
        read_file(tmp_path / "none.json")
    with pytest.raises(BadVectors, match="cannot be read"):
        read_file(tmp_path)


def test_what_travels_is_the_params_and_nothing_of_the_answer() -> None:
    for vector in SHIPPED:
        if not vector.test.message_length:
            assert vector.request.encoded() == bytes(vector.test.params)
        assert vector.params <= {"ikm", "message", "chunk_size", "plaintext", "salt", "rs", "keyid", "pad"}
