"""From words on the command line to implementations that can be run."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.cli import UsageError
from harness.conformance.known_failures import Known
from harness.conformance.results import Implementation
from harness.conformance.run import Subject
from harness.implementations import registry
from harness.implementations.connection import Limits
from harness.implementations.manifest import Manifest, ManifestError
from harness.implementations.opening import open_connection
from harness.implementations.readiness import State, make_ready, state

KNOWN_FAILURES = "known-failures.toml"


def named(word: str | None, program: str | None) -> Manifest:
    """The implementation that is meant; UsageError says what is near."""
    try:
        return registry.from_command(program) if program is not None else registry.resolve(word or "")
    except (registry.UnknownImplementation, ManifestError) as error:
        raise UsageError(str(error)) from None


def listed(words: Sequence[str]) -> tuple[list[Manifest], list[Subject]]:
    """All registered implementations, or those named; and those whose manifest cannot be read."""
    if words:
        found: dict[str, Manifest] = {}
        for word in words:
            manifest = named(word, None)
            if found.setdefault(manifest.name, manifest) != manifest:
                raise UsageError(f"two of these are named {manifest.name!r}: give {word} a run of its own")
        return list(found.values()), []
    listing = registry.listing()
    return list(listing.manifests.values()), [unready(error.path.parent.name, str(error)) for error in listing.broken]


def prepare(manifest: Manifest, *, quiet: bool, python_only: bool = True, build: bool = True) -> State:
    """How it stands, after building what Python alone can build; said on stderr, since it takes a while."""
    if not build:
        return state(manifest)

    def progress(number: int, count: int, _: list[str]) -> None:
        if not quiet and number == 1:
            print(f"building {manifest.name} ({count} steps, once)…", file=sys.stderr, flush=True)

    return make_ready(manifest, python_only=python_only, progress=progress)


def subject(
    manifest: Manifest,
    limits: Limits,
    *,
    workers: int = 1,
    known: Sequence[Known] = (),
    rerun: str = "",
    left_out: Mapping[str, str] | None = None,
) -> Subject:
    """Something to run, opened only when its turn comes; `left_out` are cases not to ask, with the reason."""
    return Subject(
        name=manifest.name,
        open=lambda: open_connection(manifest, limits, workers=workers),
        rerun=rerun or f"sealproof check {registry.word_for(manifest)} -k {{case}}",
        exempt={**manifest.exempt, **(left_out or {})},
        known=known,
    )


def unready(name: str, reason: str, advice: str = "") -> Subject:
    """Something that cannot run here, and why."""
    return Subject(name=name, open=None, unready=Implementation(name, "not-ready", reason=reason, advice=advice))


def own_known_failures(manifest: Manifest) -> Path | None:
    """The list of known failures in an adapter's folder, if it has one."""
    path = manifest.folder / KNOWN_FAILURES
    return path if path.is_file() else None
