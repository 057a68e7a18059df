"""Who agrees with the vectors: made from results, committed beside them, read by lint and by reports."""

from __future__ import annotations

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
    blocks = []
    for name, value in msgspec.to_builtins(made).items():
        cases = value.items() if isinstance(value, dict) else ((None, item) for item in value)
        lines = [b"  " + (_text(case) + b": " if case is not None else b"") + _text(item) for case, item in cases]
        opening, closing = (b"{", b"}") if isinstance(value, dict) else (b"[", b"]")
        body = b"\n" + b",\n".join(lines) + b"\n " if lines else b""
        blocks.append(b" " + _text(name) + b": " + opening + body + closing)
    return b"{\n" + b",\n".join(blocks) + b"\n}\n"


def _text(value: object) -> bytes:
    return msgspec.json.encode(value)
