"""A private folder for the files of one case."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


class CaseFiles:
    """Files that go to a command line and come back from it; only their owner may read them. Made with the first
    file, removed by `remove`."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._outputs: dict[str, Path] = {}

    def put(self, name: str, octets: bytes) -> str:
        """Write a file; its path."""
        path = self._place(name)
        if not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(octets)
        return str(path)

    def expect(self, name: str) -> str:
        """The path of a file that the command is to write."""
        self._outputs[name] = self._place(name)
        return str(self._outputs[name])

    def written(self) -> int:
        """The octets in the largest file that the command has written so far."""
        sizes = [0]
        for path in self._outputs.values():
            with contextlib.suppress(OSError):
                sizes.append(path.lstat().st_size)
        return max(sizes)

    def read(self, most: int) -> dict[str, bytes]:
        """What the command has written; ValueError where a file is missing, is no plain file, or is too large."""
        return {name: _read(name, path, most) for name, path in self._outputs.items()}

    def remove(self) -> None:
        """Remove the folder, whatever the command made of it."""
        if self._folder is not None:
            if sys.version_info >= (3, 12):
                shutil.rmtree(self._folder, onexc=_open_up)
            else:
                shutil.rmtree(self._folder, onerror=_open_up)
            self._folder = None

    def _place(self, name: str) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="sealproof-"))
        return self._folder / name


def _read(name: str, path: Path, most: int) -> bytes:
    try:
        # Neither a link to somewhere else nor a pipe that never ends.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise ValueError(f"it did not write the file {{{name}}}") from None
    except OSError as error:
        raise ValueError(f"the file {{{name}}} cannot be read: {error.strerror}") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError(f"{{{name}}} is not a plain file")
        if status.st_size > most:
            raise ValueError(f"the file {{{name}}} has {status.st_size:,} octets, more than {most:,}")
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            return stream.read(most)
    finally:
        os.close(descriptor)


def _open_up(remove: Callable[[str], Any], path: str, _: Any) -> None:
    """Once more, with the permissions that the command may have taken away; what then remains is left."""
    with contextlib.suppress(OSError):
        Path(path).parent.chmod(0o700)
        if Path(path).is_dir() and not Path(path).is_symlink():
            Path(path).chmod(0o700)
            shutil.rmtree(path, ignore_errors=True)
        else:
            remove(path)
