"""`sealproof run`: every implementation that is ready here, all suites, one report."""

from __future__ import annotations

import argparse

from harness.cli import options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which implementations, and the shared options."""
    parser.add_argument(
        "implementations", nargs="*", metavar="IMPLEMENTATION", help="only these (all that are registered)"
    )
    parser.add_argument(
        "--no-build", action="store_true", help="do not build the adapters that need nothing but Python's pip"
    )
    options.add_selection(parser)
    options.add_outputs(parser)
    options.add_gate(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run them; those that are not ready are listed with the reason, and are no fault."""
    from harness.cli import session, subjects

    found, chosen = options.vectors(arguments)
    known = [] if arguments.update_known_failures else session.read_known(arguments.known_failures, found)
    limits, left_out = options.limits(arguments), options.slow_cases(arguments, chosen)
    manifests, broken = subjects.listed(arguments.implementations)
    chosen_subjects = list(broken)
    for manifest in manifests:
        state = subjects.prepare(manifest, quiet=arguments.quiet, python_only=True, build=not arguments.no_build)
        if not state.ready:
            chosen_subjects.append(subjects.unready(manifest.name, state.reason, state.advice))
            continue
        path = subjects.own_known_failures(manifest) if arguments.vectors is None else None
        own = session.read_known(path, found, implementation=manifest.name)
        chosen_subjects.append(subjects.subject(manifest, limits, known=[*known, *own], left_out=left_out))
    return session.execute(arguments, chosen_subjects, found, chosen)
