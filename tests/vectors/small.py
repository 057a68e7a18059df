"""A small folder of vectors, cut out of the shipped ones, to be broken one thing at a time."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness.vectors.load import shipped_folder

DECRYPT, ENCRYPT = "delimiter", "encoder-arguments"
Files = dict[str, dict[str, Any]]


def cases_of(file: dict[str, Any]) -> list[dict[str, Any]]:
    """The cases of a file."""
    return file["testGroups"][0]["tests"]  # type: ignore[no-any-return]


def files() -> Files:
    """Two files of two cases each, a must-refuse one and its near miss; and their quorum."""
    found: Files = {}
    for name in (DECRYPT, ENCRYPT):
        file = json.loads((shipped_folder() / "aes128gcm" / f"{name}.json").read_bytes())
        by_id = {test["id"]: test for test in cases_of(file)}
        bad = next(test for test in cases_of(file) if test["result"] == "invalid" and test["nearMiss"]["of"] in by_id)
        kept = [by_id[bad["nearMiss"]["of"]], bad]
        file["testGroups"][0]["tests"] = kept
        file["numberOfTests"] = len(kept)
        flags = {flag for test in kept for flag in test["flags"]}
        file["notes"] = {flag: note for flag, note in file["notes"].items() if flag in flags}
        found[name] = file
    ids = [test["id"] for file in found.values() for test in cases_of(file)]
    found["quorum"] = {"implementations": ["other 1.0"], "agree": {case: [0] for case in ids}, "reasons": {}}
    return found


def write(folder: Path, change: Callable[[Files], Any] = lambda files: None) -> Path:
    """Write the files with one change into a folder, and the schemas."""
    made = files()
    change(made)
    shutil.copytree(shipped_folder() / "schemas", folder / "schemas", dirs_exist_ok=True)
    (folder / "aes128gcm").mkdir(exist_ok=True)
    for name, content in made.items():
        place = folder / "quorum.json" if name == "quorum" else folder / "aes128gcm" / f"{name}.json"
        place.write_text(json.dumps(content), "utf-8")
    return folder
