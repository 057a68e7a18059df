"""`sealproof implementations list|build|doctor|new`: what can be tested here, and how it is made ready."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from harness.cli import EXPECTED, UNEXPECTED, USAGE, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from harness.implementations.doctor import Diagnosis
    from harness.implementations.manifest import Manifest

_LANGUAGES = ("python", "node", "go", "rust", "java", "c", "shell")
_STYLES = {"ready": "green", "needs-build": "yellow", "missing-toolchain": "dim"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The four commands and their options."""
    commands = parser.add_subparsers(dest="implementations_command", metavar="COMMAND", required=True)
    word = "a registered name, or the path of a folder with an implementation.toml"

    commands.add_parser("list", help="the implementations there are, and which of them are ready here")

    build = commands.add_parser("build", help="build adapters in the cache, so that they can be run")
    build.add_argument("names", nargs="*", metavar="NAME", help=word)
    build.add_argument("--all", action="store_true", help="all whose tools are on this machine")
    build.add_argument("--rebuild", action="store_true", help="also those that are built already")

    doctor = commands.add_parser("doctor", help="look for what is missing or wrong: tools, build, start, description")
    doctor.add_argument("names", nargs="*", metavar="NAME", help=f"{word} (all)")

    new = commands.add_parser("new", help="write an adapter to fill in, for a library of yours")
    new.add_argument("name", metavar="NAME", help="what to call it: lower-case letters, digits, '.', '_', '-'")
    new.add_argument("--language", required=True, choices=_LANGUAGES, help="what the adapter is written in")
    new.add_argument("--directory", metavar="DIR", default=".", help="where to make the folder NAME (here)")


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked; the exit status is 0, 1 where something is not as it should be, 4 where it is not there."""
    commands = {"list": _list, "build": _build, "doctor": _doctor, "new": _new}
    return commands[arguments.implementations_command](arguments)


def _list(arguments: argparse.Namespace) -> int:
    from harness.implementations.readiness import state
    from harness.implementations.registry import listing

    found = listing()
    rows = []
    for manifest in found.manifests.values():
        now = state(manifest)
        text = _sentence(now.reason, now.advice)
        rows.append((manifest.name, _library(manifest), manifest.language, str(now.readiness), text))
    for error in found.broken:
        rows.append((error.path.parent.name, "", "", "malformed", str(error)))
    console = _console()
    if console.is_terminal:
        _print_table(console, rows)
    else:
        # For other programs: a line each, fields between tabs, nothing cut off.
        for row in rows:
            print("\t".join(_shown(console, field) for field in row).rstrip())
    return EXPECTED


def _print_table(console: Console, rows: list[tuple[str, str, str, str, str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("name", "library", "language", "state"):
        table.add_column(title, no_wrap=True)
    for row in rows:
        name, what, language, readiness, _ = (_shown(console, field) for field in row)
        table.add_row(name, what, language, Text(readiness, _STYLES.get(readiness, "red")))
    console.print(table)
    # Below the table, where a sentence has room.
    remarks = [row for row in rows if row[4]]
    if remarks:
        console.print()
    for row in remarks:
        console.print(Text(row[0], "bold").append(f": {_shown(console, row[4])}", "not bold"))


def _build(arguments: argparse.Namespace) -> int:
    from harness.implementations.readiness import Readiness, state

    if bool(arguments.names) == arguments.all:
        raise UsageError("implementations build: name what to build, or give --all")
    status = EXPECTED
    for manifest in _named(arguments.names):
        before = state(manifest)
        if before.readiness is Readiness.MISSING_TOOLCHAIN:
            print(f"{manifest.name}: left out: {_sentence(before.reason, before.advice)}")
            status = status if arguments.all else USAGE
        elif not manifest.has_build:
            print(f"{manifest.name}: needs no build")
        elif before.ready and not arguments.rebuild:
            print(f"{manifest.name}: ready")
        elif not _build_one(manifest, rebuild=arguments.rebuild):
            status = max(status, UNEXPECTED)
    return status


def _build_one(manifest: Manifest, *, rebuild: bool) -> bool:
    from harness.implementations.building import BuildFailed, build
    from harness.report.plain import visible_lines

    def progress(number: int, count: int, words: list[str]) -> None:
        step = " ".join(manifest.build.steps[number - 1])
        print(f"{manifest.name}: step {number} of {count}: {step}", flush=True)

    began = time.monotonic()
    try:
        build(manifest, progress=progress, rebuild=rebuild)
    except BuildFailed as error:
        print(f"{manifest.name}: not built: {error.reason}")
        for line in visible_lines(error.tail):
            print(f"    {line}")
        if error.log:
            print(f"    (all of its output: {error.log})")
        return False
    print(f"{manifest.name}: built in {time.monotonic() - began:.1f} s")
    return True


def _doctor(arguments: argparse.Namespace) -> int:
    from harness.implementations.doctor import diagnose

    console = _console()
    status = EXPECTED
    for manifest in _named(arguments.names):
        diagnosis = diagnose(manifest)
        _print_diagnosis(console, diagnosis)
        # Asked about all, what was simply never made ready here is no fault.
        absent = diagnosis.readiness in ("needs-build", "missing-toolchain") and not arguments.names
        if not diagnosis.healthy and not absent:
            status = UNEXPECTED
    return status


def _print_diagnosis(console: Console, diagnosis: Diagnosis) -> None:
    from rich.text import Text

    from harness.report.console import ascii_only

    manifest = diagnosis.manifest
    title = Text(manifest.name, "bold").append(f"  {_library(manifest)}  {manifest.language}".rstrip(), "not bold")
    console.print(title, soft_wrap=True)
    marks = {"good": ("+", "✓", "green"), "note": ("-", "·", "yellow"), "problem": ("x", "✗", "red")}
    for finding in diagnosis.findings:
        plain, fine, style = marks[finding.level]
        line = Text("  ").append(plain if ascii_only(console) else fine, style)
        line.append(" " + _shown(console, _sentence(finding.text, finding.advice)))
        console.print(line, soft_wrap=True)


def _new(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from harness.implementations.skeleton import CannotWrite, write

    try:
        folder, steps = write(arguments.name, arguments.language, Path(arguments.directory))
    except CannotWrite as error:
        raise UsageError(f"implementations new: {error}") from None
    print(f"Wrote {folder}: {', '.join(sorted(path.name for path in folder.iterdir()))}")
    print("As it stands it starts, and answers every call with an error. Next:")
    for number, step in enumerate(steps, 1):
        print(f"  {number}. {step}")
    return EXPECTED


def _named(words: list[str]) -> list[Manifest]:
    """The manifests that were asked for; all where none was named. UsageError where a word means nothing."""
    from harness.implementations.manifest import ManifestError
    from harness.implementations.registry import UnknownImplementation, listing, resolve

    if not words:
        found = listing()
        for error in found.broken:
            print(f"sealproof: left out: {error}", file=sys.stderr)
        return list(found.manifests.values())
    try:
        return [resolve(word) for word in words]
    except (UnknownImplementation, ManifestError) as error:
        raise UsageError(str(error)) from None


def _library(manifest: Manifest) -> str:
    return f"{manifest.title} {manifest.version}".strip()


def _sentence(reason: str, advice: str) -> str:
    return f"{reason}: {advice}" if reason and advice else reason or advice


def _shown(console: Console, text: str) -> str:
    from harness.report.console import said

    return said(console, text, 1000)


def _console() -> Console:
    from harness.report.console import make_console

    return make_console()
