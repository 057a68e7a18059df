"""The command line: one small module a command, imported only when it is asked for."""

from __future__ import annotations

import argparse
import contextlib
import difflib
import importlib
import io
import os
import sys
from collections.abc import Iterator, Sequence
from typing import NoReturn

#: Exit statuses, which are pytest's.
EXPECTED, UNEXPECTED, INTERRUPTED, INTERNAL, USAGE, NOTHING_RUN = range(6)

COMMANDS = {
    "run": "the main job: every implementation that is ready here, one report",
    "check": "one implementation; --command '…' for one that is not registered",
    "explain": "a case or a message octet by octet, and the rule it is about",
    "vectors": "list, show, lint and generate the vectors",
    "implementations": "list, build, diagnose and begin adapters",
    "report": "results to HTML, Markdown, JUnit, SARIF, badge; merges shards",
    "mutants": "the reference with one defect each: do the vectors find them?",
}

_EPILOG = """\
Exit status: 0 all as expected, 1 some verdict was not, 2 interrupted, 3 a fault of sealproof itself,
4 usage, or an implementation that could not start or is not honest, 5 nothing was run.

Begin with `sealproof run`, or `sealproof check --command 'node my-adapter.mjs'` for code of your own."""


class UsageError(Exception):
    """Something on the command line that cannot be done: what, and what to do instead."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # file names and answers can hold anything
    status = EXPECTED
    try:
        with output_may_close():
            status = _dispatch(words)
    except UsageError as error:
        print(f"sealproof: {error}", file=sys.stderr)
        status = USAGE
    except KeyboardInterrupt:
        print("sealproof: interrupted", file=sys.stderr)
        status = INTERRUPTED
    except Exception:
        print("sealproof: this is a fault of sealproof itself; please report it with the lines below", file=sys.stderr)
        sys.excepthook(*sys.exc_info())
        status = INTERNAL
    return status


@contextlib.contextmanager
def output_may_close() -> Iterator[None]:
    """Where the reader of our output goes away (`| head`), go on in silence: the rest is still to be done."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _dispatch(words: list[str]) -> int:
    command = next((word for word in words if not word.startswith("-")), None)
    if command is not None and command not in COMMANDS:
        near = difflib.get_close_matches(command, COMMANDS, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(COMMANDS)}"
        raise UsageError(f"there is no command {command!r}; {hint}")
    parser = _parser(only=command)
    try:
        arguments = parser.parse_args(words)
    except SystemExit as end:  # after --help or --version
        return USAGE if end.code else EXPECTED
    if arguments.command is None:
        parser.print_help()
        return USAGE
    return int(importlib.import_module(f"harness.cli.{arguments.command}").run(arguments))


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence; the usage is for those who ask for it."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; `{self.prog} --help` says more")


def _parser(only: str | None) -> argparse.ArgumentParser:
    """The parser; of the commands' own options only those of the command at hand are looked at."""
    parser = _Parser(
        prog="sealproof",
        description="Conformance, interop and fuzz harness for sealed messages.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, about in COMMANDS.items():
        sub = commands.add_parser(
            name, help=about, description=about[0].upper() + about[1:] + ".",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )  # fmt: skip
        if name == only:
            importlib.import_module(f"harness.cli.{name}").add_arguments(sub)
    return parser


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from harness import version

        print(f"sealproof {version()}")
        parser.exit()
