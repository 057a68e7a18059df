"""`sealproof check`: one implementation against the vectors."""

from __future__ import annotations

import argparse
import shlex

from harness.cli import UsageError, options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The implementation, and the shared options."""
    parser.add_argument(
        "implementation",
        nargs="?",
        metavar="IMPLEMENTATION",
        help="a registered name, a folder with an implementation.toml, or package.module:Object",
    )
    parser.add_argument(
        "--command", dest="program", metavar="'…'", help="a program that speaks the protocol on stdin and stdout"
    )
    options.add_selection(parser)
    options.add_outputs(parser)
    options.add_gate(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check it; 4 where it cannot be found or started, else as `execute` says."""
    from harness.cli import session, subjects

    if (arguments.implementation is None) == (arguments.program is None):
        raise UsageError("name an implementation, or give --command '…' (`sealproof implementations list` shows names)")
    found, chosen = options.vectors(arguments)
    manifest = subjects.named(arguments.implementation, arguments.program)
    state = subjects.prepare(manifest, quiet=arguments.quiet, python_only=False)
    if not state.ready:
        advice = f"; {state.advice}" if state.advice else ""
        raise UsageError(f"{manifest.name} is not ready: {state.reason}{advice}")
    known = [] if arguments.update_known_failures else session.read_known(arguments.known_failures, found)
    subject = subjects.subject(
        manifest,
        options.limits(arguments),
        workers=arguments.jobs or 1,
        known=known,
        rerun=_rerun(arguments),
        left_out=options.slow_cases(arguments, chosen),
    )
    return session.execute(arguments, [subject], found, chosen)


def _rerun(arguments: argparse.Namespace) -> str:
    """The command that asks one case again, as it was reached this time."""
    words = ["--command", arguments.program] if arguments.program is not None else [arguments.implementation]
    if arguments.vectors is not None:
        words += ["--vectors", str(arguments.vectors)]
    return f"sealproof check {shlex.join(words)} -k {{case}}"
