"""`sealproof implementations list|build|doctor|new`: what can be tested here, and how it is made ready."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from harness.implementations.doctor import Diagnosis
    from harness.implementations.manifest import Manifest

SOME_FAILED = 1
USAGE_ERROR = 4

_LANGUAGES = ("python", "node", "go", "rust", "java", "c", "shell")


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
    """Do what was asked; the exit status is 0, 1 where something failed, 4 where something is not there."""
    commands = {"list": _list, "build": _build, "doctor": _doctor, "new": _new}
    return commands[arguments.implementations_command](arguments)


def _list(arguments: argparse.Namespace) -> int:
    from rich.table import Table

    from harness.implementations.readiness import state
    from harness.implementations.registry import listing

    found = listing()
    rows = []
    for manifest in found.manifests.values():
        now = state(manifest)
        what = f"{manifest.title} {manifest.version}".strip()
        rows.append((manifest.name, what, manifest.language, str(now.readiness), _sentence(now.reason, now.advice)))
    for error in found.broken:
        rows.append((error.path.parent.name, "", "", "malformed", str(error)))
    console = _console()
    if not console.is_terminal:
        # For other programs: a line each, fields between tabs, nothing cut off.
        for row in rows:
            print("\t".join(row).rstrip())
        return 0
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("name", "library", "language", "state"):
        table.add_column(title, no_wrap=True)
    table.add_column("what to do")
    for name, what, language, readiness, text in rows:
        table.add_row(name, what, language, f"[{_style(readiness)}]{readiness}[/]", _escaped(text))
    console.print(table)
    return 0


def _build(arguments: argparse.Namespace) -> int:
    from harness.implementations.readiness import Readiness, state

    if bool(arguments.names) == arguments.all:
        return _refuse("build", "name the implementations to build, or give --all for all of them")
    manifests = _named(arguments.names, "build")
    if manifests is None:
        return USAGE_ERROR
    status = 0
    for manifest in manifests:
        before = state(manifest)
        if before.readiness is Readiness.MISSING_TOOLCHAIN:
            print(f"{manifest.name}: left out: {_sentence(before.reason, before.advice)}")
            status = status if arguments.all else USAGE_ERROR
        elif not manifest.has_build or (before.ready and not arguments.rebuild):
            print(f"{manifest.name}: {'ready' if manifest.has_build else 'needs no build'}")
        elif not _build_one(manifest, rebuild=arguments.rebuild):
            status = max(status, SOME_FAILED)
    return status


def _build_one(manifest: Manifest, *, rebuild: bool) -> bool:
    from harness.implementations.building import BuildFailed, build

    def progress(number: int, count: int, words: list[str]) -> None:
        step = " ".join(manifest.build.steps[number - 1])
        print(f"{manifest.name}: step {number} of {count}: {step}", flush=True)

    began = time.monotonic()
    try:
        build(manifest, progress=progress, rebuild=rebuild)
    except BuildFailed as error:
        print(f"{manifest.name}: not built: {error.reason}")
        for line in error.tail.splitlines():
            print(f"    {line}")
        if error.log:
            print(f"    (all of its output: {error.log})")
        return False
    print(f"{manifest.name}: built in {time.monotonic() - began:.1f} s")
    return True


def _doctor(arguments: argparse.Namespace) -> int:
    from harness.implementations.doctor import diagnose

    manifests = _named(arguments.names, "doctor")
    if manifests is None:
        return USAGE_ERROR
    console = _console()
    status = 0
    for manifest in manifests:
        diagnosis = diagnose(manifest)
        _print_diagnosis(console, diagnosis)
        # Asked about all, what was simply never made ready here is no fault.
        absent = diagnosis.readiness in ("needs-build", "missing-toolchain") and not arguments.names
        if not diagnosis.healthy and not absent:
            status = SOME_FAILED
    return status


def _print_diagnosis(console: Console, diagnosis: Diagnosis) -> None:
    manifest = diagnosis.manifest
    what = f"{manifest.title} {manifest.version}".strip()
    console.print(f"[bold]{_escaped(manifest.name)}[/]  {_escaped(what)}  {_escaped(manifest.language)}".rstrip())
    marks = {"good": "[green]✓[/]", "note": "[yellow]·[/]", "problem": "[red]✗[/]"}
    for finding in diagnosis.findings:
        console.print(f"  {marks[finding.level]} {_escaped(_sentence(finding.text, finding.advice))}", soft_wrap=True)


def _new(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from harness.implementations.skeleton import CannotWrite, write

    try:
        folder, steps = write(arguments.name, arguments.language, Path(arguments.directory))
    except CannotWrite as error:
        return _refuse("new", str(error))
    print(f"Wrote {folder}:")
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        print(f"  {path.relative_to(folder)}")
    print("\nIt starts, and answers every call with an error, until it is filled in. Next:")
    for number, step in enumerate(steps, 1):
        print(f"  {number}. {step}")
    return 0


def _named(names: list[str], command: str) -> list[Manifest] | None:
    """The manifests that were asked for; all where none was named. None where a word means nothing."""
    from harness.implementations.manifest import ManifestError
    from harness.implementations.registry import UnknownImplementation, listing, resolve

    if not names:
        found = listing()
        for error in found.broken:
            print(f"sealproof implementations {command}: {error}", file=sys.stderr)
        return list(found.manifests.values())
    try:
        return [resolve(name) for name in names]
    except (UnknownImplementation, ManifestError) as error:
        _refuse(command, str(error))
        return None


def _refuse(command: str, reason: str) -> int:
    print(f"sealproof implementations {command}: {reason}", file=sys.stderr)
    return USAGE_ERROR


def _sentence(reason: str, advice: str) -> str:
    return f"{reason}: {advice}" if reason and advice else reason or advice


def _style(readiness: str) -> str:
    return {"ready": "green", "needs-build": "yellow", "missing-toolchain": "dim"}.get(readiness, "red")


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False)
