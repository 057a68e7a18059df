"""What ends an implementation's process, and what follows for the requests that it leaves unanswered."""

from __future__ import annotations

import msgspec

from harness.implementations.connection import CannotStart, Limits
from harness.implementations.outcome import Outcome, Status


class Fault(msgspec.Struct, frozen=True):
    """Something after which the process cannot go on. It becomes the outcome of a request that was asked alone.

    `trusted`: the answers before it can be believed. `conclusive`: a request that was alone when it happened
    needs no second try in a new process.
    """

    status: Status
    detail: str
    trusted: bool = True
    conclusive: bool = False


def lost(problem: CannotStart) -> Outcome:
    """The outcome of a request that could not be asked any more."""
    return Outcome(
        status=Status.CRASHED, detail=f"it could not be started again: {problem.reason}", stderr=problem.stderr
    )


def failed_start(fault: Fault, detail: str, stderr: str, limits: Limits) -> CannotStart:
    """Why it cannot be used: a fault while it was asked to describe itself."""
    if fault.status is Status.TIMED_OUT:
        return CannotStart(
            f"it did not answer describe within {limits.start_seconds:g} s",
            advice="Does it read its standard input line by line, and flush its output after each answer?",
            stderr=stderr,
        )
    advice = ""
    if not fault.trusted:
        advice = "Standard output is for answers only; print everything else to standard error."
    elif fault.status is Status.CRASHED:
        advice = "Run the command by hand: it should wait for requests on standard input."
    return CannotStart(f"asked to describe itself, {detail}", advice=advice, stderr=stderr)


def unrepeated(detail: str, count: int) -> str:
    """The remark on a fault that did not come again when its requests were asked one by one."""
    where = f"in a window of {count} requests" if count > 1 else "on a request"
    return f"{detail}, once, {where}; not when asked one by one"
