"""Small adapters for the tests of what makes implementations ready."""

from __future__ import annotations

import json
from pathlib import Path

ADAPTER = """
class Adapter:
    def describe(self):
        return {description}
"""


def python_adapter(folder: Path, name: str = "mine", /, *, manifest: str = "", **description: object) -> Path:
    """A folder with an adapter in Python that says `description` and can do nothing."""
    place = folder / name
    place.mkdir(parents=True)
    said = {
        "protocol": 1,
        "name": name,
        "version": "1",
        "methods": {"aes128gcm.decrypt": {"params": []}},
        **description,
    }
    (place / "adapter.py").write_text(ADAPTER.format(description=repr(said)), "utf-8")
    head = f'name = "{name}"\ntitle = "{name}"\nversion = "1"\nkind = "subprocess"\n'
    command = json.dumps(["{python}", "{serve}", "adapter:Adapter"])
    (place / "implementation.toml").write_text(f"{head}{manifest}\n[run]\ncommand = {command}\n", "utf-8")
    return place
