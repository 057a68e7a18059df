"""The command itself: help, mistakes, what is imported, where output goes."""

from __future__ import annotations

import argparse
import importlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.cli import COMMANDS, main

#: What must not be loaded by a command that does not need it.
HEAVY = ("msgspec", "rich", "cryptography", "jinja2", "jsonschema", "hypothesis", "psutil", "pytest")


def sealproof(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "harness.cli", *arguments]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60, **options)


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), *((name, "--help") for name in COMMANDS)], ids=str)
def test_help_imports_nothing_heavy(arguments: tuple[str, ...]) -> None:
    program = (
        "import sys\nfrom harness.cli import main\nstatus = main(sys.argv[1:])\n"
        f"loaded = sorted(set({HEAVY!r}) & set(sys.modules))\nassert status == 0, status\nassert not loaded, loaded"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_mentions_every_option_and_says_what_it_does(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name, "--help"]) == 0
    shown = capsys.readouterr().out
    parser = argparse.ArgumentParser()
    importlib.import_module(f"harness.cli.{name}").add_arguments(parser)
    for action in parser._actions:
        assert action.help or action.nargs == argparse.PARSER, f"{name}: {action.dest} has no help"
        for option in action.option_strings:
            assert option in shown
    assert COMMANDS[name].split(";")[0][1:40] in " ".join(shown.split())


SUBCOMMANDS = [("vectors", each) for each in ("list", "show", "lint", "generate", "quorum")]


@pytest.mark.parametrize("words", SUBCOMMANDS, ids=" ".join)
def test_subcommands_have_help(words: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words, "--help"]) == 0
    assert f"usage: sealproof {' '.join(words)}" in capsys.readouterr().out


def test_help_lists_the_commands_and_the_exit_statuses(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    for name in COMMANDS:
        assert re.search(rf"^\s+{name}\s+\w", shown, re.MULTILINE)
    assert "Exit status: 0" in shown


def test_without_a_command_the_help_is_shown_and_it_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 4
    assert "usage: sealproof" in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert re.fullmatch(r"sealproof \S+\n", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["chekc"], "there is no command 'chekc'; did you mean check?"),
        (["zzz"], "there is no command 'zzz'; there are run, check"),
        (["--nonsense"], "unrecognized arguments: --nonsense; `sealproof --help` says more"),
        (["check", "--nonsense"], "--nonsense"),
        (["check", "reference", "--jobs"], "expected one argument"),
        (["explain"], "the following arguments are required"),
        (["vectors"], "the following arguments are required: COMMAND; `sealproof vectors --help` says more"),
        (["vectors", "nonsense"], "invalid choice: 'nonsense'"),
        (["report"], "the following arguments are required"),
        (["report", "none.jsonl"], "none.jsonl"),
        (["explain", "none"], "'none' is neither a file nor part of an id"),
        (["vectors", "list", "none-such"], "no case matches"),
        (["vectors", "list", "--vectors", "nowhere"], "nowhere"),
        (["vectors", "lint", "--vectors", "nowhere"], "nowhere is not a folder"),
        (["vectors", "generate", "--vectors", "nowhere"], "nowhere is not a folder"),
        (["vectors", "quorum", "none.jsonl"], "none.jsonl cannot be read: No such file or directory"),
        (["vectors", "quorum", __file__], "line 1: not a results header"),
        (["run", "none-such", "--no-build"], "there is no implementation 'none-such'"),
    ],
    ids=" ".join,
)
def test_a_mistake_is_one_sentence_and_status_4(
    words: list[str], told: str, capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 4
    out, err = capfd.readouterr()
    assert out == ""
    assert re.match(r"sealproof( report)?: ", err)
    assert err.count("\n") == 1
    assert told in err


def test_a_fault_of_its_own_says_so_and_is_status_3(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(arguments: object) -> int:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr("harness.cli.vectors.run", broken)
    assert main(["vectors", "list"]) == 3
    err = capfd.readouterr().err
    assert err.startswith("sealproof: this is a fault of sealproof itself; please report it")
    assert "ZeroDivisionError: ours" in err


def test_an_interrupt_is_status_2(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("harness.cli.vectors.run", stopped)
    assert main(["vectors", "list"]) == 2
    assert capfd.readouterr().err == "sealproof: interrupted\n"


# Where output goes

CHECK = ("check", "mine:TakesAnyDelimiter", "-k", "examples", "-k", "delimiter/last-bare*")
HERE = Path(__file__).parent


def test_output_to_a_pipe_has_no_escape_sequences() -> None:
    for arguments in (CHECK, ("explain", "last-bare-is-1"), ("vectors", "list", "-l"), ("--help",)):
        done = sealproof(*arguments, cwd=HERE)
        assert done.stdout
        assert "\x1b" not in done.stdout + done.stderr
        assert "\r" not in done.stdout + done.stderr


def on_a_terminal(*arguments: str, **environment: str) -> str:
    """What the command shows on a terminal."""
    import pty

    leader, follower = pty.openpty()
    plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLORTERM")}
    process = subprocess.Popen(
        [sys.executable, "-m", "harness.cli", *arguments],
        stdin=follower, stdout=follower, stderr=follower, cwd=HERE,
        env={**plain, "TERM": "xterm-256color", **environment},
    )  # fmt: skip
    os.close(follower)
    shown = b""
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(leader)
    assert process.wait(60) in (0, 1)
    return shown.decode("utf-8", "replace")


#: A sequence that sets a colour, as opposed to bold or dim.
COLOUR = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:3[0-7]|4[0-7]|9[0-7]|38|48)[;m]")


def test_a_terminal_gets_colours_unless_no_color_is_set() -> None:
    assert COLOUR.search(on_a_terminal("explain", "last-bare-is-1"))
    assert not COLOUR.search(on_a_terminal("explain", "last-bare-is-1", NO_COLOR="1"))
    assert not COLOUR.search(on_a_terminal(*CHECK, NO_COLOR="1"))
    assert "\x1b" not in on_a_terminal("explain", "last-bare-is-1", TERM="dumb")


@pytest.mark.parametrize("arguments", [(*CHECK, "-q"), (*CHECK, "-v")], ids=str)
def test_a_reader_that_goes_away_changes_neither_status_nor_reports(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """`sealproof check … | head -1`"""
    reader, writer = os.pipe()
    os.close(reader)
    report = tmp_path / "out.xml"
    done = subprocess.run(
        [sys.executable, "-m", "harness.cli", *arguments, "--junit", str(report)],
        stdout=writer, stderr=subprocess.PIPE, text=True, check=False, timeout=60, cwd=HERE,
    )  # fmt: skip
    os.close(writer)
    assert done.returncode == 1
    assert "Error" not in done.stderr
    assert report.stat().st_size


def test_a_list_that_nobody_reads_to_the_end_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "harness.cli", "vectors", "list"],
        stdout=writer, stderr=subprocess.PIPE, text=True, check=False, timeout=60,
    )  # fmt: skip
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_output_that_knows_ascii_alone_is_no_error() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    for arguments in (("explain", "last-bare-is-1"), ("vectors", "list", "-l"), (*CHECK, "-q"), ("--help",)):
        done = sealproof(*arguments, cwd=HERE, env=environment)
        assert done.returncode in (0, 1), done.stderr
        assert "Traceback" not in done.stderr
