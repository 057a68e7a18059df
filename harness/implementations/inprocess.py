"""Asks a Python object in this process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from harness.implementations.connection import CannotStart, Connection, Request
from harness.implementations.description import read_description
from harness.implementations.outcome import Outcome, Status
from harness.implementations.protocol import METHODS, OCTETS

_NOT_FOUND = Outcome(status=Status.UNSUPPORTED, detail="method not found")


class InProcessConnection(Connection):
    """Calls the methods of a Python object, `aes128gcm.decrypt` as `aes128gcm_decrypt(ikm=…, message=…)`.

    `target` is the object, or a class that is called without arguments to make it. `stages` maps the library's
    own words for a stage to the vocabulary. Octets are `bytes` both ways. There is no time limit and no memory
    limit here: a call that never returns hangs the harness, so put what is not trusted in a subprocess.
    """

    def __init__(self, target: Any, *, stages: Mapping[str, str] | None = None) -> None:
        self._stages = dict(stages or {})
        self._target = target
        self._open()
        self.description, self.remarks = read_description(_describe(self._object))

    def _open(self) -> None:
        self._object = _instance(self._target)
        self._rejected = _classes(self._object, "rejected")
        self._unsupported = _classes(self._object, "unsupported")
        self._calls: dict[str, Callable[..., Any]] = {}
        for name in METHODS:
            call = getattr(self._object, name.replace(".", "_"), None)
            if callable(call):
                self._calls[name] = call

    def exchange(self, requests: Iterable[Request]) -> Iterator[tuple[int, Outcome]]:
        """Ask one after the other, in order."""
        clock = time.perf_counter
        for position, request in enumerate(requests):
            call = self._calls.get(request.method)
            if call is None:
                yield position, _NOT_FOUND
                continue
            values = request.values()
            started = clock()
            try:
                answer = call(**values)
                ms = (clock() - started) * 1e3
                outcome = self._accepted(request.method, answer, ms)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # a panic in a Rust extension is not an Exception
                outcome = self._raised(error, (clock() - started) * 1e3)
            yield position, outcome

    def restart(self) -> None:
        """Make a class's object anew; an object that was handed over as such keeps its state."""
        if isinstance(self._target, type):
            self._open()

    def close(self) -> None:
        """Nothing to do: the object goes with its last reference."""

    def _accepted(self, method: str, answer: Any, ms: float) -> Outcome:
        spec = METHODS[method]
        if type(answer) is not dict:
            if not isinstance(answer, str | bytes | bytearray | memoryview):
                return _unreadable(f"{method} returned {type(answer).__name__}; expected a dict of results", ms)
            answer = {spec.result[0]: answer}
        for field in spec.result:
            value = answer.get(field)
            wanted = bytes if field in OCTETS else str
            if type(value) is not wanted:
                if wanted is bytes and isinstance(value, bytearray | memoryview):
                    answer = {**answer, field: bytes(value)}
                elif field not in answer:
                    return _unreadable(f"the result of {method} has no {field!r}", ms)
                else:
                    return _unreadable(
                        f"the result's {field!r} is {type(value).__name__}; expected {wanted.__name__}", ms
                    )
        for field in spec.optional_result:
            value = answer.get(field)
            if value is not None and not isinstance(value, bytes if field in OCTETS else dict):
                return _unreadable(f"the result's {field!r} is {type(value).__name__}", ms)
        return Outcome(status=Status.ACCEPTED, result=answer, ms=ms)

    def _raised(self, error: BaseException, ms: float) -> Outcome:
        status = self._status(error)
        native = _text(error, "stage_native")
        released = getattr(error, "released", None)
        if released is not None:
            if not isinstance(released, bytes | bytearray | memoryview):
                return _unreadable(f"the exception's `released` is {type(released).__name__}; expected bytes", ms)
            released = bytes(released)
        return Outcome(
            status=status,
            stage=_text(error, "stage") or self._stages.get(native, ""),
            stage_native=native,
            exception=type(error).__name__,
            message=_message(error),
            released=released,
            detail=f"it ended the program: {_message(error) or 'SystemExit'}" if status is Status.CRASHED else "",
            ms=ms,
        )

    def _status(self, error: BaseException) -> Status:
        """The nearest class in either list decides, so that a library may declare `ValueError` as its refusal
        and a class derived from it as unsupported, or the other way round."""
        if isinstance(error, SystemExit):
            return Status.CRASHED
        for kind in type(error).__mro__:
            if kind in self._rejected:
                return Status.REJECTED
            if kind in self._unsupported:
                return Status.UNSUPPORTED
        return Status.INTERNAL_ERROR


def _unreadable(detail: str, ms: float) -> Outcome:
    return Outcome(status=Status.PROTOCOL_ERROR, detail=detail, ms=ms)


def _text(error: BaseException, attribute: str) -> str:
    value = getattr(error, attribute, "")
    return str(value) if isinstance(value, str) else ""


def _message(error: BaseException) -> str:
    try:
        return str(error)[:1000]
    except Exception:
        return f"(the message of {type(error).__name__} cannot be shown)"


def _instance(target: Any) -> Any:
    if not isinstance(target, type):
        return target
    try:
        return target()
    except Exception as error:
        raise CannotStart(
            f"{target.__name__}() raised {type(error).__name__}: {_message(error)}",
            advice="An implementation class is made without arguments.",
        ) from error


def _describe(target: Any) -> object:
    describe = getattr(target, "describe", None)
    if not callable(describe):
        raise CannotStart(
            f"{type(target).__name__} has no method `describe`",
            advice="Give it a method describe(self) that returns a dict: protocol, name, methods.",
        )
    try:
        return describe()
    except Exception as error:
        raise CannotStart(f"describe() raised {type(error).__name__}: {_message(error)}") from error


def _classes(target: Any, attribute: str) -> frozenset[type[BaseException]]:
    declared = getattr(target, attribute, ())
    if isinstance(declared, type):
        declared = (declared,)
    if not isinstance(declared, tuple | list) or not all(
        isinstance(kind, type) and issubclass(kind, BaseException) for kind in declared
    ):
        raise CannotStart(
            f"`{attribute}` of {type(target).__name__} must be a tuple of exception classes",
            advice=f"For example: {attribute} = (MyLibraryError,)",
        )
    return frozenset(declared)
