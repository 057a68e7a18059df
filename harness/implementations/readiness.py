"""Can an implementation be used here: what is on this machine, what has been built, and what is missing."""

from __future__ import annotations

import re
import shutil
import subprocess
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from harness.implementations import building
from harness.implementations.manifest import Manifest, Toolchain
from harness.implementations.registry import word_for

_VERSION_SECONDS: Final = 30


class Readiness(StrEnum):
    """What has to happen before an implementation can be opened."""

    READY = "ready"
    NEEDS_BUILD = "needs-build"
    MISSING_TOOLCHAIN = "missing-toolchain"
    FAILED = "failed"


class State(msgspec.Struct, frozen=True):
    """An implementation's readiness; why (a sentence), and what to do about it."""

    readiness: Readiness
    reason: str = ""
    advice: str = ""

    @property
    def ready(self) -> bool:
        """True where it can be opened now."""
        return self.readiness is Readiness.READY


class Found(msgspec.Struct, frozen=True):
    """A tool of a manifest on this machine: where and which version, or (`problem`) why it will not do."""

    tool: Toolchain
    path: str = ""
    version: str = ""
    problem: str = ""


def state(manifest: Manifest) -> State:
    """Whether an implementation is ready, can be built, lacks a tool, or could not be built last time."""
    try:
        place = building.place(manifest)
        failure = building.last_failure(manifest)
    except building.BuildFailed as error:
        return State(Readiness.FAILED, error.reason)
    except OSError as error:
        return State(Readiness.FAILED, f"{manifest.folder} cannot be read: {error.strerror}")
    if place is not None:
        # Once it is built, only what it runs with is needed, not what it was compiled with.
        return _startable(manifest, place) or State(Readiness.READY)
    if missing := [found for tool in manifest.toolchain if (found := find(tool)).problem]:
        return State(Readiness.MISSING_TOOLCHAIN, missing[0].problem, _advice(missing[0].tool))
    if failure:
        return State(
            Readiness.FAILED,
            f"the last build failed: {failure.strip()}",
            f"sealproof implementations build {word_for(manifest)}",
        )
    return State(Readiness.NEEDS_BUILD, "not built yet", f"sealproof implementations build {word_for(manifest)}")


def make_ready(manifest: Manifest, *, python_only: bool = False, progress: building.Progress | None = None) -> State:
    """Build what has to be built and can be, and say how it stands then.

    With `python_only`, only what Python and its package installer build by themselves: for a run over all
    implementations, which should not set a compiler going unasked. A build that failed before is tried again.
    """
    before = state(manifest)
    if before.ready or before.readiness is Readiness.MISSING_TOOLCHAIN or not manifest.has_build:
        return before
    if python_only and not manifest.needs_only_python:
        return before
    try:
        building.build(manifest, progress=progress)
    except building.BuildFailed as error:
        return State(Readiness.FAILED, error.reason, f"the log is {error.log}" if error.log else "")
    return state(manifest)


@cache
def find(tool: Toolchain) -> Found:
    """Look a tool up on PATH and ask its version; asked once a process."""
    path = shutil.which(tool.command, path=building.environment().get("PATH"))
    if path is None:
        return Found(tool, problem=f"{tool.command} was not found on PATH")
    if not tool.minimum and not tool.version_args:
        return Found(tool, path)
    try:
        asked = subprocess.run(
            [path, *tool.version_args],
            env=building.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_VERSION_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return Found(tool, path, problem=f"{path} could not be asked for its version")
    text = asked.stdout[:65_536].decode("utf-8", "replace")
    match = re.search(r"\d{1,9}(?:\.\d{1,9})+", text) or re.search(r"\d{1,9}", text)
    version = match[0] if match else ""
    if tool.minimum and not version:
        return Found(tool, path, problem=f"{path} did not say its version")
    if tool.minimum and _numbers(version) < _numbers(tool.minimum):
        return Found(tool, path, version, f"{tool.command} is {version}, and {tool.minimum} or newer is needed")
    return Found(tool, path, version)


def _startable(manifest: Manifest, place: Path) -> State | None:
    commands = [manifest.run.command, *(spec.arguments for spec in manifest.command.values())]
    programs = {command[0]: manifest.words(command[:1], place)[0] for command in commands if command}
    search = building.environment().get("PATH")
    for name, program in programs.items():
        if shutil.which(program, path=search):
            continue
        for tool in manifest.toolchain:
            if tool.command == name:
                return State(Readiness.MISSING_TOOLCHAIN, f"{name} was not found on PATH", _advice(tool))
        advice = f"sealproof implementations build {word_for(manifest)} --rebuild" if manifest.has_build else ""
        return State(Readiness.FAILED, f"{program}, which {manifest.name} is started with, is not there", advice)
    return None


def _advice(tool: Toolchain) -> str:
    return f"install {tool.install}" if tool.install else f"install {tool.command} {tool.minimum}".rstrip()


def _numbers(version: str) -> tuple[int, ...]:
    # 18 and 18.0 are the same minimum.
    numbers = [int(part) for part in version.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
