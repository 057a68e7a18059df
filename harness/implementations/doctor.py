"""What is right and wrong with an implementation on this machine, as values; the command line prints them."""

from __future__ import annotations

import time
from enum import StrEnum

import msgspec

from harness.implementations import building
from harness.implementations.connection import CannotStart, Limits
from harness.implementations.manifest import Manifest
from harness.implementations.opening import open_connection
from harness.implementations.protocol import Description
from harness.implementations.readiness import Readiness, find, state


class Level(StrEnum):
    """How a finding is to be taken: as it should be, worth knowing, in the way of a run."""

    GOOD = "good"
    NOTE = "note"
    PROBLEM = "problem"


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at: what was found, and what to do where something is amiss."""

    level: Level
    text: str
    advice: str = ""


class Diagnosis(msgspec.Struct, frozen=True):
    """All that was found about one implementation; `readiness` as it stands, and its description if it started."""

    manifest: Manifest
    readiness: Readiness
    findings: tuple[Finding, ...]
    description: Description | None = None

    @property
    def healthy(self) -> bool:
        """True where nothing is in the way of a run."""
        return not any(finding.level is Level.PROBLEM for finding in self.findings)


def diagnose(manifest: Manifest, limits: Limits | None = None) -> Diagnosis:
    """Look at the tools, the build, the start and what it says of itself, until something is in the way."""
    findings = [_tool(manifest, number) for number in range(len(manifest.toolchain))]
    found = state(manifest)
    if not found.ready:
        # A missing tool has been told already.
        if found.readiness is not Readiness.MISSING_TOOLCHAIN:
            findings.append(Finding(Level.PROBLEM, found.reason, found.advice))
        return Diagnosis(manifest, found.readiness, tuple(findings))
    if manifest.has_build:
        findings.append(Finding(Level.GOOD, f"built in {building.place(manifest)}"))
    began = time.perf_counter()
    try:
        with open_connection(manifest, limits or Limits()) as connection:
            took = (time.perf_counter() - began) * 1000
            description = connection.description
            remarks = list(getattr(connection, "remarks", ()))
    except CannotStart as error:
        text = f"does not start: {error.reason}"
        if error.stderr:
            text += f"; it wrote: {error.stderr.strip().splitlines()[-1][:300]}"
        return Diagnosis(manifest, found.readiness, (*findings, Finding(Level.PROBLEM, text, error.advice)))
    if manifest.kind == "command":
        findings.append(Finding(Level.GOOD, "is a command line, started for each request"))
    else:
        findings.append(Finding(Level.GOOD, f"starts in {took:.0f} ms"))
    findings += _identity(manifest, description)
    findings += [Finding(Level.NOTE, remark) for remark in remarks]
    return Diagnosis(manifest, found.readiness, tuple(findings), description)


def _tool(manifest: Manifest, number: int) -> Finding:
    tool = manifest.toolchain[number]
    found = find(tool)
    if not found.problem:
        return Finding(Level.GOOD, f"{tool.command} {found.version}".rstrip() + f" ({found.path})")
    # What was only needed to build it is not missed once it is built.
    level = Level.NOTE if building.place(manifest) and manifest.has_build else Level.PROBLEM
    return Finding(level, found.problem, f"install {tool.install or tool.command}")


def _identity(manifest: Manifest, description: Description) -> list[Finding]:
    findings = []
    said = f"{description.name} {description.version}".rstrip()
    findings.append(Finding(Level.GOOD, f"says that it is {said}"))
    if manifest.version and description.version and description.version != manifest.version:
        findings.append(
            Finding(
                Level.PROBLEM,
                f"says version {description.version}, but its manifest says {manifest.version}",
                "change the version in implementation.toml or in the lock file, so that they agree",
            )
        )
    if manifest.title and description.name not in (manifest.title, manifest.name):
        findings.append(Finding(Level.NOTE, f"its manifest calls it {manifest.title}"))
    if not description.methods:
        findings.append(Finding(Level.PROBLEM, "claims no method of the protocol", "list in describe what it can do"))
    for name, claim in description.methods.items():
        honours = f" with {', '.join(claim.params)}" if claim.params else ""
        findings.append(Finding(Level.GOOD, f"claims {name}{honours}"))
    return findings
