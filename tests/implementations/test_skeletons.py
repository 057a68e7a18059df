"""`sealproof implementations new`: what it writes builds, starts, fails honestly, and works once it is filled in."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from harness import cli
from harness.implementations import building
from harness.implementations.connection import Connection, Request
from harness.implementations.manifest import Manifest, load
from harness.implementations.opening import open_connection
from harness.implementations.outcome import Status
from harness.implementations.readiness import find
from harness.implementations.skeleton import LANGUAGES, CannotWrite, write

#: What a person might write in the places to fill in: a decoder that gives the message back, an encoder that refuses.
FILLED_IN: dict[str, list[tuple[str, str]]] = {
    "python": [
        ('raise NotImplementedError("decrypt is not implemented yet")', 'return {"plaintext": message}'),
        ('raise NotImplementedError("encrypt is not implemented yet")', 'raise ValueError("no")'),
        ("rejected: tuple[type[BaseException], ...] = ()", "rejected = (ValueError,)"),
    ],
    "node": [
        ('throw new Error("decrypt is not implemented yet");', "return { plaintext: message };"),
        ('throw new Error("encrypt is not implemented yet");', 'throw new Rejected("no");'),
    ],
    "go": [
        ('return nil, errors.New("decrypt is not implemented yet")', "return p.Message, nil"),
        ('errors.New("encrypt is not implemented yet")', 'errors.New("no")'),
        ("return internalError", "return rejected"),
    ],
    "rust": [
        ('Err(Failure::Defect("decrypt is not implemented yet".into()))', "Ok(_message)"),
        ('Err(Failure::Defect("encrypt is not implemented yet".into()))', 'Err(failure("no"))'),
    ],
    "java": [
        ('throw new UnsupportedOperationException("decrypt is not implemented yet");', "return message;"),
        ('UnsupportedOperationException("encrypt is not implemented yet")', 'IllegalStateException("no")'),
        ("return Wire.DEFECT;", "return Wire.REJECTED;"),
    ],
    "c": [
        (
            'return refused(DEFECT, "decrypt is not implemented yet");',
            "struct octets copy = new_octets(message->length);"
            "for (size_t at = 0; at < copy.length; at++) copy.data[at] = message->data[at];"
            "return accepted(copy);",
        ),
        ('return refused(DEFECT, "encrypt is not implemented yet");', 'return refused(REJECTED, "no");'),
    ],
    "shell": [
        ('echo "decrypt is not implemented yet (its key is $key)" >&2\n    exit 70', "cat\n    exit 0"),
        ('echo "encrypt is not implemented yet (its key is $key)" >&2\n    exit 70', "exit 1"),
    ],
}
SOURCES = {"python": "adapter.py", "node": "adapter.mjs", "go": "adapter.go", "rust": "adapter.rs",
           "java": "Adapter.java", "c": "adapter.c", "shell": "adapter.sh"}  # fmt: skip


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEALPROOF_HOME", str(tmp_path / "home"))


def opened(manifest: Manifest) -> Connection:
    building.build(manifest)
    return open_connection(manifest)


def new(language: str, folder: Path) -> Path:
    """A fresh skeleton; skips where its toolchain is not on this machine."""
    place, _ = write("mine", language, folder)
    for tool in load(place).toolchain:
        if problem := find(tool).problem:
            pytest.skip(problem)
    return place


DECRYPT = Request("aes128gcm.decrypt", {"ikm": b"k" * 16, "message": b"\x00\xff?>" * 20})
ENCRYPT = Request("aes128gcm.encrypt", {"ikm": b"k" * 16, "plaintext": b"hello"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fresh_skeleton_starts_describes_itself_and_fails_every_call(language: str, tmp_path: Path) -> None:
    manifest = load(new(language, tmp_path))
    assert manifest.name == "mine"
    with opened(manifest) as connection:
        assert connection.description.name == "mine"
        assert connection.description.version == manifest.version
        assert set(connection.description.methods) == {"aes128gcm.encrypt", "aes128gcm.decrypt"}
        for request in (DECRYPT, ENCRYPT):
            outcome = connection.ask(request)
            assert outcome.status is (Status.CRASHED if language == "shell" else Status.INTERNAL_ERROR)
            assert "not implemented yet" in outcome.message + outcome.detail + outcome.stderr
        assert connection.ask(Request("no.such.method")).status is Status.UNSUPPORTED


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_skeleton_that_is_filled_in_passes_octets_both_ways(language: str, tmp_path: Path) -> None:
    place = new(language, tmp_path)
    source = place / SOURCES[language]
    text = source.read_text("utf-8")
    for old, filled in FILLED_IN[language]:
        assert text.count(old) == 1
        text = text.replace(old, filled)
    source.write_text(text, "utf-8")
    messages = [bytes(range(256))[:length] for length in (0, 1, 2, 3, 4, 5, 255, 256)] + [
        bytes(range(255, -1, -1)) * 999
    ]
    requests = [Request("aes128gcm.decrypt", {"ikm": b"", "message": message}) for message in messages]
    with opened(load(place)) as connection:
        answers = dict(connection.exchange(requests))
        for number, message in enumerate(messages):
            assert answers[number].octets("plaintext") == message, answers[number]
        refused = connection.ask(ENCRYPT)
        assert refused.status is Status.REJECTED
        if language != "shell":
            assert refused.message == "no"


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "shell"])
def test_a_line_that_is_no_request_is_answered_and_survived(language: str, tmp_path: Path) -> None:
    manifest = load(new(language, tmp_path))
    place = building.build(manifest)
    hostile = [
        b"nonsense",
        b"{}",
        b'{"id":1',
        b'{"id":\x00,"params":{"x":\x00}}',
        b'{"params":{"ikm":[{]}}',
        b'"',
        b"\xff",
        b"7",
    ]
    ended = subprocess.run(
        manifest.words(manifest.run.command, place),
        input=b"\n".join([*hostile, b'{"jsonrpc":"2.0","id":7,"method":"describe","params":{}}', b""]),
        cwd=place,
        capture_output=True,
        timeout=60,
        check=True,
    )
    answers = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len(answers) == len(hostile) + 1
    assert all("error" in answer for answer in answers[:-1])
    assert answers[-1]["id"] == 7
    assert answers[-1]["result"]["name"] == "mine"


def test_a_check_of_a_fresh_skeleton_fails_and_no_case_passes(tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    assert cli.main(["check", str(new("python", tmp_path)), "--results", str(results), "-q"]) == 1
    lines = [json.loads(line) for line in results.read_text("utf-8").splitlines()]
    verdicts = {line["verdict"] for line in lines if "verdict" in line}
    assert verdicts == {"failed", "skipped"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_skeletons_say_four_steps(language: str, tmp_path: Path) -> None:
    place, steps = write("mine", language, tmp_path)
    text = "".join(path.read_text("utf-8") for path in place.iterdir())
    for step in ("Step 1.", "Step 2.", "Step 3.", "Step 4."):
        assert text.count(step) == 1
    assert "my-library" not in text
    assert any("sealproof check" in step for step in steps)


def test_the_command_line_offers_every_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["implementations", "new", "--help"]) == 0
    assert "{" + ",".join(LANGUAGES) + "}" in capsys.readouterr().out


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "kept").write_text("kept")
    with pytest.raises(CannotWrite, match="is there already"):
        write("mine", "python", tmp_path)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["kept"]


@pytest.mark.parametrize("name", ["", "Mine", "../mine", "a/b", ".hidden", "a b", "x" * 100])
def test_a_name_that_cannot_be_a_folder_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="cannot be a name"):
        write(name, "python", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotWrite, match="cannot be made"):
        write("mine", "python", tmp_path / "file" / "deeper")
