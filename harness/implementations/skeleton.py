"""A new adapter to fill in: `skeletons/<language>` copied under a name of the user's choice.

The skeletons build and start as they are, describe themselves, and answer every call with an error, so that a check
of one that nobody filled in fails. They use no packages.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from harness.implementations.manifest import FILE_NAME, Manifest, ManifestError, load, valid_name
from harness.implementations.registry import word_for

_FOLDER: Final = Path(__file__).with_name("skeletons")
#: What stands in the skeletons for the name.
_PLACE: Final = "my-library"

#: The file to fill in, by language.
_SOURCES: Final = {
    "python": "adapter.py",
    "node": "adapter.mjs",
    "go": "adapter.go",
    "rust": "adapter.rs",
    "java": "Adapter.java",
    "c": "adapter.c",
    "shell": FILE_NAME,
}

LANGUAGES: Final = tuple(_SOURCES)


class CannotWrite(Exception):
    """The adapter could not be written: why, and what to do."""


def write(name: str, language: str, directory: Path) -> tuple[Path, list[str]]:
    """Write the skeleton into a new folder `name` in `directory`; returns the folder, and what to do next.

    Nothing is overwritten: a folder that is there already is refused, and one that cannot be written whole is
    removed again.
    """
    if language not in _SOURCES:
        raise CannotWrite(f"there is no skeleton in {language}; there are: {', '.join(LANGUAGES)}")
    if not valid_name(name):
        raise CannotWrite(
            f'"{name}" cannot be a name: use lower-case letters, digits, ".", "_" and "-", '
            "beginning with a letter or digit"
        )
    folder = directory / name
    try:
        directory.mkdir(parents=True, exist_ok=True)
        folder.mkdir()
    except FileExistsError:
        raise CannotWrite(f"{folder} is there already; choose another name or --directory") from None
    except OSError as error:
        raise CannotWrite(f"{folder} cannot be made: {error.strerror}") from None
    try:
        for source in sorted(_FOLDER.joinpath(language).iterdir()):
            if source.is_file():
                text = source.read_text("utf-8").replace(_PLACE, name)
                folder.joinpath(source.name).write_text(text, "utf-8")
        manifest = load(folder)
    except (OSError, ManifestError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise CannotWrite(f"{folder} could not be written: {error}") from None
    return folder, _next_steps(manifest, folder / _SOURCES[language])


def _next_steps(manifest: Manifest, source: Path) -> list[str]:
    word = word_for(manifest)
    return [
        f"Follow steps 1 to 4 in {source}.",
        f"Fill in what {FILE_NAME} says about the library.",
        *([f"sealproof implementations build {word}"] if manifest.has_build else []),
        f"sealproof implementations doctor {word}",
        f"sealproof check {word}",
    ]
