"""Which implementations there are, and which one a word on the command line means."""

from __future__ import annotations

import difflib
import re
import shlex
from pathlib import Path
from typing import Final

import msgspec

from harness.implementations.manifest import FILE_NAME, Manifest, ManifestError, Run, load

_OBJECT: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")


class UnknownImplementation(Exception):
    """A word that names no implementation; the message says what is near, and what else may be written."""


class Listing(msgspec.Struct, frozen=True):
    """The implementations of a folder by name, and the manifests there that cannot be read."""

    manifests: dict[str, Manifest]
    broken: tuple[ManifestError, ...] = ()


def shipped_folder() -> Path:
    """The folder of adapters that come with the harness: beside the package in a checkout, in it when installed."""
    package = Path(__file__).resolve().parent.parent
    beside = package.parent / "implementations"
    # Only a checkout has the project file there; in an environment the name may be somebody else's package.
    if beside.is_dir() and (package.parent / "pyproject.toml").is_file():
        return beside
    return package / "_data" / "implementations"


def listing(folder: Path | None = None) -> Listing:
    """All implementations of a folder (the shipped one), in the order of their names; one that is malformed is
    reported and does not hide the others."""
    folder = folder or shipped_folder()
    manifests: dict[str, Manifest] = {}
    broken: list[ManifestError] = []
    for path in sorted(folder.glob(f"*/{FILE_NAME}")):
        try:
            manifest = load(path)
        except ManifestError as error:
            broken.append(error)
        else:
            manifests[manifest.name] = manifest
    return Listing(manifests, tuple(broken))


def resolve(word: str, *, folder: Path | None = None) -> Manifest:
    """The implementation that a word means: the name of a registered one, the path of a folder or of its
    `implementation.toml`, or `package.module:Object`.

    UnknownImplementation where it means none; ManifestError where that one's manifest is malformed.
    """
    shipped = folder or shipped_folder()
    if re.fullmatch(r"[A-Za-z0-9._-]+", word) and (shipped / word / FILE_NAME).is_file():
        return load(shipped / word)
    path = Path(word).expanduser()
    if path.name == FILE_NAME or (path.is_dir() and (path / FILE_NAME).is_file()):
        return load(path)
    if _OBJECT.fullmatch(word):
        return from_object(word)
    if word and path.is_dir():
        raise UnknownImplementation(f"the folder {word} has no {FILE_NAME}; `sealproof implementations new` writes one")
    if "/" in word:
        raise UnknownImplementation(f"there is no folder {word} with an {FILE_NAME}")
    names = list(listing(folder).manifests)
    near = [name for name in names if len(word) > 2 and word.lower() in name]
    near = near or difflib.get_close_matches(word.lower(), names, 3, 0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are: {', '.join(names) or 'none'}."
    raise UnknownImplementation(
        f"there is no implementation {word!r}; {hint} A folder with an {FILE_NAME}, package.module:Object "
        "or --command '…' may also be given."
    )


def word_for(manifest: Manifest) -> str:
    """What to write on the command line for an implementation that has a folder."""
    if manifest.folder.parent == shipped_folder() or manifest.folder.name != manifest.name:
        return manifest.name
    path = manifest.folder
    return f"./{path.relative_to(Path.cwd())}" if path.is_relative_to(Path.cwd()) else str(path)


def from_object(word: str) -> Manifest:
    """A Python object, `package.module:Object`, importable from the current folder, in a process of its own: it
    is not trusted to be quick, or to survive."""
    return Manifest(
        name=word,
        title=word,
        kind="subprocess",
        language="Python",
        run=Run(command=("{python}", "{serve}", word)),
        folder=Path.cwd(),
    )


def from_command(text: str) -> Manifest:
    """A program that speaks the protocol, given as a command line: split into words as a shell would, but no
    shell runs it. It is started in the current folder."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UnknownImplementation(f"--command {text!r} cannot be split into words: {error}") from None
    if not words:
        raise UnknownImplementation("--command is empty: write the program and its arguments")
    return Manifest(
        name=_name_of(words),
        title=text,
        kind="subprocess",
        run=Run(command=tuple(words)),
        folder=Path.cwd(),
    )


def _name_of(words: list[str]) -> str:
    """A short name that can be part of a file's: the program, or what an interpreter is given to run."""
    named = [Path(word).name for word in words if not word.startswith("-")]
    return re.sub(r"[^a-z0-9._-]+", "-", "-".join(named[:2]).lower()).strip("-.")[:60] or "command"
