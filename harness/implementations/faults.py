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


class Remarks:
    """Sentences about an implementation as a whole, each once, and not without end.

    `faults` are those of them that no implementation may cause, though no single request could be blamed.
    """

    def __init__(self, most: int = 50) -> None:
        self.sentences: list[str] = []
        self.faults: list[str] = []
        self._most = most
        self._unrepeated: dict[str, tuple[int, int, int]] = {}  # place, times, widest window

    def add(self, sentence: str) -> int:
        """Add a sentence; its place."""
        if sentence not in self.sentences:
            if len(self.sentences) >= self._most:
                return -1
            self.sentences.append(sentence)
        return self.sentences.index(sentence)

    def fault(self, sentence: str) -> None:
        """Add a sentence that tells of a fault."""
        if self.add(sentence) >= 0 and sentence not in self.faults:
            self.faults.append(sentence)

    def unrepeated(self, status: Status, detail: str, count: int) -> None:
        """A fault among `count` requests that did not come again when they were asked one by one.

        That several requests together took too long or too much is no fault of any; an end or noise is.
        """
        place, times, widest = self._unrepeated.get(detail, (-1, 0, 0))
        times, widest = times + 1, max(widest, count)
        often = "once" if times == 1 else f"{times} times"
        where = f"with up to {widest} requests under way" if widest > 1 else "on a request"
        sentence = f"{detail}, {often}, {where}; not when they were asked one by one"
        if place < 0:
            place = self.add(sentence)
        else:
            before, self.sentences[place] = self.sentences[place], sentence
            self.faults = [sentence if each == before else each for each in self.faults]
        if status in (Status.CRASHED, Status.PROTOCOL_ERROR):
            self.fault(sentence)
        self._unrepeated[detail] = (place, times, widest)
