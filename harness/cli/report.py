"""`sealproof report RESULTS…`: results files to a summary, HTML, Markdown, JUnit, SARIF and a badge; merges shards."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.options import REPORTS, add_reports

if TYPE_CHECKING:
    from harness.conformance.results import Run
    from harness.report.cases import Cases, Requirements

USAGE_ERROR = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `report`."""
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="RESULTS", help="results files (JSON Lines) that --results wrote"
    )
    parser.add_argument("--results", type=Path, metavar="FILE", help="write all the results as one results file")
    add_reports(parser)
    parser.epilog = (
        "Without an output option the summary is printed. The exit status is 0 when the reports were written, "
        "whatever they say: the verdicts' own exit status stands in the results and in every report."
    )


def run(arguments: argparse.Namespace) -> int:
    """Read, merge, write what was asked for; 4 and a sentence on stderr where a file is missing or malformed."""
    from harness.report.merge import CannotMerge
    from harness.report.write import CannotWrite

    try:
        merged = read_runs(arguments.files)
        _report(merged, arguments)
    except (Unreadable, CannotMerge, CannotWrite) as error:
        print(f"sealproof report: {error}", file=sys.stderr)
        return USAGE_ERROR
    return 0


class Unreadable(Exception):
    """A results file that is missing or is none, in a sentence."""


def read_runs(files: list[Path]) -> Run:
    """All the results files as one run; Unreadable or CannotMerge says what is wrong with which file."""
    from harness.conformance.results import BadResults, read_run
    from harness.report.merge import merge

    runs = []
    for path in files:
        try:
            runs.append(read_run(path))
        except BadResults as error:
            raise Unreadable(str(error)) from None
        except OSError as error:
            raise Unreadable(f"cannot read {path}: {error.strerror or error}") from None
    return merge(runs, [str(path) for path in files])


def _report(merged: Run, arguments: argparse.Namespace) -> None:
    from harness.report.summary import partial_notice
    from harness.report.terminal import print_summary
    from harness.report.write import write_reports, write_results

    cases, requirements = _catalogue()
    formats = {name: getattr(arguments, name) for name in REPORTS}
    written = write_reports(merged, cases, requirements, **formats)
    if arguments.results is not None:
        write_results(merged, arguments.results)
        written.append(arguments.results)
    if not written:
        print_summary(merged, cases, requirements, verbose=arguments.verbose)
        return
    if merged.partial:
        print(f"sealproof report: {partial_notice(merged)}", file=sys.stderr)
    for path in written:
        print(f"wrote {path}")


def _catalogue() -> tuple[Cases, Requirements]:
    """What is known of cases and rules here; results of another version may name more, and are told by their ids."""
    from harness.report.vector_cases import VectorCases, requirement_infos
    from harness.vectors.load import BadVectors, load

    try:
        return VectorCases(load()), requirement_infos()
    except BadVectors as error:
        print(f"sealproof report: cases are told by their ids only: {error}", file=sys.stderr)
        return {}, requirement_infos()
