"""The build copy: an adapter's folder, copied into the user's cache and built there.

    <cache>/builds/<name>/<digest>-<token>/     the copy, in which the steps ran
    <cache>/builds/<name>/<digest>.ready        names the copy; written when the last step has ended well
    <cache>/builds/<name>/<digest>.log          what the steps printed, last time
    <cache>/builds/<name>/<digest>.failed       why the last build failed

The digest covers the folder's content, the steps, and (for a Python environment) the interpreter: a changed lock
file is another build. A copy keeps the path that it was built at, because tools write absolute paths into what
they make, so it is not renamed when it is ready; the small `.ready` file is what appears at once. A build that was
interrupted has none, and is cleared away by the next.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import platform
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final

import platformdirs

from harness.implementations.manifest import FILE_NAME, Manifest
from harness.implementations.supervision import run_mark
from harness.implementations.watcher import VARIABLE

#: Called before each step: its number (from 1), how many there are, its words.
Progress = Callable[[int, int, list[str]], None]

_MOST_FILES: Final = 5_000
_MOST_OCTETS: Final = 64 * 1024 * 1024
_MOST_LOG: Final = 64 * 1024 * 1024
_KEPT_BUILDS: Final = 4
_TAIL_LINES: Final = 15

#: What tools leave behind in a folder where somebody built by hand, and what says nothing about the build.
_LEFT_OUT: Final = frozenset(
    {".git", ".venv", "__pycache__", "node_modules", "target", ".mypy_cache", ".ruff_cache", ".pytest_cache",
     "known-failures.toml", "README.md"}
)  # fmt: skip

#: Settings of the interpreter that runs the harness; in an adapter's own environment they would redirect it.
_NOT_PASSED: Final = (
    "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONUSERBASE", "PYTHONSAFEPATH", "PYTHONWARNINGS",
    "VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "__PYVENV_LAUNCHER__", "PIP_TARGET", "PIP_PREFIX", "PIP_USER",
    "PIP_REQUIRE_VIRTUALENV", "COV_CORE_SOURCE", "COV_CORE_CONFIG", "COV_CORE_DATAFILE",
    "COVERAGE_PROCESS_START",
)  # fmt: skip


class BuildFailed(Exception):
    """A step that did not end well: which, how, the last lines that it printed, and where all of them are."""

    def __init__(self, reason: str, *, tail: str = "", log: Path | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.tail = tail
        self.log = log


def cache_folder() -> Path:
    """Where builds live: `SEALPROOF_HOME`, or the user's cache folder."""
    if chosen := os.environ.get("SEALPROOF_HOME"):
        return Path(chosen).expanduser().absolute()
    return Path(platformdirs.user_cache_dir("sealproof"))


def environment() -> dict[str, str]:
    """The variables that a build or an implementation gets: all (proxies, certificates, PATH, the tools' own),
    less those that would turn an adapter's Python environment into ours."""
    return {name: value for name, value in os.environ.items() if name not in _NOT_PASSED}


def place(manifest: Manifest) -> Path | None:
    """The folder that the implementation runs in: its finished build copy, or, where nothing has to be built, its
    own folder. None where it has to be built first."""
    if not manifest.has_build:
        return manifest.folder
    ready = _entry(manifest, "ready")
    try:
        copy = ready.with_name(ready.read_text("utf-8").strip())
    except OSError:
        return None
    if not copy.is_dir():
        return None
    with contextlib.suppress(OSError):
        os.utime(ready)
    return copy


def last_failure(manifest: Manifest) -> str:
    """Why the last build of exactly this content failed; empty where it did not, or was never tried."""
    try:
        return _entry(manifest, "failed").read_text("utf-8") if manifest.has_build else ""
    except OSError:
        return ""


def build(manifest: Manifest, *, progress: Progress | None = None, rebuild: bool = False) -> Path:
    """The folder to run in, built first where that is needed (or asked for); BuildFailed says what went wrong.

    Two processes that want the same build do it once: the second waits, and finds it ready.
    """
    if (ready := place(manifest)) and not (rebuild and manifest.has_build):
        return ready
    ready_file = _entry(manifest, "ready")
    try:
        ready_file.parent.mkdir(parents=True, exist_ok=True)
        with _only_one(manifest, ready_file.with_name("lock")):
            if (ready := place(manifest)) and not rebuild:
                return ready
            return _build(manifest, ready_file, progress)
    except OSError as error:
        raise BuildFailed(f"the build folder {ready_file.parent} cannot be written: {error.strerror}") from None


@contextlib.contextmanager
def _only_one(manifest: Manifest, path: Path) -> Iterator[None]:
    """Wait until no other process builds an adapter of this name; the lock ends with the process that holds it."""
    end = time.monotonic() + manifest.build.timeout
    with path.open("ab") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise BuildFailed(
                        f"another process has been building {manifest.name} for {manifest.build.timeout:g} s; "
                        "try again when it has ended"
                    ) from None
                time.sleep(0.1)
        yield


def digest(manifest: Manifest) -> str:
    """A name for what a build is made from: the folder's files, the steps, and where it matters the interpreter."""
    result = hashlib.sha256()
    words = [word for step in manifest.build.steps for word in step]
    result.update("\0".join([platform.system(), platform.machine(), *words]).encode())
    if any("{python}" in word or "{venv}" in word or ".venv" in word for word in words):
        result.update(f"{sys.implementation.cache_tag} {sys.base_prefix}".encode())
    for name, path in _content(manifest.folder):
        result.update(f"\0{name}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                result.update(piece)
    return result.hexdigest()[:20]


def _entry(manifest: Manifest, kind: str) -> Path:
    return cache_folder() / "builds" / manifest.name / f"{digest(manifest)}.{kind}"


def _content(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files that a build is made from, by their names in the folder, in a fixed order."""
    files = octets = 0
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _LEFT_OUT)
        for name in sorted(names):
            path = Path(root, name)
            # The manifest's steps are part of the digest by themselves; its notes and stages change nothing.
            if name in _LEFT_OUT or name.endswith(".pyc") or path == folder / FILE_NAME or not path.is_file():
                continue
            files += 1
            octets += path.stat().st_size
            if files > _MOST_FILES or octets > _MOST_OCTETS:
                raise BuildFailed(
                    f"{folder} holds more than {_MOST_FILES} files or {_MOST_OCTETS >> 20} MiB; "
                    "an adapter is copied before it is built, so give it a folder of its own"
                )
            yield path.relative_to(folder).as_posix(), path


def _build(manifest: Manifest, ready: Path, progress: Progress | None) -> Path:
    stem = ready.name.removesuffix(".ready")
    kept = _clear_away(ready.parent)
    copy = ready.with_name(f"{stem}-{secrets.token_hex(4)}")
    log_path, failed = ready.with_suffix(".log"), ready.with_suffix(".failed")
    failed.unlink(missing_ok=True)
    try:
        copy.mkdir()
        for name, path in _content(manifest.folder):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy / name)
            shutil.copymode(path, copy / name)
        with log_path.open("wb") as log:
            _run_steps(manifest, copy, log, log_path, progress)
        new = ready.with_suffix(".new")
        new.write_text(copy.name + "\n", "utf-8")
        new.replace(ready)
    except BaseException as error:
        shutil.rmtree(copy, ignore_errors=True)
        if isinstance(error, BuildFailed):
            failed.write_text(error.reason + "\n", "utf-8")
        raise
    for old in kept:
        # A build of the same content that this one takes the place of.
        if old.name.startswith(stem) and old != copy:
            shutil.rmtree(old, ignore_errors=True)
    return copy


def _clear_away(folder: Path) -> list[Path]:
    """Remove what interrupted builds left, and all but the builds used last; returns the copies that stay."""
    pointers = sorted(folder.glob("*.ready"), key=lambda path: path.stat().st_mtime, reverse=True)
    for pointer in pointers[_KEPT_BUILDS:]:
        pointer.unlink()
    wanted = {pointer.read_text("utf-8").strip() for pointer in pointers[:_KEPT_BUILDS]}
    stems = {pointer.stem for pointer in pointers[:_KEPT_BUILDS]}
    kept = []
    for path in folder.iterdir():
        if path.is_dir() and path.name in wanted:
            kept.append(path)
        elif path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != "lock" and path.stem not in stems:
            path.unlink(missing_ok=True)
    return kept


def _run_steps(manifest: Manifest, copy: Path, log: IO[bytes], log_path: Path, progress: Progress | None) -> None:
    steps = manifest.build.steps
    end = time.monotonic() + manifest.build.timeout
    for number, step in enumerate(steps, 1):
        words = manifest.words(step, copy)
        if progress:
            progress(number, len(steps), words)
        log.write(f"$ {' '.join(step)}\n".encode())
        log.flush()
        if fault := _run_step(words, copy, log, log_path, end):
            raise BuildFailed(
                f"step {number} of {len(steps)} ({' '.join(step)}) {fault}",
                tail=_tail(log_path),
                log=log_path,
            )


def _run_step(words: list[str], copy: Path, log: IO[bytes], log_path: Path, end: float) -> str:
    """Run one step in a process group of its own; what was wrong with it, or nothing."""
    variables = environment()
    # By this mark what the step started is found and ended, should we be killed.
    variables[VARIABLE] = variables.get(VARIABLE, "") + run_mark()
    program = shutil.which(words[0], path=variables.get("PATH"))
    if program is None:
        return f"needs {words[0]}, which was not found"
    try:
        process = subprocess.Popen(
            [program, *words[1:]],
            cwd=copy,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        return f"could not be started: {error.strerror}"
    try:
        while process.poll() is None:
            if time.monotonic() > end:
                return "took too long: the limit for all steps together is [build] timeout"
            if log_path.stat().st_size > _MOST_LOG:
                return f"printed more than {_MOST_LOG >> 20} MiB"
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.25)
    finally:
        # Also on Ctrl-C, which does not reach a session of its own; and what a step left running in the
        # background has no business after it.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.returncode < 0:
        return f"was ended by {signal.Signals(-process.returncode).name}"
    return f"ended with exit status {process.returncode}" if process.returncode else ""


def _tail(log_path: Path) -> str:
    with log_path.open("rb") as log:
        log.seek(max(0, log_path.stat().st_size - 16_384))
        lines = log.read().decode("utf-8", "replace").splitlines()
    return "\n".join(line[:400] for line in lines[-_TAIL_LINES:])
