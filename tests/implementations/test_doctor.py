"""`sealproof implementations`: what a person is told, and the exit status that a script sees."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_adapters import python_adapter

from harness import cli
from harness.implementations import registry
from harness.implementations.doctor import Level, diagnose
from harness.implementations.manifest import load


@pytest.fixture(autouse=True)
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and a folder that stands for the shipped adapters."""
    monkeypatch.setenv("SEALPROOF_HOME", str(tmp_path / "home"))
    folder = tmp_path / "implementations"
    folder.mkdir()
    monkeypatch.setattr(registry, "shipped_folder", lambda: folder)
    return folder


def problems(place: Path) -> list[str]:
    return [finding.text for finding in diagnose(load(place)).findings if finding.level is Level.PROBLEM]


def test_a_healthy_one(shipped: Path) -> None:
    diagnosis = diagnose(load(python_adapter(shipped)))
    assert diagnosis.healthy
    assert diagnosis.description is not None
    assert any("claims aes128gcm.decrypt" in finding.text for finding in diagnosis.findings)


def test_another_version_than_the_manifest_s_is_a_problem(shipped: Path) -> None:
    assert problems(python_adapter(shipped, version="2")) == ["says version 2, but its manifest says 1"]


def test_one_that_claims_nothing(shipped: Path) -> None:
    assert problems(python_adapter(shipped, methods={})) == ["claims no method of the protocol"]


def test_one_that_does_not_start_shows_what_it_wrote(shipped: Path) -> None:
    place = python_adapter(shipped)
    (place / "adapter.py").write_text("raise SystemExit('no key store')")
    (found,) = problems(place)
    assert found.startswith("does not start: ")
    assert "no key store" in found


def test_a_missing_tool_is_told_once_with_what_to_install(shipped: Path) -> None:
    tool = '[[toolchain]]\ncommand = "no-such-tool"\ninstall = "No Such Tool 3"\n[build]\nsteps = [["no-such-tool"]]'
    diagnosis = diagnose(load(python_adapter(shipped, manifest=tool)))
    assert [finding.text for finding in diagnosis.findings] == ["no-such-tool was not found on PATH"]
    assert diagnosis.findings[0].advice == "install No Such Tool 3"


def test_list_piped_is_a_line_each_with_tabs(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    python_adapter(shipped, "good")
    python_adapter(shipped, "to-build", manifest='[build]\nsteps = [["{python}", "-c", "1"]]')
    (python_adapter(shipped, "bad") / "implementation.toml").write_text("name = 1")
    assert cli.main(["implementations", "list"]) == 0
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [(line[0], line[3]) for line in lines] == [
        ("good", "ready"),
        ("to-build", "needs-build"),
        ("bad", "malformed"),
    ]
    assert lines[1][4] == "not built yet: sealproof implementations build to-build"


def test_build_one_then_it_is_ready(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    python_adapter(shipped, "to-build", manifest='[build]\nsteps = [["{python}", "-c", "1"]]')
    assert cli.main(["implementations", "build", "to-build"]) == 0
    assert "to-build: step 1 of 1: {python} -c 1" in capsys.readouterr().out
    assert cli.main(["implementations", "build", "--all"]) == 0
    assert capsys.readouterr().out == "to-build: ready\n"
    assert cli.main(["implementations", "doctor", "to-build"]) == 0


def test_a_build_that_fails_exits_with_1_and_shows_why(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    step = "print('no such crate'); raise SystemExit(2)"
    python_adapter(shipped, "failing", manifest=f'[build]\nsteps = [["{{python}}", "-c", "{step}"]]')
    assert cli.main(["implementations", "build", "failing"]) == 1
    out = capsys.readouterr().out
    assert "exit status 2" in out
    assert "    no such crate" in out
    assert cli.main(["implementations", "doctor"]) == 1


def test_a_missing_tool_matters_only_to_who_asked_for_it(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tool = '[[toolchain]]\ncommand = "no-such-tool"\n[build]\nsteps = [["no-such-tool"]]'
    python_adapter(shipped, "absent", manifest=tool)
    assert cli.main(["implementations", "build", "--all"]) == 0
    assert "left out: no-such-tool was not found on PATH" in capsys.readouterr().out
    assert cli.main(["implementations", "doctor"]) == 0
    assert cli.main(["implementations", "build", "absent"]) == 4
    assert cli.main(["implementations", "doctor", "absent"]) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["build"], "name what to build, or give --all"),
        (["build", "x", "--all"], "name what to build, or give --all"),
        (["build", "npm-http-eec"], "there is no implementation 'npm-http-eec'; did you mean npm-http-ece?"),
        (["doctor", "./nowhere"], "there is no folder ./nowhere"),
        (["new", "Bad Name", "--language", "c"], '"Bad Name" cannot be a name'),
        (["new", "mine", "--language", "cobol"], "invalid choice: 'cobol'"),
        ([], "required: COMMAND"),
    ],
)
def test_usage_errors_exit_with_4(
    words: list[str], said: str, shipped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    python_adapter(shipped, "npm-http-ece")
    assert cli.main(["implementations", *words]) == 4
    captured = capsys.readouterr()
    assert said in captured.err
    assert "Traceback" not in captured.err
    assert captured.out == ""


def test_new_writes_an_adapter_that_the_doctor_finds_healthy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["implementations", "new", "mine", "--language", "python"]) == 0
    assert "sealproof check ./mine" in capsys.readouterr().out
    assert cli.main(["implementations", "doctor", "./mine"]) == 0
    assert cli.main(["implementations", "new", "mine", "--language", "python"]) == 4
    assert "is there already" in capsys.readouterr().err


def test_what_an_implementation_says_cannot_write_to_the_terminal(
    shipped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    python_adapter(shipped, "loud", name="\x1b[2J[red]loud\u202e")
    assert cli.main(["implementations", "doctor", "loud"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "[red]loud" in out
