"""Who agrees with the vectors: made from results, committed beside them, read by lint and by reports."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from harness.vectors.lint import Quorum


def quorum(
    agreeing: Iterable[tuple[str, str]], versions: Mapping[str, str], reasons: Mapping[str, str], ids: Iterable[str]
) -> Quorum:
    """The quorum of some results.

    `agreeing` are pairs of implementation and case where the verdict was passed, the reference left out;
    `versions` maps implementations to their versions. Reasons are kept for cases with which no one agrees.
    """
    names = sorted(versions)
    numbers = {name: number for number, name in enumerate(names)}
    agree: dict[str, set[int]] = defaultdict(set)
    for name, case in agreeing:
        agree[case].add(numbers[name])
    return Quorum(
        implementations=tuple(f"{name} {versions[name]}".strip() for name in names),
        agree={case: tuple(sorted(agree[case])) for case in sorted(ids) if agree[case]},
        reasons={case: reasons.get(case, "") for case in sorted(ids) if not agree[case]},
    )


def to_octets(made: Quorum) -> bytes:
    """The file's octets: a case a line."""
    text = msgspec.json.format(msgspec.json.encode(made), indent=1)
    return re.sub(rb"\[[\s\d,]+\]", lambda numbers: b"".join(numbers[0].split()), text) + b"\n"
