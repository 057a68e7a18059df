"""One run from the command line: subjects in; progress, results, summary, reports and an exit status out."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import os
import platform
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from harness import version
from harness.cli import EXPECTED, INTERRUPTED, NOTHING_RUN, UNEXPECTED, USAGE, UsageError, options, output_may_close
from harness.conformance.known_failures import BadKnownFailures, Known, read_known_failures, update
from harness.conformance.plan import shard
from harness.conformance.results import (
    FORMAT,
    Footer,
    Header,
    Implementation,
    Line,
    Result,
    Run,
    Verdict,
    write_line,
)
from harness.conformance.run import Subject, run_all
from harness.report.console import make_console
from harness.report.progress import Progress
from harness.report.terminal import print_summary
from harness.report.vector_cases import VectorCases, requirement_infos
from harness.report.write import CannotWrite, check_place, write_reports
from harness.vectors.load import BadVectors, Vector, digest


def execute(
    arguments: argparse.Namespace, subjects: Sequence[Subject], found: Sequence[Vector], chosen: Sequence[Vector]
) -> int:
    """Run the subjects over the chosen vectors and tell about it; the exit status is pytest's."""
    part = options.shard(arguments.shard)
    selected = shard(chosen, *part) if part else list(chosen)
    _check_places(arguments)
    before = _read_before(arguments) if arguments.update_known_failures else []
    recorder = _Recorder(arguments, subjects, selected, digest(chosen))
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _interrupt)
    with recorder:
        footer = recorder.run(subjects, selected)
    run = recorder.finished(footer)
    cases, rules = VectorCases(found), requirement_infos()
    with output_may_close():
        print_summary(run, cases, rules, verbose=arguments.verbose)
    if arguments.update_known_failures and not footer.interrupted:
        _update(arguments.known_failures, run, before, found)
    _write(arguments, run, cases)
    return footer.exit_status


def _interrupt(*_: object) -> None:
    """Being asked to end is taken as Ctrl-C is: what had come is kept, and told to be partial."""
    raise KeyboardInterrupt


def read_known(path: Path | None, found: Sequence[Vector], *, implementation: str = "*") -> list[Known]:
    """A file of known failures; none where there is no path. UsageError says what is wrong with it."""
    if path is None:
        return []
    try:
        return read_known_failures(path, [vector.id for vector in found], implementation=implementation)
    except BadKnownFailures as error:
        raise UsageError(str(error)) from None


def _check_places(arguments: argparse.Namespace) -> None:
    """Say before the run, not after it, that a report cannot be written."""
    try:
        for name in ("results", *options.REPORTS):
            path = getattr(arguments, name)
            if path is not None:
                check_place(path)
        if arguments.update_known_failures:
            if arguments.known_failures is None:
                raise UsageError("--update-known-failures needs --known-failures FILE, the file to write")
            check_place(arguments.known_failures)
    except CannotWrite as error:
        raise UsageError(str(error)) from None


def _read_before(arguments: argparse.Namespace) -> list[Known]:
    """The entries that the list to be written has now, for their reasons; none where it is new."""
    if not arguments.known_failures.exists():
        return []
    try:
        return read_known_failures(arguments.known_failures, (), check_cases=False)
    except BadKnownFailures as error:
        raise UsageError(str(error)) from None


def _update(path: Path, run: Run, before: Sequence[Known], found: Sequence[Vector]) -> None:
    try:
        count = update(path, run.results, before, [vector.id for vector in found])
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None
    with output_may_close():
        print(f"wrote {path}: {count} known failure(s)")


def _write(arguments: argparse.Namespace, run: Run, cases: VectorCases) -> None:
    wanted = {name: getattr(arguments, name) for name in options.REPORTS}
    try:
        written = write_reports(run, cases, requirement_infos(), **wanted)
    except CannotWrite as error:
        raise UsageError(str(error)) from None
    with output_may_close():
        for path in (*written, *([arguments.results] if arguments.results is not None else [])):
            print(f"wrote {path}")


class _Recorder:
    """Keeps every line of a run, in memory and in the results file, and knows how the run stands."""

    def __init__(
        self, arguments: argparse.Namespace, subjects: Sequence[Subject], selected: Sequence[Vector], vectors: str
    ) -> None:
        self._arguments = arguments
        self._jobs = arguments.jobs or os.cpu_count() or 1
        self._started = time.monotonic()
        self._stream: IO[bytes] | None = None
        self._implementations: dict[str, Implementation] = {}
        self._results: list[Result] = []
        self._progress = Progress(make_console(sys.stderr), quiet=arguments.quiet)
        self._header = Header(
            format=FORMAT,
            sealproof=version(),
            started=_now(),
            suites=tuple(dict.fromkeys(vector.suite for vector in selected)),
            cases=len(selected),
            vectors_digest=vectors,
            command=("sealproof", *sys.argv[1:]),
            shard=arguments.shard or "",
            seed=arguments.seed,
            platform=platform.platform(terse=True),
        )

    def __enter__(self) -> _Recorder:
        if self._arguments.results is not None:
            try:
                self._stream = self._arguments.results.open("wb")
            except OSError as error:
                raise UsageError(f"cannot write {self._arguments.results}: {error.strerror}") from None
        self._keep(self._header)
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            with contextlib.suppress(OSError):  # each line was flushed when it was written
                self._stream.close()

    def run(self, subjects: Sequence[Subject], selected: Sequence[Vector]) -> Footer:
        """Run all; an interrupt ends it early and is remembered, and what had come is kept."""
        interrupted = False
        with self._progress:
            for subject in subjects:
                if subject.unready is None:
                    self._progress.start(subject.name, len(selected))
            try:
                run_all(
                    subjects,
                    selected,
                    self._take,
                    ended=self._progress.finish,
                    seed=self._arguments.seed,
                    jobs=self._jobs,
                )
            except KeyboardInterrupt:
                interrupted = True
            except BadVectors as error:
                raise UsageError(str(error)) from None
        footer = self._footer(interrupted)
        self._keep(footer)
        return footer

    def finished(self, footer: Footer) -> Run:
        """The run as a value."""
        return Run(self._header, tuple(self._implementations.values()), tuple(self._results), footer)

    def _take(self, line: Implementation | Result) -> None:
        if isinstance(line, Implementation):
            self._implementations[line.name] = line
        else:
            self._results.append(line)
            self._progress.result(line)
        self._keep(line)

    def _keep(self, line: Line) -> None:
        if self._stream is None:
            return
        try:
            write_line(self._stream, line)
        except OSError as error:
            raise UsageError(f"cannot write {self._arguments.results}: {error.strerror}") from None

    def _footer(self, interrupted: bool) -> Footer:
        counts = Counter(result.verdict.value for result in self._results)
        return Footer(
            finished=_now(),
            results=len(self._results),
            seconds=round(time.monotonic() - self._started, 2),
            exit_status=INTERRUPTED if interrupted else self._exit_status(counts),
            counts=dict(counts),
            interrupted=interrupted,
        )

    def _exit_status(self, counts: Counter[str]) -> int:
        states = {each.state for each in self._implementations.values()}
        if states & {"could-not-start", "not-testable"}:
            return USAGE
        if not any(verdict != Verdict.SKIPPED for verdict in counts):
            return NOTHING_RUN
        # What is being written down as known is expected from now on; an answer that nobody can judge is not.
        updating = self._arguments.update_known_failures
        unexpected = (Verdict.ERROR,) if updating else (Verdict.FAILED, Verdict.ERROR, Verdict.XPASSED)
        return UNEXPECTED if any(counts[verdict] for verdict in unexpected) else EXPECTED


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
