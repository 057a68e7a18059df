"""`sealproof vectors list|show|lint|generate|quorum`: the cases themselves."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli import EXPECTED, UNEXPECTED, UsageError

if TYPE_CHECKING:
    from harness.vectors.lint import Quorum
    from harness.vectors.load import Vector


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The subcommands and their options."""
    commands = parser.add_subparsers(dest="vectors_command", metavar="COMMAND", required=True)
    folder = argparse.ArgumentParser(add_help=False)
    folder.add_argument("--vectors", type=Path, metavar="DIR", help="vectors from here instead of the shipped ones")
    pattern = argparse.ArgumentParser(add_help=False)
    pattern.add_argument("patterns", nargs="*", metavar="PATTERN", help="a part of an id, or a glob (all)")

    listing = commands.add_parser("list", parents=[folder, pattern], help="ids, a line each")
    listing.add_argument("-l", "--long", action="store_true", help="with result and comment")
    listing.add_argument("--areas", action="store_true", help="the areas, with how many cases each has")
    commands.add_parser("show", parents=[folder, pattern], help="cases as they stand in their files (JSON)")
    commands.add_parser("lint", parents=[folder], help="check files, ids, near misses, contradictions, quorum")
    generate = commands.add_parser("generate", parents=[folder], help="write the vectors anew")
    generate.add_argument(
        "--check", action="store_true", help="write nothing; 1 if the files differ from the generator's"
    )
    quorum = commands.add_parser(
        "quorum", parents=[folder], help="write down who agrees with each case, from a results file"
    )
    quorum.add_argument("results", type=Path, metavar="RESULTS", help="what `sealproof run --results` wrote")


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked."""
    commands = {"list": _list, "show": _show, "lint": _lint, "generate": _generate, "quorum": _quorum}
    return commands[arguments.vectors_command](arguments)


def _selected(arguments: argparse.Namespace) -> list[Vector]:
    from harness.vectors.load import BadVectors, load, select

    try:
        return select(load(arguments.vectors), patterns=arguments.patterns)
    except BadVectors as error:
        raise UsageError(str(error)) from None


def _list(arguments: argparse.Namespace) -> int:
    from collections import Counter

    vectors = _selected(arguments)
    if arguments.areas:
        for area, count in Counter(vector.area for vector in vectors).items():
            print(f"{count:5} {area}")
        return EXPECTED
    for vector in vectors:
        print(f"{vector.id}\t{vector.test.result}\t{vector.test.comment}" if arguments.long else vector.id)
    return EXPECTED


def _show(arguments: argparse.Namespace) -> int:
    import msgspec

    for vector in _selected(arguments):
        print(msgspec.json.format(msgspec.json.encode(vector.test), indent=1).decode())
    return EXPECTED


def _folder(arguments: argparse.Namespace) -> Path:
    from harness.vectors.load import shipped_folder

    folder: Path = arguments.vectors or shipped_folder()
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder")
    return folder


def _lint(arguments: argparse.Namespace) -> int:
    from harness.vectors.lint import lint, uncovered
    from harness.vectors.load import BadVectors, load

    folder = _folder(arguments)
    problems = list(lint(folder))
    try:
        vectors = load(folder)
        problems += [f"{rule}: no case tests this requirement" for rule in uncovered(vectors)]
    except BadVectors as error:
        problems.append(str(error))
        vectors = []
    for problem in problems:
        print(problem)
    if problems:
        print(f"{len(problems)} problem(s) in {len(vectors)} cases", file=sys.stderr)
        return UNEXPECTED
    print(f"{len(vectors)} cases, nothing wrong")
    return EXPECTED


def _generate(arguments: argparse.Namespace) -> int:
    from harness.vectors.generate.write import differences, write

    folder = _folder(arguments)
    if arguments.check:
        different = differences(folder)
        for name in different:
            print(f"{name} is not what the generator makes")
        print(f"{len(different)} file(s) differ" if different else "the files are the generator's, octet for octet")
        return UNEXPECTED if different else EXPECTED
    try:
        changed = write(folder)
    except OSError as error:
        raise UsageError(f"cannot write the vectors into {folder}: {error.strerror}") from None
    for name in changed:
        print(f"wrote {name}")
    return EXPECTED


def _quorum(arguments: argparse.Namespace) -> int:
    from harness.conformance.results import BadResults, Verdict, read_run
    from harness.report.write import CannotWrite, write_whole
    from harness.vectors.load import BadVectors, load
    from harness.vectors.quorum import quorum, to_octets

    folder = _folder(arguments)
    path = folder / "quorum.json"
    try:
        run = read_run(arguments.results)
        ids = [vector.id for vector in load(folder)]
    except (BadResults, BadVectors) as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"{arguments.results} cannot be read: {error.strerror}") from None
    versions = {
        each.name: each.description.version if each.description else ""
        for each in run.implementations
        if each.name != "reference"
    }
    agreeing = [
        (result.implementation, result.case)
        for result in run.results
        if result.verdict is Verdict.PASSED and result.implementation in versions
    ]
    made = quorum(agreeing, versions, _reasons(path), ids)
    try:
        write_whole(path, to_octets(made))
    except CannotWrite as error:
        raise UsageError(str(error)) from None
    missing = [case for case, reason in made.reasons.items() if not reason]
    print(f"wrote {path}: {len(made.agree)} cases agreed with, {len(made.reasons)} not")
    for case in missing:
        print(f"{case}: nobody agrees; write the reason into {path.name}, or mend the case")
    return UNEXPECTED if missing else EXPECTED


def _reasons(path: Path) -> dict[str, str]:
    import msgspec

    from harness.vectors.lint import Quorum

    if not path.exists():
        return {}
    try:
        before: Quorum = msgspec.json.decode(path.read_bytes(), type=Quorum)
    except msgspec.DecodeError as error:
        raise UsageError(f"{path}: {error}") from None
    return before.reasons
