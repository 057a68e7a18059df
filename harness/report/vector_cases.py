"""What a report tells of a case, taken from its vector; made when it is first asked for."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from harness.recipes.annotate import annotate, faults_between
from harness.report.cases import CaseInfo, RequirementInfo, Span
from harness.spec.catalogue import requirements
from harness.vectors.load import Vector

#: No report shows more of a message than this.
SHOWN_OCTETS = 2048


class VectorCases(Mapping[str, CaseInfo]):
    """The cases of some vectors by id."""

    def __init__(self, vectors: Iterable[Vector]) -> None:
        self._vectors = {vector.id: vector for vector in vectors}
        self._made: dict[str, CaseInfo] = {}

    def __getitem__(self, case: str) -> CaseInfo:
        made = self._made.get(case)
        if made is None:
            made = self._made[case] = self._make(self._vectors[case])
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(self._vectors)

    def __len__(self) -> int:
        return len(self._vectors)

    def _make(self, vector: Vector) -> CaseInfo:
        test = vector.test
        near = test.near_miss
        octets, length, spans = self._octets(vector)
        return CaseInfo(
            id=vector.id,
            comment=test.comment,
            method=vector.method,
            result=test.result,
            requirements=test.requirements,
            flags=test.flags,
            near_miss=near.of if near else "",
            edit=near.edit if near else "",
            stages=test.stages,
            rerun="sealproof check {implementation} -k {case}",
            octets=octets,
            length=length,
            spans=spans,
            file=f"vectors/{vector.path.parent.name}/{vector.path.name}",
            line=_lines(vector.path).get(vector.id, 1),
        )

    def _octets(self, vector: Vector) -> tuple[bytes, int, tuple[Span, ...]]:
        """The message's octets, cut, with its spans; nothing where the case has no message or a very long one."""
        if not bytes(vector.test.recipe):
            return b"", 0, ()
        if vector.test.message_length:
            return b"", vector.test.message_length, ()
        values = vector.request.values()
        message = values["message"]
        near = self._vectors.get(vector.test.near_miss.of) if vector.test.near_miss else None
        faults = faults_between(near.recipe, vector.recipe) if near is not None else []
        spans = (
            Span(span.start, span.end, span.label, span.value, span.fault)
            for span in annotate(message, values["ikm"], faults)
            if span.start < SHOWN_OCTETS
        )
        return message[:SHOWN_OCTETS], len(message), tuple(spans)


@functools.cache
def _lines(path: Path) -> dict[str, int]:
    """The line of each case in its file: the generator writes a line a case."""
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        _, mark, rest = line.partition('"id":"')
        if mark:
            found[rest.partition('"')[0]] = number
    return found


def requirement_infos() -> dict[str, RequirementInfo]:
    """The whole catalogue as reports tell it."""
    return {
        each.id: RequirementInfo(each.id, each.source, each.section, each.level, each.role, each.text, each.url)
        for each in requirements().values()
    }
