"""`sealproof explain`: a case, or a message in a file, octet by octet."""

from __future__ import annotations

import base64
import io
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.cli import main
from harness.implementations.protocol import encode_octets
from harness.recipes.aes128gcm import Message, Record, seal
from harness.vectors.load import load

IKM = bytes(range(100, 116))
MESSAGE = Message(ikm=IKM, salt=bytes(range(16)), rs=25, records=(Record(b"12345678"), Record(b"abc")), keyid=b"k1")
OCTETS = seal(MESSAGE)


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def explain(capfd: pytest.CaptureFixture[str]):
    """Runs the command; what it shows."""

    def run(*arguments: str | Path, status: int = 0) -> str:
        assert main(["explain", *map(str, arguments)]) == status
        out, err = capfd.readouterr()
        if status:
            assert err.startswith("sealproof: ")
            assert err.count("\n") == 1
            return err
        assert err == ""
        return out

    return run


# Cases


def test_a_case_with_its_rule_near_miss_and_octets(explain) -> None:
    out = explain("aes128gcm/delimiter/last-bare-is-1")
    for told in (
        "aes128gcm/delimiter/last-bare-is-1  (aes128gcm.decrypt, must be refused)",
        "RFC 8188 section 2 (MUST), rfc8188/2/delimiter-last",
        "One edit away from aes128gcm/delimiter/last-bare, which must be accepted:",
        "record 2 delimiter  1, must be 2 here",
        "The reference refuses it at stage delimiter",
        "ikm = ",
        "sealproof check IMPLEMENTATION -k aes128gcm/delimiter/last-bare-is-1",
    ):
        assert told in out
    (marked,) = [line for line in out.splitlines() if line.startswith("  > ")]
    assert "record 2 delimiter" in marked


def test_the_end_of_an_id_is_enough_where_there_is_one_such_case(explain) -> None:
    assert "aes128gcm/delimiter/last-bare-is-1 " in explain("last-bare-is-1")
    assert "aes128gcm/examples/section-3.1 " in explain("examples/section-3.1")
    err = explain("delimiter/last", status=4)
    assert "delimiter/last is part of " in err
    assert err.rstrip().endswith("write one")


def test_one_case_of_each_area_and_kind_is_explained(explain) -> None:
    seen = set()
    for vector in load():
        kind = (vector.area, vector.test.result, bool(vector.test.message_length))
        if kind not in seen and vector.test.message_length < 100_000:
            seen.add(kind)
            assert vector.test.comment.split()[0] in explain(vector.id)
    assert len(seen) > 30


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("last-baer-is-1", "did you mean aes128gcm/delimiter/last-bare-is-1?"),
        ("no/such/file.bin", "'no/such/file.bin' is neither a file nor part of an id"),
        ("x" * 5000, "is neither a file nor part of an id"),
        (".", "write one"),
        ("a\0b", "is neither a file nor part of an id"),
    ],
)
def test_what_is_neither_is_a_sentence(explain, what: str, told: str) -> None:
    assert told in explain(what, status=4)


# Files

FORMS = {
    "raw": OCTETS,
    "hex": OCTETS.hex().encode(),
    "hex in lines": b"\n".join(OCTETS.hex(" ").upper().encode().split(b" ")) + b"\n",
    "base64": base64.b64encode(OCTETS) + b"\n",
    "base64 in lines": base64.encodebytes(OCTETS),
    "base64url": encode_octets(OCTETS).encode(),
    "base64url with padding": base64.urlsafe_b64encode(OCTETS),
}
KEYS = {"hex": IKM.hex(), "base64url": encode_octets(IKM), "base64": base64.b64encode(IKM).decode()}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("key", KEYS)
def test_a_file_in_any_usual_form(explain, tmp_path: Path, form: str, key: str) -> None:
    place = tmp_path / "message"
    place.write_bytes(FORMS[form])
    out = explain(place, "--ikm", KEYS[key])
    assert f"Message: {len(OCTETS)} octets" in out
    assert "'12345678' (nonce " in out
    assert "The reference opens it: 11 octets, b'12345678abc'" in out


def test_standard_input(explain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(OCTETS)))
    assert "The reference opens it" in explain("-", "--ikm", KEYS["hex"])


def test_without_a_key_records_are_shown_sealed(explain, tmp_path: Path) -> None:
    place = tmp_path / "message"
    place.write_bytes(OCTETS)
    out = explain(place)
    assert "give --ikm to open its records" in out
    assert "25 octets, sealed" in out
    assert "CEK" not in out


def test_with_another_key_it_says_what_does_not_open(explain, tmp_path: Path) -> None:
    place = tmp_path / "message"
    place.write_bytes(OCTETS)
    out = explain(place, "--ikm", "00" * 16)
    assert "octets that do not open under nonce" in out
    assert "The reference refuses it at stage record-auth" in out


def test_a_key_of_zeros_in_base64url_is_no_hex(explain, tmp_path: Path) -> None:
    place = tmp_path / "message"
    place.write_bytes(seal(Message(ikm=bytes(16), salt=bytes(16), rs=25, records=(Record(b"zeros"),))))
    for key in ("A" * 22, "0" * 32):
        assert "b'zeros'" in explain(place, "--ikm", key)


@pytest.mark.parametrize("length", range(0, len(OCTETS), 7))
def test_a_truncated_file_is_shown_as_far_as_it_goes(explain, tmp_path: Path, length: int) -> None:
    place = tmp_path / "message"
    place.write_bytes(OCTETS[:length])
    out = explain(place, "--ikm", KEYS["hex"])
    assert f"Message: {length} octets" in out
    assert "The reference refuses it at stage" in out


def test_a_large_file_is_shown_in_part_and_one_that_is_too_large_not_at_all(
    explain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "message"
    place.write_bytes(bytes(16) + (18).to_bytes(4, "big") + bytes(1) + bytes(2_000_000))
    out = explain(place, "--ikm", KEYS["hex"])
    assert out.count("\n") < 80
    assert "more octets; -v shows them all" in out
    monkeypatch.setattr("harness.cli.explain._MOST_OCTETS", 1024 * 1024)
    assert "message is larger than 1 MiB" in explain(place, status=4)


def test_all_of_it_with_v(explain, tmp_path: Path) -> None:
    place = tmp_path / "message"
    place.write_bytes(seal(Message(ikm=IKM, salt=bytes(16), rs=18, records=(Record(b"x", repeat=100),))))
    assert "record 99 data" not in explain(place, "--ikm", KEYS["hex"])
    assert "record 99 data" in explain(place, "--ikm", KEYS["hex"], "-v")


@pytest.mark.parametrize("key", ["", "not a key", "ü", "%%", "A" * 5 + "=x", "AAAAA"])
def test_a_key_that_is_none_is_a_sentence(explain, tmp_path: Path, key: str) -> None:
    place = tmp_path / "message"
    place.write_bytes(OCTETS)
    assert "--ikm" in explain(place, "--ikm", key, status=4)


def test_a_file_that_cannot_be_read_is_a_sentence(explain, tmp_path: Path) -> None:
    place = tmp_path / "pipe"
    place.symlink_to(tmp_path / "nowhere")
    assert "is neither a file nor part of an id" in explain(place, status=4)


@given(octets=st.binary(max_size=80), ikm=st.binary(max_size=20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_any_octets_are_explained(explain, tmp_path: Path, octets: bytes, ikm: bytes) -> None:
    place = tmp_path / "message"
    place.write_bytes(b"\xff" + octets)  # and so no text
    assert f"Message: {len(octets) + 1} octets" in explain(place, "--ikm", "00" + ikm.hex())


def test_texts_of_a_vector_file_cannot_drive_the_terminal(explain, tmp_path: Path) -> None:
    import json
    import shutil

    from harness.vectors.load import shipped_folder

    shutil.copytree(shipped_folder() / "schemas", tmp_path / "schemas")
    file = json.loads((shipped_folder() / "aes128gcm" / "examples.json").read_text())
    test = file["testGroups"][0]["tests"][0]
    test["comment"] = "red \x1b[31m and [bold]bold[/]"
    test["requirements"] = ["rfc9999/\x1b[2J"]
    (tmp_path / "aes128gcm").mkdir()
    (tmp_path / "aes128gcm" / "examples.json").write_text(json.dumps(file))
    out = explain(test["id"], "--vectors", tmp_path)
    assert "\x1b" not in out
    assert "[bold]bold[/]" in out
    assert "a rule that this version does not know" in out
