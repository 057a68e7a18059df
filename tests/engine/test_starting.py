"""Implementations that cannot be started, or do not describe themselves: a clear sentence, and what to do."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from asking import Open, command, decrypt

from harness.implementations.connection import CannotStart, Limits
from harness.implementations.outcome import Status
from harness.implementations.process import ProcessConnection


def refusal(*words: str, **options: Any) -> CannotStart:
    with pytest.raises(CannotStart) as caught:
        ProcessConnection(words, **options).close()
    assert caught.value.reason.isprintable()
    return caught.value


def test_a_program_that_is_not_there() -> None:
    problem = refusal("no-such-program-at-all")
    assert problem.reason == "the program no-such-program-at-all was not found on PATH"
    assert problem.advice


def test_a_file_that_cannot_be_run(tmp_path: Path) -> None:
    script = tmp_path / "adapter.sh"
    script.write_text("echo\n")
    assert "is not executable" in refusal(str(script)).reason
    assert "chmod" in refusal(str(script)).advice
    script.chmod(0o755)
    assert "no form that can be executed" in refusal(str(script)).reason


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert "gone to run it in does not exist" in refusal(sys.executable, cwd=tmp_path / "gone").reason


def test_no_command() -> None:
    assert refusal().reason == "the command is empty"


def test_the_folder_and_the_environment_are_those_given(tmp_path: Path) -> None:
    (tmp_path / "here.py").write_text("import os, sys; sys.exit(os.environ['WORD'] + os.getcwd())")
    problem = refusal(sys.executable, "here.py", cwd=tmp_path, env={"WORD": "only this: "})
    assert problem.stderr == f"only this: {tmp_path}"


def test_one_that_exits_at_once_is_quoted() -> None:
    problem = refusal(*command("exits_at_once"))
    assert problem.reason == "asked to describe itself, it exited with status 1"
    assert problem.stderr == "no licence file found"


def test_one_that_never_answers() -> None:
    problem = refusal(*command("never_reads_stdin"), limits=Limits(start_seconds=0.3))
    assert problem.reason == "it did not answer describe within 0.3 s"
    assert "flush" in problem.advice


@pytest.mark.parametrize(
    ("name", "says"),
    [("prints_a_banner", "Welcome to miniature"), ("answers_everything_twice", "it had answered before")],
)
def test_noise_at_the_start(name: str, says: str) -> None:
    problem = refusal(*command(name))
    assert says in problem.reason
    assert "standard error" in problem.advice


GOOD: dict[str, Any] = {"protocol": 1, "name": "n", "methods": {"aes128gcm.decrypt": {"params": []}}}


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ([], "not an object"),
        ({}, "does not say which version"),
        ({**GOOD, "protocol": 2}, "describe says 2; this harness speaks protocol 1"),
        ({**GOOD, "protocol": True}, "says True"),
        ({**GOOD, "protocol": "1"}, "says '1'"),
        ({**GOOD, "name": 5}, "Expected `str`, got `int`"),
        ({**GOOD, "name": ""}, "no name"),
        ({"protocol": 1, "methods": {}}, "missing required field `name`"),
        ({"protocol": 1, "name": "n"}, "`methods` is nothing"),
        ({**GOOD, "methods": ["aes128gcm.decrypt"]}, "`methods` is an array"),
        ({**GOOD, "methods": {"aes128gcm.decrypt": []}}, "aes128gcm.decrypt cannot be read"),
        ({**GOOD, "methods": {"aes128gcm.decrypt": {"params": "salt"}}}, "params"),
        ({**GOOD, "batch": 0}, "`batch` is 0"),
        ({**GOOD, "batch": "many"}, "batch"),
    ],
)
def test_a_description_that_cannot_be_used(answer: object, says: str) -> None:
    assert says in refusal(*command("describes_what_it_is_told", json.dumps(answer))).reason


def test_unknown_methods_are_left_out_and_unknown_keys_ignored(start: Open) -> None:
    methods = {**GOOD["methods"], "aes256gcm.decrypt": 1, "jwe.decrypt": {"alg": ["dir"], "new": 1}}
    connection = start("describes_what_it_is_told", json.dumps({**GOOD, "methods": methods, "new": {}}))
    assert set(connection.description.methods) == {"aes128gcm.decrypt", "jwe.decrypt"}
    assert connection.description.methods["jwe.decrypt"].alg == ("dir",)
    assert len(connection.remarks) == 1
    assert "aes256gcm.decrypt" in connection.remarks[0]
    assert connection.ask(decrypt(b"m")).status is Status.ACCEPTED


def test_a_closed_connection_says_so(start: Open) -> None:
    connection = start("accepts_everything")
    connection.close()
    connection.close()
    with pytest.raises(RuntimeError, match="closed"):
        connection.ask(decrypt(b"m"))
