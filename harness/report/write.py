"""Report files, written whole or not at all."""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import cast

from harness.conformance.results import Run, write_line
from harness.report.cases import Cases, Requirements


class CannotWrite(Exception):
    """A report that could not be written: which file, why, what to do."""


def write_reports(
    run: Run,
    cases: Cases,
    requirements: Requirements,
    *,
    junit: Path | None = None,
    html: Path | None = None,
    markdown: Path | None = None,
    sarif: Path | None = None,
    badge: Path | None = None,
) -> list[Path]:
    """Write the reports asked for and return their paths; CannotWrite names the file that could not be."""
    wanted = {"junit": junit, "html": html, "markdown": markdown, "sarif": sarif, "badge": badge}
    asked = {name: Path(path) for name, path in wanted.items() if path is not None}
    for path in asked.values():
        check_place(path)
    for name, path in asked.items():
        write_whole(path, _renderer(name)(run, cases, requirements).encode("utf-8"))
    return list(asked.values())


def write_results(run: Run, path: Path) -> None:
    """Write a run as a results file (JSON Lines), as `--results` does while a run goes on."""
    check_place(path)
    lines = io.BytesIO()
    for line in (run.header, *run.implementations, *run.results, *((run.footer,) if run.footer else ())):
        write_line(lines, line)
    write_whole(path, lines.getvalue())


def check_place(path: Path) -> None:
    """CannotWrite where a file cannot be written at `path`; called before a long run rather than after it."""
    folder = path.parent
    if not folder.exists():
        raise CannotWrite(f"cannot write {path}: the folder {folder} does not exist; make it first")
    if not folder.is_dir():
        raise CannotWrite(f"cannot write {path}: {folder} is not a folder")
    if path.is_dir():
        raise CannotWrite(f"cannot write {path}: it is a folder; name a file in it")


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path` by way of a file beside it, so that no one ever sees half of it."""
    try:
        # A pipe or a terminal cannot be replaced; /dev/stdout can be a file whose name is gone.
        if (path.exists() and not path.is_file()) or path.absolute().parts[1:2] in {("dev",), ("proc",)}:
            with path.open("wb") as stream:
                stream.write(content)
            return
        _replace(path.resolve(), content)
    except OSError as error:
        raise CannotWrite(f"cannot write {path}: {error.strerror or error}") from None


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name[:80]}.{secrets.token_hex(6)}.tmp")
    try:
        with beside.open("xb") as stream:
            stream.write(content)
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


def _renderer(name: str) -> Callable[[Run, Cases, Requirements], str]:
    """The `render` of a format's module, imported only where that format is asked for."""
    return cast("Callable[[Run, Cases, Requirements], str]", import_module(f"harness.report.{name}").render)
