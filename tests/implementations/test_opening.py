"""From a manifest to a connection, and what is said where there is no way."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest
from small_adapters import python_adapter

from harness.implementations import opening, registry
from harness.implementations.commandline import CommandLineConnection
from harness.implementations.connection import CannotStart, Limits, Request
from harness.implementations.inprocess import InProcessConnection
from harness.implementations.manifest import Manifest, Run, load
from harness.implementations.outcome import Status
from harness.implementations.process import ProcessConnection
from harness.implementations.readiness import Readiness, make_ready, state


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEALPROOF_HOME", str(tmp_path / "home"))


def in_process(folder: Path, name: str) -> Manifest:
    return Manifest(name="mine", kind="in-process", run=Run(object=name), folder=folder)


def test_the_reference_is_opened_in_this_process() -> None:
    with opening.open_connection(registry.resolve("reference")) as connection:
        assert isinstance(connection, InProcessConnection)
        sealed = connection.ask(Request("aes128gcm.encrypt", {"ikm": b"k", "plaintext": b"hello", "rs": 18, "pad": 3}))
        message = sealed.octets("message")
        for extra in ({}, {"chunk_size": 1}, {"chunk_size": 1000}):
            opened = connection.ask(Request("aes128gcm.decrypt", {"ikm": b"k", "message": message, **extra}))
            assert opened.octets("plaintext") == b"hello"
            assert opened.octets("keyid") == b""
        cut = connection.ask(Request("aes128gcm.decrypt", {"ikm": b"k", "message": message[:-1], "chunk_size": 5}))
        assert cut.status is Status.REJECTED
        assert cut.stage == "record-auth"
        assert cut.released is not None
        assert b"hello".startswith(cut.released)
        none = connection.ask(Request("aes128gcm.decrypt", {"ikm": b"k", "message": message, "chunk_size": 0}))
        assert (none.status, none.stage) == (Status.REJECTED, "argument")


def test_an_adapter_is_opened_in_a_process(tmp_path: Path) -> None:
    with opening.open_connection(load(python_adapter(tmp_path))) as connection:
        assert isinstance(connection, ProcessConnection)
        assert connection.description.name == "mine"


def test_a_python_object_of_the_current_folder_and_of_the_python_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = python_adapter(tmp_path)
    monkeypatch.chdir(place)
    opening.open_connection(registry.resolve("adapter:Adapter")).close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(place))
    opening.open_connection(registry.resolve("adapter:Adapter")).close()
    monkeypatch.delenv("PYTHONPATH")
    with pytest.raises(CannotStart):
        opening.open_connection(registry.resolve("adapter:Adapter"))


def test_a_command_of_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python_adapter(tmp_path)
    monkeypatch.chdir(tmp_path / "mine")
    serve = Path(registry.__file__).with_name("serve.py")
    manifest = registry.from_command(f"'{sys.executable}' '{serve}' adapter:Adapter")
    with opening.open_connection(manifest) as connection:
        assert connection.description.version == "1"


def test_a_command_line_tool(tmp_path: Path) -> None:
    place = tmp_path / "mine"
    place.mkdir()
    (place / "implementation.toml").write_text(
        'name = "mine"\nkind = "command"\n'
        '[describe]\nmethods = { "aes128gcm.decrypt" = { params = [] } }\n'
        '[command."aes128gcm.decrypt"]\narguments = ["sh", "tool.sh"]\nstdin = "{message}"\n'
        'result = { plaintext = "stdout" }\n'
    )
    (place / "tool.sh").write_text("tr a-z A-Z")
    with opening.open_connection(load(place)) as connection:
        assert isinstance(connection, CommandLineConnection)
        answer = connection.ask(Request("aes128gcm.decrypt", {"ikm": b"", "message": b"loud"}))
        assert answer.octets("plaintext") == b"LOUD"


def test_what_is_not_ready_cannot_be_opened(tmp_path: Path) -> None:
    manifest = load(python_adapter(tmp_path, manifest='[build]\nsteps = [["{python}", "-c", "1"]]'))
    with pytest.raises(CannotStart, match="mine is not ready: not built yet") as caught:
        opening.open_connection(manifest)
    assert "implementations build" in caught.value.advice
    assert make_ready(manifest).ready
    opening.open_connection(manifest).close()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "has no Adapter"),
        ("import no_such_library", "raised ModuleNotFoundError: No module named 'no_such_library'"),
        ("1/0", "raised ZeroDivisionError"),
    ],
)
def test_an_object_that_cannot_be_loaded(source: str, said: str, tmp_path: Path) -> None:
    module = f"adapter_{abs(hash(source))}"
    (tmp_path / f"{module}.py").write_text(source)
    before = list(sys.path)
    with pytest.raises(CannotStart) as caught:
        opening.open_connection(in_process(tmp_path, f"{module}:Adapter"))
    assert said in caught.value.reason
    assert sys.path == before


@pytest.mark.parametrize(
    ("run", "asked", "given"),
    [
        (Run(), Limits(memory_mib=64, start_seconds=1), (64, 1)),
        (Run(memory=2048, start_timeout=60), Limits(memory_mib=64, start_seconds=1), (2048, 60)),
        (Run(memory=128, start_timeout=5), Limits(memory_mib=4096, start_seconds=90), (4096, 90)),
    ],
)
def test_a_manifest_raises_limits_and_lowers_none(
    run: Run, asked: Limits, given: tuple[int, float], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[Limits] = []
    monkeypatch.setattr(opening, "ProcessConnection", lambda command, *, limits, **_: seen.append(limits))
    manifest = Manifest(
        name="mine", kind="subprocess", run=msgspec.structs.replace(run, command=("sh",)), folder=tmp_path
    )
    opening.open_connection(manifest, asked)
    assert (seen[0].memory_mib, seen[0].start_seconds) == given


def test_a_run_builds_by_itself_only_what_python_can_build(tmp_path: Path) -> None:
    steps = '[build]\nsteps = [["{python}", "-c", "1"]]'
    alone = load(python_adapter(tmp_path, "alone", manifest=steps))
    compiled = load(
        python_adapter(tmp_path, "compiled", manifest=f'[[toolchain]]\ncommand = "sh"\nversion_args = []\n{steps}')
    )
    assert make_ready(alone, python_only=True).ready
    assert make_ready(compiled, python_only=True).readiness is Readiness.NEEDS_BUILD
    assert make_ready(compiled).ready


def test_a_build_that_failed_is_told_and_can_be_tried_again(tmp_path: Path) -> None:
    step = "import os, sys; sys.exit(not os.path.exists(sys.argv[1]))"
    there = tmp_path / "there"
    manifest = load(python_adapter(tmp_path, manifest=f'[build]\nsteps = [["{{python}}", "-c", "{step}", "{there}"]]'))
    failed = make_ready(manifest)
    assert failed.readiness is Readiness.FAILED
    assert "exit status 1" in failed.reason
    assert state(manifest).readiness is Readiness.FAILED
    there.touch()
    assert make_ready(manifest).ready
