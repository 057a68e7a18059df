"""Runs implementations against vectors: one thread an implementation, results as they come, nothing lost.

`run_all` opens each implementation, checks that it is honest, asks it the
planned cases, judges, and hands every line (implementations, results) to `emit` in the caller's thread.
"""

from __future__ import annotations

import contextlib
import datetime
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from harness.conformance.honesty import check_honesty
from harness.conformance.judge import judge
from harness.conformance.known_failures import Known, apply
from harness.conformance.plan import plan
from harness.conformance.results import COMPANY, Implementation, Kind, Result, Verdict
from harness.implementations.connection import CannotStart, Connection, Request
from harness.implementations.outcome import Outcome, Status
from harness.vectors.load import Vector

#: After so many cases in a row without an answer the rest is not asked: each would cost its whole time limit.
MOST_HANGS = 10
MOST_HANGS_IN_ALL = 25
#: So many must-refuse messages called unsupported can be a limitation; more look like refusals under another name.
MOST_EVASIONS = 50
#: How often a repeated request is made where each costs a process.
COSTLY_REPEATS = 24
#: How long an interrupted run waits for its implementations to be closed in order.
STOP_SECONDS = 2.0


class Subject(msgspec.Struct, frozen=True):
    """An implementation to run: its name, how to open it, what it is exempt from, what of it is known to fail.

    `unready` is set, instead of being opened, for one that cannot run here; `rerun` is a command with `{case}` in it.
    """

    name: str
    open: Callable[[], Connection] | None
    rerun: str = ""
    exempt: Mapping[str, str] = {}
    known: Sequence[Known] = ()
    unready: Implementation | None = None


Emit = Callable[[Implementation | Result], None]


#: What comes from the threads: lines, faults, and the name of a subject that is through.
_Lines = queue.SimpleQueue[Implementation | Result | BaseException | str]


class Stopped(Exception):
    """The run was stopped from outside; what had come is emitted already."""


def run_all(
    subjects: Sequence[Subject],
    vectors: Sequence[Vector],
    emit: Emit,
    *,
    ended: Callable[[str], None] = lambda name: None,
    seed: int = 0,
    jobs: int = 1,
) -> None:
    """Run every subject, `jobs` at a time. KeyboardInterrupt ends all of them and passes through.

    `emit` gets each line and `ended` the name of each subject that is through, both in the caller's thread. A
    fault of the harness in one subject's run is raised after the others are through.
    """
    lines: _Lines = queue.SimpleQueue()
    waiting: queue.SimpleQueue[Subject] = queue.SimpleQueue()
    stop = threading.Event()
    for subject in subjects:
        waiting.put(subject)

    def work() -> None:
        with contextlib.suppress(queue.Empty):
            while not stop.is_set():
                _run_into(lines, waiting.get_nowait(), vectors, seed, stop)

    # Daemons, since one that waits for an answer must not keep an interrupted program from ending.
    threads = [threading.Thread(target=work, name=f"run-{number}", daemon=True) for number in range(max(1, jobs))]
    try:
        for thread in threads:
            thread.start()
        _collect(lines, len(subjects), emit, ended)
    except BaseException:
        stop.set()
        deadline = time.monotonic() + STOP_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        raise


def _run_into(lines: _Lines, subject: Subject, vectors: Sequence[Vector], seed: int, stop: threading.Event) -> None:
    try:
        for line in run_one(subject, vectors, seed=seed, stop=stop):
            lines.put(line)
    except Stopped:
        return
    except BaseException as error:  # raised again in the thread that collects
        lines.put(error)
    lines.put(subject.name)


def _collect(lines: _Lines, subjects: int, emit: Emit, ended: Callable[[str], None]) -> None:
    """Hand on what the threads send, until that many subjects have ended."""
    fault: Exception | None = None
    while subjects:
        line = lines.get()
        if isinstance(line, str):
            subjects -= 1
            ended(line)
        elif isinstance(line, Exception):
            fault = fault or line
        elif isinstance(line, BaseException):
            raise line
        else:
            emit(line)
    if fault is not None:
        raise fault


def run_one(
    subject: Subject, vectors: Sequence[Vector], *, seed: int = 0, stop: threading.Event | None = None
) -> Iterator[Implementation | Result]:
    """The lines of one implementation: itself first, then its results, then itself again if a remark came up."""
    if subject.unready is not None or subject.open is None:
        yield subject.unready or Implementation(subject.name, "not-ready")
        return
    try:
        connection = subject.open()
    except CannotStart as problem:
        yield Implementation(
            subject.name, "could-not-start", reason=problem.reason, advice=problem.advice, stderr=problem.stderr
        )
        return
    with connection:
        yield from _run_open(subject, connection, vectors, seed, stop or threading.Event())


def _run_open(
    subject: Subject, connection: Connection, vectors: Sequence[Vector], seed: int, stop: threading.Event
) -> Iterator[Implementation | Result]:
    before = check_honesty(connection)
    line = Implementation(
        subject.name,
        "not-testable" if before.lie else "ready",
        description=connection.description,
        reason=before.lie,
        remarks=before.remarks,
        rerun=subject.rerun,
    )
    yield line
    if before.lie:
        return
    today = datetime.datetime.now(datetime.UTC).date()
    outcomes: dict[str, str] = {}
    for result in _results(subject, connection, vectors, seed, stop):
        outcomes[result.case] = result.outcome
        yield apply(result, subject.known, today)
    after = check_honesty(connection)
    if connection.faults:
        yield apply(_company(subject.name, connection.faults), subject.known, today)
    remarks = tuple(dict.fromkeys((*before.remarks, *after.remarks, *connection.remarks)))
    remarks += _evasions(vectors, outcomes)
    if after.lie:
        yield msgspec.structs.replace(
            line, state="not-testable", reason=f"after the last case: {after.lie}", remarks=remarks
        )
    elif remarks != line.remarks:
        yield msgspec.structs.replace(line, remarks=remarks)


def _company(name: str, faults: Sequence[str]) -> Result:
    """The result of what went wrong in company: no request could be blamed, and it must not be forgiven either."""
    return Result(
        implementation=name,
        case=COMPANY,
        verdict=Verdict.FAILED,
        outcome=Status.CRASHED.value,
        kind=Kind.CRASH,
        explanation=f"not reproduced by asking one by one: {'; '.join(faults[:5])}"[:1000],
    )


def _evasions(vectors: Sequence[Vector], outcomes: Mapping[str, str]) -> tuple[str, ...]:
    """A remark where must-refuse cases were called unsupported, and the cases one edit away from them were not."""
    count = sum(
        outcomes.get(vector.id) == Status.UNSUPPORTED
        and outcomes.get(vector.test.near_miss.of) == Status.ACCEPTED
        and vector.method != "aes128gcm.encrypt"  # where a type can make an argument impossible to pass on
        for vector in vectors
        if vector.test.near_miss is not None
    )
    if count < MOST_EVASIONS:
        return ()
    return (
        f"{count} messages that have to be refused were called unsupported (code 2), though what is one edit away from "
        "them was accepted: they were not judged; a refusal is code 1",
    )


def _results(
    subject: Subject, connection: Connection, vectors: Sequence[Vector], seed: int, stop: threading.Event
) -> Iterator[Result]:
    planned = plan(vectors, connection.description, seed=seed, exempt=subject.exempt)
    for vector, reason in planned.skipped:
        yield _not_asked(subject.name, vector, Verdict.SKIPPED, skip=reason)
    single = [vector for vector in planned.asked if vector.test.repeat == 1]
    left = dict(enumerate(single))
    hangs = in_all = 0
    given_up = False
    for position, outcome in connection.exchange(_request(vector) for vector in single):
        if stop.is_set():
            raise Stopped
        yield judge(subject.name, left.pop(position), [outcome])
        hangs = hangs + 1 if outcome.status is Status.TIMED_OUT else 0
        in_all += outcome.status is Status.TIMED_OUT
        if hangs >= MOST_HANGS or in_all >= MOST_HANGS_IN_ALL:
            given_up = bool(left)
            break
    repeated = [vector for vector in planned.asked if vector.test.repeat > 1]
    if given_up:
        why = f"not asked any more: {in_all} cases had no answer in time"
        for vector in (*left.values(), *repeated):
            yield _not_asked(subject.name, vector, Verdict.ERROR, explanation=why)
        return
    for vector in repeated:
        if stop.is_set():
            raise Stopped
        yield judge(subject.name, vector, ask(connection, vector))


def _request(vector: Vector) -> Request:
    request = vector.request
    request.seconds = float(vector.test.seconds)
    return request


def ask(connection: Connection, vector: Vector) -> list[Outcome]:
    """The outcomes of one case by itself: one, or as many as it asks for (fewer where it does not start again)."""
    count = min(vector.test.repeat, COSTLY_REPEATS) if connection.costly else vector.test.repeat
    if not vector.test.restart:
        return [outcome for _, outcome in connection.exchange(_request(vector) for _ in range(count))]
    outcomes = []
    for _ in range(count):
        try:
            connection.restart()
        except CannotStart as problem:
            outcomes.append(Outcome(status=Status.CRASHED, detail=f"it does not start again: {problem.reason}"))
            break
        outcomes.append(connection.ask(_request(vector)))
    return outcomes


def _not_asked(name: str, vector: Vector, verdict: Verdict, *, skip: str = "", explanation: str = "") -> Result:
    return Result(
        implementation=name,
        case=vector.id,
        verdict=verdict,
        outcome="not-asked",
        requirements=vector.test.requirements,
        skip=skip,
        explanation=explanation,
    )
