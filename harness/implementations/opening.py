"""From a manifest to a connection."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from harness.implementations import building
from harness.implementations.commandline import CommandLineConnection
from harness.implementations.connection import CannotStart, Connection, Limits
from harness.implementations.inprocess import InProcessConnection
from harness.implementations.manifest import Manifest
from harness.implementations.process import ProcessConnection
from harness.implementations.readiness import state


def open_connection(manifest: Manifest, limits: Limits | None = None, workers: int = 1) -> Connection:
    """A connection to an implementation that is ready; `CannotStart`, with advice, where it is not or fails to start.

    Its manifest can raise two limits, the time to start and the memory, to what its runtime needs; it
    cannot lower any. `workers` processes share the requests, where there are processes.
    """
    limits = _allowance(manifest, limits or Limits())
    now = state(manifest)
    place = building.place(manifest) if now.ready else None
    if place is None:
        raise CannotStart(f"{manifest.name} is not ready: {now.reason}", advice=now.advice)
    if manifest.kind == "in-process":
        return InProcessConnection(_load(manifest), stages=manifest.stages)
    if manifest.kind == "command":
        return CommandLineConnection(
            manifest.description(),
            manifest.command,
            cwd=place,
            env=_environment(manifest),
            limits=limits,
            stages=manifest.stages,
            workers=workers,
        )
    return ProcessConnection(
        manifest.words(manifest.run.command, place),
        cwd=place,
        env=_environment(manifest),
        limits=limits,
        stages=manifest.stages,
        workers=workers,
    )


def _allowance(manifest: Manifest, limits: Limits) -> Limits:
    return msgspec.structs.replace(
        limits,
        start_seconds=max(limits.start_seconds, manifest.run.start_timeout or 0),
        memory_mib=max(limits.memory_mib, manifest.run.memory or 0),
    )


def _environment(manifest: Manifest) -> Mapping[str, str] | None:
    # What was built has an environment of its own; what was not runs in that of the person who named it, whose
    # PYTHONPATH may be how their module is found.
    return building.environment() if manifest.has_build else None


def _load(manifest: Manifest) -> Any:
    """The object that `[run] object` names; its module may also lie in the manifest's folder."""
    module, _, name = manifest.run.object.partition(":")
    sys.path.append(str(manifest.folder))
    try:
        return getattr(importlib.import_module(module), name)
    except AttributeError:
        raise CannotStart(
            f"{manifest.name} cannot be loaded: the module {module} has no {name}",
            advice=f"Write module:Name of an object that is there as [run] object in {_file(manifest)}.",
        ) from None
    except Exception as error:  # the module is somebody else's code
        raise CannotStart(
            f"{manifest.name} cannot be loaded: importing {module} raised {type(error).__name__}: {error}"
        ) from error
    finally:
        sys.path.remove(str(manifest.folder))


def _file(manifest: Manifest) -> Path:
    return manifest.folder / "implementation.toml"
