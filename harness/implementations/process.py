"""Asks an implementation in processes of its own, over JSON-RPC on their standard streams."""

from __future__ import annotations

import os
import selectors
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence

from harness.implementations.connection import Connection, Limits, Request
from harness.implementations.faults import Remarks, lost
from harness.implementations.outcome import Outcome
from harness.implementations.supervision import Child
from harness.implementations.window import Source
from harness.implementations.worker import Worker

_TICK = 0.05  # seconds between two looks at the limits
_GRACE = 0.5  # seconds to exit once standard input is closed


class ProcessConnection(Connection):
    """An implementation that speaks the protocol on standard input and output.

    `command` is run without a shell in `cwd` with the environment `env` (this process's, where None). `workers`
    processes share the requests; the second and later ones are started when there is more to ask than one
    has room for. `stages` maps the library's own words for a stage to the vocabulary. One selectors loop and no
    threads: KeyboardInterrupt ends an exchange at once, and the processes, each in a session of its own, do
    not see it.

    An outcome's `ms` is the time from the request (in a window: from the answer before) to its answer; answers
    that arrive together share it evenly.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        cwd: str | os.PathLike[str] | None = None,
        env: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        stages: Mapping[str, str] | None = None,
        workers: int = 1,
    ) -> None:
        if workers < 1:
            raise ValueError(f"workers must be 1 or more, not {workers}")
        limits = limits or Limits()
        remarks = Remarks()
        self._about, self.remarks = remarks, remarks.sentences
        self._exchanging = self._closed = False
        self._next_tick = 0.0
        self._selector = selectors.DefaultSelector()
        self._workers = [
            Worker(
                lambda: Child(command, cwd=cwd, env=env, limits=limits),
                selector=self._selector,
                limits=limits,
                stages=dict(stages or {}),
                remarks=remarks,
            )
            for _ in range(workers)
        ]
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def exchange(self, requests: Iterable[Request]) -> Iterator[tuple[int, Outcome]]:
        """Ask all, in a window; see `Connection.exchange`. One exchange at a time."""
        if self._closed:
            raise RuntimeError("this connection is closed")
        if self._exchanging:
            raise RuntimeError("this connection is in the middle of another exchange")
        self._exchanging = True
        try:
            for worker in self._workers:
                worker.look()
            yield from self._run(Source(requests))
        finally:
            self._exchanging = False

    @property
    def faults(self) -> Sequence[str]:
        return self._about.faults

    def restart(self) -> None:
        """End the processes; new ones are started, the first at once. `CannotStart` where that fails."""
        for worker in self._workers:
            worker.reset()
        self._open()

    def close(self) -> None:
        """Close standard input, wait a moment, then kill what is left."""
        if self._closed:
            return
        self._closed = True
        children = [worker.child for worker in self._workers if worker.child is not None]
        if not any(worker.owing for worker in self._workers):
            for child in children:
                child.close_stdin()
            deadline = time.monotonic() + _GRACE
            for child in children:
                child.wait_exit(deadline)
        for worker in self._workers:
            worker.reset()
        self._selector.close()

    def _open(self) -> None:
        first = self._workers[0]
        while not first.ready:
            if first.child is None:
                first.start()
            if first.problem is not None:
                raise first.problem
            self._wait()
        assert first.description is not None
        self.description = first.description

    def _run(self, source: Source) -> Iterator[tuple[int, Outcome]]:
        workers = self._workers
        while True:
            for worker in workers:
                worker.advance(source)
            for worker in workers:
                if worker.finished:
                    yield from self._hand_out(worker)
            if not any(worker.owing for worker in workers):
                if source.next is None:
                    return
                if all(worker.problem is not None for worker in workers):
                    yield from _abandon(source, workers[0])
                    return
            self._wait()

    def _hand_out(self, worker: Worker) -> Iterator[tuple[int, Outcome]]:
        finished, worker.finished = worker.finished, []
        began = time.monotonic()
        yield from finished
        away = time.monotonic() - began
        for each in self._workers:
            each.pass_over(away)

    def _wait(self) -> None:
        for key, _ in self._selector.select(_TICK):
            key.data()
        now = time.monotonic()
        if now >= self._next_tick:
            self._next_tick = now + _TICK
            for worker in self._workers:
                worker.tick(now)


def _abandon(source: Source, worker: Worker) -> Iterator[tuple[int, Outcome]]:
    """Every request that is left gets the reason why it was not asked."""
    assert worker.problem is not None
    outcome = lost(worker.problem)
    while source.next is not None:
        yield source.take()[0], outcome
