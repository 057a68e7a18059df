"""One process of an implementation and the requests that it holds.

In good times a worker keeps a window of requests with the process, which grows while the answers come quickly.
When something goes wrong that could be the fault of any of them, the process is killed and the unanswered requests
are asked again one by one, in new processes where need be: blame needs a request that was the only one.
"""

from __future__ import annotations

import selectors
import time
from collections import deque
from collections.abc import Callable, Mapping

from harness.implementations.connection import CannotStart, Limits, Request
from harness.implementations.description import read_description
from harness.implementations.faults import Fault, Remarks, failed_start, lost
from harness.implementations.outcome import Outcome, Status
from harness.implementations.protocol import Description
from harness.implementations.supervision import Child
from harness.implementations.window import OWN, Asked, Source, Window
from harness.implementations.wire import Answer, Lines, Malformed, outcome_of, quote, read_answers

_ATTEMPTS = 2  # to start it again before it is given up
_DEAF_SECONDS = 1.0  # patience with a process that has closed its standard input
_DESCRIBE = Request("describe")


class Worker:
    """Takes requests from a `Source`, leaves (position, outcome) in `finished`. Driven by a selectors loop."""

    def __init__(
        self,
        start: Callable[[], Child],
        *,
        selector: selectors.BaseSelector,
        limits: Limits,
        stages: Mapping[str, str],
        remarks: Remarks,
    ) -> None:
        self._start_child = start
        self._selector = selector
        self._limits = limits
        self._stages = stages
        self._remarks = remarks
        self.child: Child | None = None
        self.description: Description | None = None
        self.problem: CannotStart | None = None  # why it cannot be started (any more)
        self.finished: list[tuple[int, Outcome]] = []
        self._starting = self._opened = False
        self._failed_starts = 0
        self._window = Window()
        self._unsettled: dict[int, tuple[Asked, Outcome]] = {}
        self._retry: deque[Asked] = deque()
        self._incident: tuple[Status, str, int] | None = None
        self._retrying = self._fenced = self._more = False
        self._taken = 0  # requests since the exchange began
        self._asked = 0
        self._quiet_since = 0.0
        self._lines = Lines()
        self._out = memoryview(b"")
        self._deaf = False
        self._alone = False

    @property
    def owing(self) -> bool:
        """True while an outcome is owed."""
        return bool(self._retry or self._unsettled or (self._window.pending and not self._starting))

    @property
    def ready(self) -> bool:
        """True where a request can be sent at once."""
        return self.child is not None and not self._starting

    # -- starting ------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the process and ask for its description; the answer is awaited in the loop."""
        self._lines, self._out, self._deaf = Lines(), memoryview(b""), False
        self._asked = 0
        try:
            self.child = self._start_child()
        except CannotStart as problem:
            self._start_failed(problem)
            return
        self._starting = True
        for descriptor, event in ((self.child.stdout, self._on_stdout), (self.child.stderr, self._on_stderr)):
            self._selector.register(descriptor, selectors.EVENT_READ, event)
        self._ask_alone(OWN, _DESCRIBE)

    def _start_failed(self, problem: CannotStart) -> None:
        self._starting = False
        self._failed_starts += 1
        if not self._opened or self._failed_starts >= _ATTEMPTS:
            self.problem = problem

    def _described(self, answer: Answer | Malformed) -> None:
        try:
            if isinstance(answer, Malformed):
                raise CannotStart(f"describe was answered with {answer.why}")
            if answer.error is not None:
                raise CannotStart(
                    f"describe was answered with error {answer.error.code}: {quote(answer.error.message)}"
                )
            description, remarks = read_description(answer.result)
        except CannotStart as problem:
            problem.stderr = self._end_child()[1]
            self._start_failed(problem)
            return
        if self.description is None:
            self.description = description
            self._window.batch = description.batch
            for remark in remarks:
                self._remarks.add(remark)
            # Asked twice the first time: what comes before the second answer was set off by the first request.
            self._ask_alone(OWN, _DESCRIBE)
            return
        self._starting = False
        self._opened = True

    # -- asking --------------------------------------------------------------------------------------------

    def advance(self, source: Source) -> None:
        """Do what can be done without waiting: start, send."""
        if self.child is None:
            if not self._retry and source.next is None:
                return
            if self.problem is None:
                self.start()
            if self.problem is not None:
                self._give_up()
            return
        self._more = source.next is not None
        if self._starting or self._out:
            return
        if self._retry:
            if not self._window.pending and not self._unsettled:
                self._ask_alone(*self._retry.popleft()[:2])
        elif source.next is not None and self._window.half_empty:
            self._fill(source)
        elif not self._more and not self._window.pending:
            self._settle()  # others have taken the rest

    def _fill(self, source: Source) -> None:
        began = time.monotonic()
        idle = not self._window.pending
        before = self._window.last_number
        lines = self._window.fill(source)
        # The time that the source took to make the requests is not the implementation's silence.
        self._quiet_since = time.monotonic() if idle else self._quiet_since + time.monotonic() - began
        self._count(self._window.last_number - before)
        self._more = source.next is not None
        self._alone = idle and self._window.last_number == before + 1
        self._send(lines)

    def _ask_alone(self, position: int, request: Request) -> None:
        self._quiet_since = time.monotonic()
        self._alone = position != OWN
        if self._alone:
            self._count(1)
        self._send([self._window.add(position, request)])

    def _count(self, requests: int) -> None:
        self._asked += requests
        self._taken += requests
        self._fenced = False

    def _send(self, lines: list[bytes]) -> None:
        lines.append(b"")
        self._out = memoryview(b"\n".join(lines))
        self._on_stdin()
        if self._out and self.child is not None:
            self._selector.register(self.child.stdin, selectors.EVENT_WRITE, self._on_stdin)

    def _on_stdin(self) -> None:
        if self.child is None:
            return
        taken = self.child.write(self._out)
        if taken is None:  # nobody reads any more; what it has written is still read
            self._deaf = True
            taken = len(self._out)
        self._out = self._out[taken:]
        if not self._out:
            self._unregister(self.child.stdin)

    # -- answers -------------------------------------------------------------------------------------------

    def _on_stderr(self) -> None:
        if self.child is not None and self.child.drain_stderr() is False:
            self._unregister(self.child.stderr)

    def _on_stdout(self) -> bool:
        """Read once; False where nothing more will come (or has)."""
        if self.child is None:
            return False
        piece = self.child.read()
        if piece is None:
            return False
        if not piece:
            self._ended()
            return False
        block = self._lines.feed(piece)
        most = self._limits.answer_octets
        if self._lines.pending > most or (len(block) > most and _longest(block) > most):
            self._fail(Fault(Status.RESOURCE, f"output: an answer of more than {most:,} octets", conclusive=True))
            return False
        if block:
            self._receive(block)
        return True

    def _receive(self, block: bytes) -> None:
        now = time.monotonic()
        answers = read_answers(block)
        if not answers:
            return
        ms = (now - self._quiet_since) * 1e3 / len(answers)
        window, unsettled, stages = self._window, self._unsettled, self._stages
        pending = window.pending
        for answer in answers:
            asked = pending.pop(answer.id, None)  # type: ignore[arg-type]
            if asked is None:
                if not self._stray(answer):
                    return
            elif asked[0] == OWN:
                self._own_answer(answer)
                if self.child is None:
                    return
            else:
                window.octets -= asked[2]
                unsettled[answer.id] = (asked, outcome_of(answer, asked[1].method, stages, ms))  # type: ignore[index]
        self._quiet_since = now
        self._settle()

    def _own_answer(self, answer: Answer | Malformed) -> None:
        self._fenced = True
        self._window.octets = 0
        if self._starting:
            self._described(answer)

    def _stray(self, answer: Answer | Malformed) -> bool:
        """An answer that nothing was waiting for. True where it is known whose fault that is."""
        number = answer.id
        if number in self._unsettled:
            asked, outcome = self._unsettled[number]
            twice = Outcome(status=Status.PROTOCOL_ERROR, detail="it answered the request twice", ms=outcome.ms)
            self._unsettled[number] = (asked, twice)
            return True
        if isinstance(answer, Malformed) and number is None:
            what = f"it sent {answer.why}"
        elif number is not None and 0 < number <= self._window.last_number:
            what = "it answered a request again that it had answered before"
        else:
            what = f"it answered a request that was never asked (id {number})"
        self._fail(Fault(Status.PROTOCOL_ERROR, what, trusted=False))
        return False

    def _settle(self) -> None:
        """Hand out the outcomes, but keep back the last until something has followed it: what comes next may
        show that it was answered twice, or that there was noise after it.

        Where no request follows, a describe does, unless it was a single question in good times.
        """
        pending = bool(self._window.pending)
        if not self._unsettled:
            return
        if not pending and not self._fenced and (self._retrying or (not self._more and self._taken > 1)):
            self._ask_alone(OWN, _DESCRIBE)
            return
        last = self._unsettled.popitem() if pending or (self._more and not self._retrying) else None
        if self._unsettled:
            self._failed_starts = 0
            self.finished += [(asked[0], outcome) for asked, outcome in self._unsettled.values()]
            self._unsettled.clear()
        if last is not None:
            self._unsettled[last[0]] = last[1]
        elif not self._retry:
            self._close_incident()

    # -- what goes wrong -----------------------------------------------------------------------------------

    def look(self) -> None:
        """Between two exchanges: notice what came, or that it has ended, before anything new is asked."""
        self._taken = 0
        if not self.ready and not self.owing:
            return
        if self.owing:  # to an exchange that was abandoned
            self.reset()
            return
        while self._on_stdout():
            pass
        if self.ready and self.child is not None and self.child.has_exited():
            self._ended()

    def tick(self, now: float) -> None:
        """Check the limits; called every now and then while something is outstanding."""
        child = self.child
        if child is None:
            return
        if child.has_exited():
            while self._on_stdout():
                pass
            if self.child is child:
                self._ended()
            return
        silence = now - self._quiet_since
        if self._deaf and silence > min(self._patience(), _DEAF_SECONDS):
            self._fail(Fault(Status.CRASHED, "it closed its standard input"))
        elif self._window.pending and silence > (limit := self._patience()):
            self._fail(Fault(Status.TIMED_OUT, f"no answer for {limit:g} s", conclusive=True))
        elif overrun := child.overrun():
            self._fail(Fault(Status.RESOURCE, overrun))

    def _patience(self) -> float:
        """The seconds of silence that are fair to all that is asked."""
        if self._starting:
            return self._limits.start_seconds
        return max(self._limits.seconds, *(asked[1].seconds for asked in self._window.pending.values()), 0.0)

    def _ended(self) -> None:
        """Standard output has ended, or the process."""
        assert self.child is not None
        rest = f"it had begun a line: {quote(self._lines.rest())}" if self._lines.pending else ""
        exited = self.child.wait_exit(time.monotonic() + 0.2)
        self._fail(Fault(Status.CRASHED, rest if exited else "it closed its standard output"))

    def _end_child(self) -> tuple[str, str]:
        """Kill it: how it had ended of itself, and its last words."""
        child = self.child
        if child is None:
            return "", ""
        child.leave(self._selector)
        self.child = None
        self._out = memoryview(b"")
        return child.kill(), child.last_words()

    def _fail(self, fault: Fault) -> None:
        ended, words = self._end_child()
        detail = "; ".join(filter(None, (ended if fault.status is Status.CRASHED else "", fault.detail)))
        if self._starting:
            self._window.clear()
            self._start_failed(failed_start(fault, detail, words, self._limits))
            return
        suspects = self._window.clear()
        if not fault.trusted and self._unsettled:
            suspects.insert(0, self._unsettled.popitem()[1][0])
        self.finished += [(asked[0], outcome) for asked, outcome in self._unsettled.values()]
        self._unsettled.clear()
        if not suspects:
            self._remarks.fault(f"{detail}, when no request was left to answer")
            if not self._asked:  # else one that does this at every start would be started for ever
                self._start_failed(CannotStart(f"once it was started, {detail}", stderr=words))
        elif len(suspects) == 1 and (self._asked == 1 or (fault.conclusive and self._alone)):
            self._blame(suspects[0], fault.status, detail, words)
        else:
            if self._incident is None:
                self._incident = (fault.status, detail, len(suspects))
            self._retrying = True
            self._retry.extendleft(reversed(suspects))
            self._window.narrow()

    def _blame(self, asked: Asked, status: Status, detail: str, words: str) -> None:
        ms = (time.monotonic() - self._quiet_since) * 1e3
        self.finished.append((asked[0], Outcome(status=status, detail=detail, stderr=words, ms=ms)))
        self._incident = None
        if not self._retry:
            self._close_incident()

    def _close_incident(self) -> None:
        """All suspects have been asked one by one; say so where none of them misbehaved alone."""
        self._retrying = False
        if self._incident is None:
            return
        (status, detail, count), self._incident = self._incident, None
        self._remarks.unrepeated(status, detail, count)
        if self._window.batch > 1 and count > 1:
            self._window.batch = 1
            self._remarks.add("it is not sent batches any more")

    def _give_up(self) -> None:
        problem = self.problem
        assert problem is not None
        for asked in self._retry:
            self.finished.append((asked[0], lost(problem)))
        self._retry.clear()

    def _unregister(self, descriptor: int) -> None:
        if descriptor in self._selector.get_map():
            self._selector.unregister(descriptor)

    # -- ending --------------------------------------------------------------------------------------------

    def pass_over(self, seconds: float) -> None:
        """Time that the consumer of the outcomes took, which is not the implementation's."""
        self._quiet_since += seconds

    def reset(self) -> None:
        """Kill it and forget what was asked; the next request starts it again."""
        self._end_child()
        self._window.clear()
        self._unsettled.clear()
        self._retry.clear()
        self.finished.clear()
        self._starting = self._retrying = False
        self._incident = self.problem = None
        self._failed_starts = 0


def _longest(block: bytes) -> int:
    return max(map(len, block.split(b"\n")))
