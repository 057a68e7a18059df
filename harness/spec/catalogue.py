"""The requirements as values, read from the TOML files beside this module."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

import msgspec

_FOLDER = Path(__file__).parent


class Requirement(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One rule of a specification.

    `id` is a path of source, section and name; `level` the text's key word, or IMPLICIT for a rule in
    lower-case prose, a formula or a figure; `role` who keeps it: `encoder`, `decoder` or `both`; `text` our own
    paraphrase. `untestable` is the reason where no case can show the rule, else empty.
    """

    id: str
    section: str
    level: str
    role: str
    text: str
    untestable: str = ""
    source: str = ""
    url: str = ""

    @property
    def title(self) -> str:
        """The source and section as people write it: 'RFC 8188 section 2.1'."""
        place = f"appendix {self.section}" if self.section[:1].isalpha() else f"section {self.section}"
        return f"{self.source} {place}"


class _File(msgspec.Struct, forbid_unknown_fields=True):
    source: str
    url: str
    requirement: tuple[Requirement, ...]


@functools.cache
def requirements() -> dict[str, Requirement]:
    """All requirements by id, in the order of the texts."""
    found: dict[str, Requirement] = {}
    for path in sorted(_FOLDER.glob("*.toml")):
        file = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
        for requirement in file.requirement:
            if requirement.id in found:
                raise ValueError(f"{path.name}: {requirement.id} stands twice")
            found[requirement.id] = msgspec.structs.replace(
                requirement, source=file.source, url=file.url + _anchor(requirement.section)
            )
    return found


def _anchor(section: str) -> str:
    return f"#appendix-{section}" if section[:1].isalpha() else f"#section-{section}"
