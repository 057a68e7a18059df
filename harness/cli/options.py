"""The options that `check` and `run` share, and what they mean."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli import UsageError

if TYPE_CHECKING:
    from harness.implementations.connection import Limits
    from harness.vectors.load import Vector

REPORTS = ("junit", "html", "markdown", "sarif", "badge")


def add_selection(parser: argparse.ArgumentParser) -> None:
    """Which cases."""
    group = parser.add_argument_group("which cases")
    group.add_argument("--suite", action="append", default=[], metavar="NAME", help="only this suite (repeatable)")
    group.add_argument(
        "-k", dest="patterns", action="append", default=[], metavar="PATTERN",
        help="only cases whose id matches: a part of it or a glob (repeatable; one that matches nothing is an error)",
    )  # fmt: skip
    group.add_argument("--slow", action="store_true", help="also the cases that can take minutes")
    group.add_argument("--shard", metavar="I/N", help="only part I of N, for machines that share a run")
    group.add_argument("--vectors", type=Path, metavar="DIR", help="vectors from here instead of the shipped ones")
    group.add_argument("--seed", type=int, default=0, metavar="N", help="the order in which cases are asked (0)")


def add_outputs(parser: argparse.ArgumentParser) -> None:
    """What is written."""
    group = parser.add_argument_group("what is written")
    group.add_argument("--results", type=Path, metavar="FILE", help="write results as they come (JSON Lines)")
    add_reports(group)
    group.add_argument("-q", "--quiet", action="store_true", help="no progress")


def add_reports(group: argparse._ActionsContainer) -> None:
    """The reports that can be made of results."""
    group.add_argument("--html", type=Path, metavar="FILE", help="write one self-contained HTML page")
    group.add_argument("--markdown", type=Path, metavar="FILE", help="write Markdown, for a pull request or a job")
    group.add_argument("--junit", type=Path, metavar="FILE", help="write JUnit XML")
    group.add_argument("--sarif", type=Path, metavar="FILE", help="write SARIF 2.1.0")
    group.add_argument("--badge", type=Path, metavar="FILE", help="write the JSON of a shields.io endpoint badge")
    group.add_argument("-v", "--verbose", action="count", default=0, help="tell every failure, and more of each")


def add_gate(parser: argparse.ArgumentParser) -> None:
    """What counts as expected, and what an implementation may use."""
    group = parser.add_argument_group("what is expected and allowed")
    group.add_argument("--known-failures", type=Path, metavar="FILE", help="failures that are expected (TOML)")
    group.add_argument("--update-known-failures", action="store_true", help="write the present failures into that file")
    group.add_argument("-j", "--jobs", type=_count, default=None, metavar="N", help="processes at a time (the cores)")
    group.add_argument("--timeout", type=_amount, default=10.0, metavar="S", help="seconds without an answer (10)")
    group.add_argument("--memory", type=_count, default=1024, metavar="MIB", help="memory of an implementation (1024)")


def _count(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,6}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def _amount(text: str) -> float:
    if not re.fullmatch(r"\d{1,6}(\.\d+)?", text) or float(text) <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return float(text)


def limits(arguments: argparse.Namespace) -> Limits:
    """The limits that the options ask for."""
    from harness.implementations.connection import Limits

    return Limits(seconds=arguments.timeout, memory_mib=arguments.memory)


def vectors(arguments: argparse.Namespace) -> tuple[list[Vector], list[Vector]]:
    """All the vectors there are, and those that the options select (before sharding)."""
    from harness.vectors.load import BadVectors, load, select

    try:
        found = load(arguments.vectors)
        chosen = select(found, arguments.suite, arguments.patterns)
        for vector in chosen:
            vector.check()
        return found, chosen
    except BadVectors as error:
        raise UsageError(str(error)) from None


def slow_cases(arguments: argparse.Namespace, chosen: Sequence[Vector]) -> dict[str, str]:
    """The cases that are left out unless `--slow` asks for them, with the reason that the report gives."""
    from harness.conformance.plan import slow

    return {} if arguments.slow else slow(chosen)


def shard(text: str | None) -> tuple[int, int] | None:
    """`I/N` as numbers; UsageError where it is something else."""
    if text is None:
        return None
    match = re.fullmatch(r"([1-9]\d{0,4})/([1-9]\d{0,4})", text)
    if match is None or int(match[1]) > int(match[2]):
        raise UsageError(f"--shard {text}: write I/N with I from 1 to N, as in 2/4")
    return int(match[1]), int(match[2])
