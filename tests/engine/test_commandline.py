"""Plain command lines: arguments, files, standard input, exit statuses, limits."""

from __future__ import annotations

import os
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from asking import bearing, decrypt

from harness.implementations.commandline import CommandLineConnection, CommandSpec
from harness.implementations.connection import CannotStart, Limits, Request
from harness.implementations.outcome import Outcome, Status
from harness.implementations.protocol import Claim, Description
from harness.implementations.supervision import run_mark

CAT = ["{python}", "-S", "-c", "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())"]


@pytest.fixture(autouse=True)
def private_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Everything is removed again: files and processes."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []
    assert not bearing(run_mark())


def opened(
    table: dict[str, Any], *, method: str = "aes128gcm.decrypt", params: tuple[str, ...] = (), **options: Any
) -> CommandLineConnection:
    spec = msgspec.convert(table, CommandSpec)
    description = Description(protocol=1, name="tool", methods={method: Claim(params=params)})
    return CommandLineConnection(description, {method: spec}, **options)


def python(code: str, *arguments: str, **more: Any) -> dict[str, Any]:
    """A table whose command is a Python program."""
    return {"arguments": ["{python}", "-S", "-c", code, *arguments], "result": {"plaintext": "stdout"}, **more}


def ask(table: dict[str, Any], message: bytes = b"message", **options: Any) -> Outcome:
    with opened(table, **options) as connection:
        return connection.ask(decrypt(message))


def test_a_table_of_the_manifest_is_a_command() -> None:
    text = """
        arguments = ["{python}", "-S", "-c", "import sys; print(*sys.argv[1:])", "{ikm:hex}", "{message:base64url}"]
        when = { chunk_size = ["--chunk", "{chunk_size:int}"] }
        result = { plaintext = "stdout" }
        rejected = [1]
        unsupported = [3]
        stage = { pattern = "bad (\\\\w+)" }
    """
    with opened(tomllib.loads(text), params=("chunk_size",)) as connection:
        assert connection.costly
        values = {"ikm": b"\x00\xff", "message": b"\xfb\xff", "chunk_size": 7}
        assert connection.ask(Request("aes128gcm.decrypt", values)).octets("plaintext") == b"00ff -_8 --chunk 7\n"
        del values["chunk_size"]
        assert connection.ask(Request("aes128gcm.decrypt", values)).octets("plaintext") == b"00ff -_8\n"
        assert connection.ask(Request("jws.sign", {})).detail == "method not found"


@pytest.mark.parametrize("message", [b"", b"\x00\n\xff", bytes(3_000_000)])
@pytest.mark.parametrize(
    "table",
    [
        {"arguments": CAT, "stdin": "{message}", "result": {"plaintext": "stdout"}},
        {
            "arguments": [*CAT[:3], "import sys, os; os.rename(*sys.argv[1:])", "{message:file}", "{out:file}"],
            "result": {"plaintext": "file:{out}"},
        },
        {
            "arguments": [*CAT[:3], "import sys; print(open(sys.argv[1], 'rb').read().hex())", "{message:file}"],
            "result": {"plaintext": "stdout:hex"},
        },
        {"arguments": CAT, "stdin": "{message:base64}", "result": {"plaintext": "stdout:base64"}},
        {"arguments": CAT, "stdin": "{message:base64url}\n", "result": {"plaintext": "stdout:base64url"}},
    ],
)
def test_octets_travel_every_way(table: dict[str, Any], message: bytes) -> None:
    outcome = ask(table, message)
    assert outcome.status is Status.ACCEPTED, outcome
    assert outcome.octets("plaintext") == message


def test_files_are_private() -> None:
    code = (
        "import os, sys; print(*(oct(os.stat(p).st_mode & 0o777) for p in (sys.argv[1], os.path.dirname(sys.argv[1]))))"
    )
    assert ask(python(code, "{message:file}")).octets("plaintext") == b"0o600 0o700\n"


def test_objects_and_text_are_passed_as_they_are() -> None:
    code = "import sys; print(sys.argv[1], open(sys.argv[2]).read(), file=sys.stderr); sys.exit(1)"
    table = python(code, "{jwe}", "{key:file}", rejected=[1])
    with opened(table, method="jwe.decrypt") as connection:
        outcome = connection.ask(Request("jwe.decrypt", {"jwe": "a.ü {x}", "key": {"kty": "oct"}}))
    assert (outcome.status, outcome.message) == (Status.REJECTED, 'a.ü {x} {"kty":"oct"}')


def test_text_results_are_text() -> None:
    table = python("print('a.b.c')")
    table["result"] = {"jws": "stdout"}
    with opened(table, method="jws.sign") as connection:
        assert connection.ask(Request("jws.sign", {"key": {}, "header": {}, "payload": b""})).result == {"jws": "a.b.c"}


@pytest.mark.parametrize(
    ("ending", "status", "detail"),
    [
        ("sys.exit(0)", Status.ACCEPTED, ""),
        ("sys.exit(1)", Status.REJECTED, ""),
        ("sys.exit(3)", Status.UNSUPPORTED, ""),
        ("sys.exit(2)", Status.CRASHED, "it exited with status 2"),
        ("os.kill(os.getpid(), 9)", Status.CRASHED, "it was killed by signal 9 (SIGKILL)"),
    ],
)
def test_a_rejection_is_said_by_a_listed_status_only(ending: str, status: Status, detail: str) -> None:
    code = f"import os, sys; print('x: bad header', file=sys.stderr, flush=True); {ending}"
    table = python(code, rejected=[1], unsupported=[3], stage={"pattern": r"bad (\w+)"})
    outcome = ask(table, stages={"header": "record-size"})
    assert (outcome.status, outcome.detail) == (status, detail)
    refused = status in (Status.REJECTED, Status.UNSUPPORTED)
    assert (outcome.stage, outcome.stage_native) == (("record-size", "header") if refused else ("", ""))
    assert (outcome.stderr if status is Status.CRASHED else outcome.message) == (
        "x: bad header" if status is not Status.ACCEPTED else ""
    )


@pytest.mark.parametrize(
    ("result", "code", "says"),
    [
        ("stdout:hex", "print('abc')", "standard output is not hex"),
        ("stdout:base64", "print('a~==')", "standard output is not base64"),
        ("stdout:base64url", "print('a+b/')", "base64url"),
        ("file:{out}", "pass", "did not write the file {out}"),
        ("file:{out}", "import os, sys; os.symlink('/etc/passwd', sys.argv[1])", "cannot be read"),
        ("file:{out}", "import os, sys; os.mkfifo(sys.argv[1])", "not a plain file"),
        ("file:{out}", "import os, sys; os.makedirs(sys.argv[1] + '/a/b')", "not a plain file"),
        ("file:{out}", "import os, sys; os.mkdir(sys.argv[1]); os.chmod(sys.argv[1], 0)", "{out}"),
    ],
)
def test_what_was_promised_and_is_not_there(result: str, code: str, says: str) -> None:
    table = python(code, *(["{out:file}"] if "out" in result[6:] and "file" in result else []))
    outcome = ask({**table, "result": {"plaintext": result}})
    assert outcome.status is Status.PROTOCOL_ERROR
    assert says in outcome.detail


def test_what_a_command_line_cannot_carry_is_unsupported() -> None:
    table = {"arguments": [*CAT, "{message:text}"], "result": {"plaintext": "stdout"}}
    assert ask(table, b"zero\x00octet").status is Status.UNSUPPORTED
    outcome = ask(table, b"x" * 3_000_000)
    assert (outcome.status, "too long" in outcome.detail) == (Status.UNSUPPORTED, True)


def test_input_that_is_not_read_does_no_harm() -> None:
    assert ask(python("print('fine')", stdin="{message}"), bytes(5_000_000)).octets("plaintext") == b"fine\n"


@pytest.mark.parametrize(
    ("code", "status", "says"),
    [
        ("import time; time.sleep(60)", Status.TIMED_OUT, "did not end within 1 s"),
        ("import sys\nwhile 1: sys.stdout.write('x' * 99999)", Status.RESOURCE, "output: more than 100,000 octets"),
        ("import sys\nwhile 1: open(sys.argv[1], 'ab').write(bytes(99999))", Status.RESOURCE, "output: a file of more"),
        ("import time\nb = []\nwhile 1: b.append(bytearray(b'x' * (8 << 20)))", Status.RESOURCE, "memory: "),
        (
            "import os, time\nfor _ in range(20): os.fork() or time.sleep(60)\ntime.sleep(60)",
            Status.RESOURCE,
            "processes",
        ),
        ("import sys, time\nwhile 1: sys.stderr.write('x' * 99999)", Status.TIMED_OUT, "within 1 s"),
    ],
)
def test_limits(code: str, status: Status, says: str) -> None:
    table = python(code, "{out:file}")
    table["result"] = {"plaintext": "file:{out}"}
    limits = Limits(seconds=1, memory_mib=150, answer_octets=100_000, processes=8)
    outcome = ask(table, limits=limits)
    assert outcome.status is status
    assert says in outcome.detail
    assert len(outcome.stderr) <= limits.stderr_octets


def test_what_it_leaves_running_is_ended_and_not_waited_for() -> None:
    child = "os.setsid(); os.fork(); time.sleep(60)"
    code = f"import os, time\nif os.fork() == 0: {child}\nprint('done', flush=True); os._exit(0)"
    outcome = ask(python(code), limits=Limits(seconds=30))
    assert outcome.octets("plaintext") == b"done\n"


def test_several_run_at_once_and_each_has_its_own_outcome(tmp_path: Path) -> None:
    code = (  # each waits until the other has come
        "import os, sys, time; n = sys.argv[1]; open(n, 'w').close(); o = str(int(n) ^ 1)\n"
        "while not os.path.exists(o): time.sleep(.01)\n"
        "print(n)"
    )
    table = python(code, "{message:text}")
    with opened(table, cwd=tmp_path, workers=2, limits=Limits(seconds=20)) as connection:
        got = dict(connection.exchange([decrypt(b"%d" % number) for number in range(6)]))
    assert [got[number].octets("plaintext") for number in range(6)] == [b"%d\n" % number for number in range(6)]


def test_an_abandoned_exchange_leaves_nothing() -> None:
    with opened(python("import time; time.sleep(60)", "{message:file}"), workers=3) as connection:
        exchange = connection.exchange([decrypt(b"a"), Request("jws.sign"), decrypt(b"b")])
        assert next(exchange)[1].status is Status.UNSUPPORTED
        exchange.close()
        assert not bearing(run_mark())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"arguments": []}, "arguments is empty"),
        ({"arguments": ["no-such-tool", "{message:hex}"]}, "no-such-tool was not found on PATH"),
        ({"arguments": ["./no-such-tool"]}, "./no-such-tool does not exist"),
        ({"arguments": ["cat", "{mesage:hex}"]}, "{mesage} is not a parameter; there are ikm, message"),
        ({"arguments": ["cat", "{message:hexx}"]}, "the form is one of hex, base64"),
        ({"arguments": ["cat", "{message}"]}, "say in which form"),
        ({"arguments": ["cat", "{chunk_size:int}"]}, "under `when`"),
        ({"when": {"salt": []}}, "salt is not an optional parameter; there are chunk_size"),
        ({"result": {}}, "where plaintext is found"),
        ({"result": {"plaintext": "stdin"}}, "'stdin' is not stdout"),
        ({"result": {"plaintext": "file:{out}"}}, "no argument is {out:file}"),
        ({"result": {"plaintext": "stdout", "text": "stdout"}}, "text is not a result field"),
        ({"rejected": [0]}, "0 cannot be an exit status that refuses"),
        ({"rejected": [1], "unsupported": [1]}, "exit status 1 cannot mean both"),
        ({"stage": {"pattern": "("}}, "stage pattern: missing )"),
        ({"stage": {"pattern": "bad"}}, "in a group"),
    ],
)
def test_a_table_that_cannot_work_is_refused_at_once(change: dict[str, Any], says: str) -> None:
    with pytest.raises(CannotStart) as caught:
        opened({"arguments": ["cat"], "result": {"plaintext": "stdout"}, **change})
    assert says in caught.value.reason


def test_a_claim_that_the_command_cannot_keep_is_refused() -> None:
    with pytest.raises(CannotStart, match="no arguments for it under `when`"):
        opened({"arguments": ["cat"], "result": {"plaintext": "stdout"}}, params=("chunk_size",))
    with pytest.raises(CannotStart, match=r"there is no command for jws\.sign"):
        CommandLineConnection(Description(protocol=1, name="t", methods={"jws.sign": Claim()}), {})


def test_the_folder_must_exist(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="does not exist"):
        opened({"arguments": [sys.executable], "result": {"plaintext": "stdout"}}, cwd=os.fspath(tmp_path / "gone"))
