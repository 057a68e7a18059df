"""What a report says about a case and about a rule, apart from any result.

Renderers take `Mapping[str, CaseInfo]` and `Mapping[str, RequirementInfo]` and only ever look ids up that occur
in the run, so either mapping may compute its values on demand. An id that is not in it (results of another
version of the vectors) gets a stand-in with nothing but the id.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

import msgspec

from harness.conformance.results import Implementation, Result


class Span(msgspec.Struct, frozen=True):
    """A stretch of a message's octets: `start` and `end` (exclusive) are offsets into the whole message.

    `label` names the field (`record 0: delimiter`), `value` is it as text for people, `fault` marks the octets
    that break the rule.
    """

    start: int
    end: int
    label: str
    value: str = ""
    fault: bool = False


class CaseInfo(msgspec.Struct, frozen=True):
    """One case as a report tells it.

    `comment` is one sentence; `result` is `valid` (must be accepted), `invalid` (must be refused) or
    `acceptable` (either); the first of `requirements` is the rule that the case is for, and the one that tables
    count it under. `near_miss` is the id of the case from which this one differs by `edit` alone. `octets` is
    the message (empty where the case has none), annotated by `spans`; `octets` may be the beginning of a message
    of `length` octets (0: it is whole). `rerun` is a command with `{implementation}` and `{case}` in it. `file`
    is where the vector stands, relative to the project's top folder, and `line` where in it, from 1.
    """

    id: str
    comment: str = ""
    method: str = ""
    result: str = ""
    requirements: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    near_miss: str = ""
    edit: str = ""
    stages: tuple[str, ...] = ()
    rerun: str = ""
    octets: bytes = b""
    length: int = 0
    spans: tuple[Span, ...] = ()
    file: str = ""
    line: int = 1

    @property
    def total(self) -> int:
        """The length of the whole message in octets."""
        return max(self.length, len(self.octets))


class RequirementInfo(msgspec.Struct, frozen=True):
    """One rule: `source` (`RFC 8188`), `section` (`2.1`), `level` (`MUST`, `SHOULD`, `IMPLICIT`), the `role` it
    binds, our own `paraphrase` and the `url` of the section."""

    id: str
    source: str = ""
    section: str = ""
    level: str = ""
    role: str = ""
    paraphrase: str = ""
    url: str = ""

    @property
    def citation(self) -> str:
        """`RFC 8188 section 2.1 (MUST)`, or the id where nothing more is known."""
        if not self.source:
            return self.id
        word = "appendix" if self.section[:1].isalpha() else "section"
        section = f" {word} {self.section}" if self.section else ""
        level = f" ({self.level})" if self.level else ""
        return f"{self.source}{section}{level}"


Cases = Mapping[str, CaseInfo]
Requirements = Mapping[str, RequirementInfo]

#: Says what each `CaseInfo.result` asks of an implementation.
EXPECTED = {"valid": "must be accepted", "invalid": "must be refused", "acceptable": "may be accepted or refused"}


def case_info(cases: Cases, case: str) -> CaseInfo:
    """What is known of a case; a stand-in with nothing but the id where it is unknown."""
    return cases.get(case) or CaseInfo(id=case)


def requirement_info(requirements: Requirements, requirement: str) -> RequirementInfo:
    """What is known of a rule; a stand-in with nothing but the id where it is unknown."""
    return requirements.get(requirement) or RequirementInfo(id=requirement)


def area(case: str) -> str:
    """The area of a case, by its id: `aes128gcm/delimiter/last-record-is-1` is of `aes128gcm/delimiter`."""
    return case.rpartition("/")[0] or "other"


def rule_of(result: Result, cases: Cases) -> str:
    """The id of the rule that a result counts under; empty where none is named."""
    named = result.requirements or case_info(cases, result.case).requirements
    return named[0] if named else ""


def section_key(requirement: RequirementInfo) -> tuple[object, ...]:
    """Sorts rules as the specification prints them: section 2.10 after 2.9, appendices last, unknown ones behind."""
    parts = re.split(r"(\d+)", requirement.section)
    numbers = tuple((0, int(part[:9]), "") if part.isdecimal() else (1, 0, part) for part in parts if part)
    return (not requirement.source, requirement.source, numbers, requirement.id)


def rerun_command(implementation: Implementation | None, info: CaseInfo, name: str) -> str:
    """The command that runs one case again, ready for a POSIX shell.

    `Implementation.rerun` wins over the case's template, as it knows how the implementation was reached; one
    without `{case}` gets `-k ID` appended.
    """
    template = (implementation.rerun if implementation else "") or info.rerun or "sealproof check {implementation}"
    if "{case}" not in template:
        template += " -k {case}"
    values = {"{implementation}": shlex.quote(name), "{case}": shlex.quote(info.id)}
    return re.sub(r"\{implementation\}|\{case\}", lambda match: values[match[0]], template)
