"""A connection to an implementation, whatever lives behind it."""

from __future__ import annotations

import abc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import msgspec

from harness.implementations.outcome import Outcome
from harness.implementations.protocol import OCTETS, Description, decode_octets, encode_octets


class Request:
    """A method and its parameters, held either as Python values or as the JSON text that travels.

    Octets are `bytes` in `values()` and base64url text in `encoded()`. Each form is made from the other on
    first need, so that vectors (text on disk) reach another process, and recipes (octets in memory) an object
    in this one, without a conversion. `seconds` is the least time limit that is fair to it (0: the usual one).
    """

    __slots__ = ("_encoded", "_values", "method", "seconds")

    def __init__(self, method: str, values: Mapping[str, Any] | None = None, *, encoded: bytes | None = None) -> None:
        self.method = method
        self.seconds = 0.0
        self._values = values
        self._encoded = encoded if encoded is not None or values is not None else b"{}"

    def values(self) -> Mapping[str, Any]:
        """The parameters as Python values."""
        if self._values is None:
            raw = msgspec.json.decode(self._encoded or b"{}")
            self._values = {name: decode_octets(value) if name in OCTETS else value for name, value in raw.items()}
        return self._values

    def encoded(self) -> bytes:
        """The parameters as the JSON object that travels."""
        if self._encoded is None:
            self._encoded = msgspec.json.encode(
                {
                    name: encode_octets(value) if isinstance(value, bytes) else value
                    for name, value in (self._values or {}).items()
                }
            )
        return self._encoded


class Limits(msgspec.Struct, frozen=True):
    """What an implementation may use: seconds without an answer, seconds to start, MiB of memory of all its
    processes, octets in one answer, octets of stderr kept, number of processes."""

    seconds: float = 10.0
    start_seconds: float = 30.0
    memory_mib: int = 1024
    answer_octets: int = 64 * 1024 * 1024
    stderr_octets: int = 16 * 1024
    processes: int = 64


class CannotStart(Exception):
    """An implementation could not be started or did not describe itself: what happened, and what to do."""

    def __init__(self, reason: str, *, advice: str = "", stderr: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice
        self.stderr = stderr


class Connection(abc.ABC):
    """Asks one implementation. Opened when made (`CannotStart` where that fails), closed by `close`."""

    description: Description
    #: True where each request costs a process start, so that repeated calls are kept few.
    costly: bool = False
    #: Sentences for the report about the implementation as a whole (a crash that could not be repeated, say).
    remarks: list[str]

    @property
    def faults(self) -> Sequence[str]:
        """Those of the remarks that tell of a fault for which no single request could be blamed."""
        return ()

    @abc.abstractmethod
    def exchange(self, requests: Iterable[Request]) -> Iterator[tuple[int, Outcome]]:
        """Ask all, in a window; yields (position of the request, outcome) as the answers come, in any order.

        Each request gets exactly one outcome, also where the implementation crashes, hangs or lies.
        """

    @abc.abstractmethod
    def restart(self) -> None:
        """Begin with a fresh state (a new process); nothing to do for an object in this process."""

    @abc.abstractmethod
    def close(self) -> None:
        """End it; no process of it is left afterwards."""

    def ask(self, request: Request) -> Outcome:
        """Ask once and wait."""
        for _, outcome in self.exchange((request,)):
            return outcome
        raise RuntimeError("the connection gave no outcome")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
