"""One run from the command line: subjects in; progress, results, summary, reports and an exit status out."""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from harness import version
from harness.cli import EXPECTED, INTERRUPTED, NOTHING_RUN, UNEXPECTED, USAGE, UsageError, options
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
from harness.vectors.load import Vector, digest

UNEXPECTED_VERDICTS = (Verdict.FAILED, Verdict.ERROR, Verdict.XPASSED)


def execute(
    arguments: argparse.Namespace, subjects: Sequence[Subject], found: Sequence[Vector], chosen: Sequence[Vector]
) -> int:
    """Run the subjects over the chosen vectors and tell about it; the exit status is pytest's."""
    part = options.shard(arguments.shard)
    selected = shard(chosen, *part) if part else list(chosen)
    _check_places(arguments)
    recorder = _Recorder(arguments, subjects, selected, digest(chosen))
    with recorder:
        recorder.run(subjects, selected)
    run = recorder.finish()
    cases, rules = VectorCases(found), requirement_infos()
    print_summary(run, cases, rules, verbose=arguments.verbose)
    _write(arguments, run, cases)
    return run.footer.exit_status if run.footer else INTERRUPTED


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
    except CannotWrite as error:
        raise UsageError(str(error)) from None
    if arguments.update_known_failures and arguments.known_failures is None:
        raise UsageError("--update-known-failures needs --known-failures FILE, the file to write")


def _write(arguments: argparse.Namespace, run: Run, cases: VectorCases) -> None:
    wanted = {name: getattr(arguments, name) for name in options.REPORTS}
    try:
        for path in write_reports(run, cases, requirement_infos(), **wanted):
            print(f"wrote {path}")
    except CannotWrite as error:
        raise UsageError(str(error)) from None
    if arguments.results is not None:
        print(f"wrote {arguments.results}")


class _Recorder:
    """Keeps every line of a run, in memory and in the results file, and knows how the run stands."""

    def __init__(
        self, arguments: argparse.Namespace, subjects: Sequence[Subject], selected: Sequence[Vector], vectors: str
    ) -> None:
        self._arguments = arguments
        self._jobs = arguments.jobs or os.cpu_count() or 1
        self._started = time.monotonic()
        self._interrupted = False
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
            self._stream.close()

    def run(self, subjects: Sequence[Subject], selected: Sequence[Vector]) -> None:
        """Run all; an interrupt ends it early and is remembered, and what had come is kept."""
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
                self._interrupted = True
        self._keep(self._footer())

    def finish(self) -> Run:
        """The run as a value; the list of known failures is written first, if that was asked for."""
        footer = self._footer()
        if self._arguments.update_known_failures:
            before = read_known_entries(self._arguments.known_failures)
            count = update(self._arguments.known_failures, self._results, before)
            print(f"wrote {self._arguments.known_failures}: {count} known failure(s)")
        return Run(self._header, tuple(self._implementations.values()), tuple(self._results), footer)

    def _take(self, line: Implementation | Result) -> None:
        if isinstance(line, Implementation):
            self._implementations[line.name] = line
        else:
            self._results.append(line)
            self._progress.result(line)
        self._keep(line)

    def _keep(self, line: Line) -> None:
        if self._stream is not None:
            write_line(self._stream, line)

    def _footer(self) -> Footer:
        counts = Counter(result.verdict.value for result in self._results)
        return Footer(
            finished=_now(),
            results=len(self._results),
            seconds=round(time.monotonic() - self._started, 2),
            exit_status=self._exit_status(counts),
            counts=dict(counts),
            interrupted=self._interrupted,
        )

    def _exit_status(self, counts: Counter[str]) -> int:
        if self._interrupted:
            return INTERRUPTED
        states = {each.state for each in self._implementations.values()}
        if states & {"could-not-start", "not-testable"}:
            return USAGE
        if not any(verdict != Verdict.SKIPPED for verdict in counts):
            return NOTHING_RUN
        if any(counts[verdict] for verdict in UNEXPECTED_VERDICTS) and not self._arguments.update_known_failures:
            return UNEXPECTED
        return EXPECTED


def read_known_entries(path: Path) -> list[Known]:
    """The entries that stand in a file now, for their reasons; none where it is new."""
    if not path.exists():
        return []
    try:
        return read_known_failures(path, (), check_cases=False)
    except BadKnownFailures as error:
        raise UsageError(str(error)) from None


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
