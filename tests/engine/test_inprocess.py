"""A Python object asked in this process, and the same object behind `serve`: one contract."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asking import MINIATURES, decrypt

from harness.implementations import serve
from harness.implementations.connection import CannotStart, Connection, Limits, Request
from harness.implementations.inprocess import InProcessConnection
from harness.implementations.outcome import Status
from harness.implementations.process import ProcessConnection
from harness.implementations.protocol import METHODS, OCTETS

SERVE = str(Path(serve.__file__))
STAGES = {"Bad rs": "record-size"}


@pytest.fixture(params=["in process", "by path", "as module"])
def connection(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    if request.param == "in process":
        monkeypatch.syspath_prepend(str(MINIATURES))
        yield InProcessConnection(__import__("object_miniature").Adapter, stages=STAGES)
        return
    root = str(Path(__file__).parent.parent.parent)
    words = [SERVE] if request.param == "by path" else ["-m", "harness.implementations.serve"]
    with ProcessConnection(
        [sys.executable, *words, "object_miniature:Adapter"],
        cwd=MINIATURES,
        env={"PYTHONPATH": root} if request.param == "as module" else {},
        stages=STAGES,
    ) as opened:
        yield opened


def test_it_is_described(connection: Connection) -> None:
    assert connection.description.name == "object"
    assert connection.description.methods["aes128gcm.decrypt"].params == ("chunk_size",)
    assert ["made.up" in remark for remark in connection.remarks] == [True]


@pytest.mark.parametrize(
    ("message", "status", "exception", "message_has"),
    [
        (b"refuse", Status.REJECTED, "Refused", "no"),
        (b"cannot", Status.UNSUPPORTED, "CannotDo", "not that"),
        (b"index", Status.INTERNAL_ERROR, "IndexError", "out of range"),
        (b"panic", Status.INTERNAL_ERROR, "Panic", "panicked"),
        (b"memory", Status.INTERNAL_ERROR, "MemoryError", ""),
        (b"recursion", Status.INTERNAL_ERROR, "RecursionError", "recursion"),
        (b"chunk", Status.INTERNAL_ERROR, "TypeError", ""),
        (b"none", Status.PROTOCOL_ERROR, "", ""),
        (b"text", Status.PROTOCOL_ERROR, "", ""),
        (b"anything else", Status.ACCEPTED, "", ""),
    ],
)
def test_what_it_does_has_one_meaning(
    connection: Connection, message: bytes, status: Status, exception: str, message_has: str
) -> None:
    outcome = connection.ask(decrypt(message))
    assert (outcome.status, outcome.exception) == (status, exception)
    assert message_has in outcome.message
    assert bool(outcome.detail) == (status is Status.PROTOCOL_ERROR)


def test_stages_and_released_octets_travel(connection: Connection) -> None:
    outcome = connection.ask(decrypt(b"refuse"))
    assert (outcome.stage, outcome.released) == ("header", b"secret")
    outcome = connection.ask(decrypt(b"refuse natively"))
    assert (outcome.stage, outcome.stage_native) == ("record-size", "Bad rs")


def test_results_are_read_alike(connection: Connection) -> None:
    assert connection.ask(decrypt(b"octets")).octets("plaintext") == b"octets"
    outcome = connection.ask(decrypt(b"dict"))
    assert (outcome.octets("plaintext"), outcome.octets("keyid")) == (b"p", b"k")
    values = {"ikm": b"", "message": b"chunk", "chunk_size": 7}
    assert connection.ask(Request("aes128gcm.decrypt", values)).octets("plaintext") == b"7"
    outcome = connection.ask(Request("jwe.decrypt", {"key": {"alg": "dir"}, "jwe": "a.b", "algorithms": ["dir"]}))
    assert outcome.result is not None
    assert outcome.result["header"] == {"alg": "dir", "given": ["dir"]}


@pytest.mark.parametrize("name", ["no.such.method", "jws.sign", "describe.x", "__class__", "rejected"])
def test_other_methods_are_not_found(connection: Connection, name: str) -> None:
    outcome = connection.ask(Request(name, {}))
    assert (outcome.status, outcome.detail) == (Status.UNSUPPORTED, "method not found")


def test_an_exit_is_a_crash_and_not_ours(connection: Connection) -> None:
    outcome = connection.ask(decrypt(b"exit"))
    assert outcome.status is Status.CRASHED
    assert "3" in outcome.detail
    assert connection.ask(decrypt(b"m")).status is Status.ACCEPTED


def test_an_interrupt_passes_through() -> None:
    class Interrupted:
        def describe(self) -> dict[str, Any]:
            return {"protocol": 1, "name": "x", "methods": {"aes128gcm.decrypt": {}}}

        def aes128gcm_decrypt(self, **_: Any) -> bytes:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        InProcessConnection(Interrupted()).ask(decrypt(b"m"))


def test_objects_that_cannot_be_used_are_refused_with_a_sentence() -> None:
    class Raises:
        def __init__(self) -> None:
            raise OSError("no card in the reader")

    class Odd:
        rejected = ("ValueError",)

        def describe(self) -> dict[str, Any]:
            return {}

    with pytest.raises(CannotStart, match=r"Raises\(\) raised OSError: no card"):
        InProcessConnection(Raises)
    with pytest.raises(CannotStart, match="no method `describe`"):
        InProcessConnection(object())
    with pytest.raises(CannotStart, match="`rejected` of Odd must be a tuple of exception classes"):
        InProcessConnection(Odd)


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("no_such_module:Adapter", "cannot import no_such_module"),
        ("object_miniature:Missing", "object_miniature has no Missing"),
        ("object_miniature", "module:Object"),
    ],
)
def test_serve_says_what_it_cannot_find(word: str, says: str) -> None:
    with pytest.raises(CannotStart) as caught:
        ProcessConnection([sys.executable, SERVE, word], cwd=MINIATURES, limits=Limits(seconds=5))
    assert says in caught.value.stderr


def test_serve_leaves_modules_of_the_same_name_alone(tmp_path: Path) -> None:
    (tmp_path / "protocol.py").write_text((MINIATURES / "object_miniature.py").read_text())
    with ProcessConnection([sys.executable, SERVE, "protocol:Adapter"], cwd=tmp_path) as connection:
        assert connection.ask(decrypt(b"m")).status is Status.ACCEPTED


def test_serves_tables_are_the_protocols() -> None:
    assert serve.OCTETS == OCTETS
    assert {name: method.result[0] for name, method in METHODS.items()} == serve.FIRST_FIELD


def test_restart_makes_a_class_anew() -> None:
    """A salt that starts again with the object is one that comes again after a start."""

    class Counts:
        made = 0

        def __init__(self) -> None:
            Counts.made += 1

        def describe(self) -> dict[str, object]:
            return {"protocol": 1, "name": "counts", "methods": {}}

    connection = InProcessConnection(Counts)
    connection.restart()
    assert Counts.made == 2
