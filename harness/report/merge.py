"""Several runs (shards, or one implementation each) made into one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import msgspec

from harness.conformance.results import Footer, Header, Implementation, Result, Run

#: Exit statuses, the one that says most first; nothing was run (5) only where that is so everywhere.
_GRAVEST = (3, 2, 4, 1, 0, 5)

#: States of an implementation, the one that says most first.
_STATES = ("not-testable", "could-not-start", "not-ready", "ready")


class CannotMerge(ValueError):
    """Runs that are not about the same thing: a sentence that says which, and what to do."""


def merge(runs: Sequence[Run], names: Sequence[str] = ()) -> Run:
    """One run of all that is in `runs`; `names` (the files) are for errors.

    A result that stands in several runs is kept once if it is the same in all of them (times may differ), else
    CannotMerge. The whole is partial where a part is, or where the shards in it do not make up the whole.
    """
    if not runs:
        raise CannotMerge("there is nothing to merge")
    named = [names[place] if place < len(names) else f"run {place + 1}" for place in range(len(runs))]
    if len(runs) == 1:
        return runs[0]
    _check_headers(runs, named)
    results = _results(runs, named)
    return Run(
        header=_header([run.header for run in runs]),
        implementations=_implementations(runs, named),
        results=results,
        footer=_footer(runs, results),
    )


def _check_headers(runs: Sequence[Run], named: Sequence[str]) -> None:
    for run, name in zip(runs, named, strict=True):
        if run.header.vectors_digest != runs[0].header.vectors_digest:
            raise CannotMerge(
                f"{name} was run with other vectors than {named[0]} "
                f"(digest {run.header.vectors_digest[:80]!r}, not {runs[0].header.vectors_digest[:80]!r}): "
                "results of different vectors cannot be merged; run both with the same version"
            )


def _header(headers: Sequence[Header]) -> Header:
    shards = list(dict.fromkeys(header.shard for header in headers if header.shard))
    whole = not missing_shards(shards)
    # Shards share out the cases between them; runs that are no shards asked for the same ones.
    cases = {header.shard: header.cases for header in headers}
    return msgspec.structs.replace(
        headers[0],
        sealproof=", ".join(dict.fromkeys(header.sealproof for header in headers)),
        started=min(header.started for header in headers),
        suites=tuple(dict.fromkeys(suite for header in headers for suite in header.suites)),
        cases=sum(cases.values()) if shards else max(header.cases for header in headers),
        platform="; ".join(dict.fromkeys(header.platform for header in headers if header.platform)),
        command=headers[0].command if len({header.command for header in headers}) == 1 else (),
        shard="" if whole else "+".join(shards),
        seed=headers[0].seed if len({header.seed for header in headers}) == 1 else 0,
    )


def missing_shards(shards: Sequence[str]) -> list[str]:
    """The shards (`I/N`) that are missing beside those given; empty where there are none at all."""
    parts = [tuple(map(int, shard.split("/"))) for shard in shards if re.fullmatch(r"\d{1,6}/\d{1,6}", shard)]
    return [f"{number}/{of}" for of in sorted({of for _, of in parts}) for number in _absent(parts, of)]


def _absent(parts: Sequence[tuple[int, ...]], of: int) -> list[int]:
    there = {number for number, total in parts if total == of}
    return [number for number in range(1, min(of, 10_000) + 1) if number not in there]


def _implementations(runs: Sequence[Run], named: Sequence[str]) -> tuple[Implementation, ...]:
    merged: dict[str, tuple[Implementation, str]] = {}
    for run, file in zip(runs, named, strict=True):
        for other in run.implementations:
            if other.name not in merged:
                merged[other.name] = (other, file)
                continue
            first, where = merged[other.name]
            ours, theirs = (each.description.version if each.description else None for each in (first, other))
            if ours is not None and theirs is not None and ours != theirs:
                raise CannotMerge(f"{other.name} is version {ours!r} in {where} and {theirs!r} in {file}")
            merged[other.name] = (_worse(first, other), where)
    return tuple(implementation for implementation, _ in merged.values())


def _worse(first: Implementation, other: Implementation) -> Implementation:
    def gravity(each: Implementation) -> int:
        return _STATES.index(each.state) if each.state in _STATES else -1

    worst = min(first, other, key=gravity)
    return msgspec.structs.replace(
        worst,
        description=first.description or other.description,
        remarks=tuple(dict.fromkeys((*first.remarks, *other.remarks))),
    )


def _results(runs: Sequence[Run], named: Sequence[str]) -> tuple[Result, ...]:
    merged: dict[tuple[str, str], tuple[Result, str]] = {}
    for run, file in zip(runs, named, strict=True):
        for result in run.results:
            key = (result.implementation, result.case)
            first, where = merged.setdefault(key, (result, file))
            if first is not result and not _same(first, result):
                raise CannotMerge(
                    f"{result.implementation} has two results for {result.case}: "
                    f"{first.verdict} ({first.outcome}) in {where} and {result.verdict} ({result.outcome}) in {file}"
                )
    return tuple(result for result, _ in merged.values())


def _same(first: Result, other: Result) -> bool:
    def judged(result: Result) -> tuple[object, ...]:
        return (result.verdict, result.kind, result.outcome, result.stage, result.choice, result.got)

    return judged(first) == judged(other)


def _footer(runs: Sequence[Run], results: Sequence[Result]) -> Footer | None:
    footers = [run.footer for run in runs if run.footer is not None]
    shards = [run.header.shard for run in runs if run.header.shard]
    if not footers:
        return None
    statuses = {footer.exit_status for footer in footers}
    counts = Counter(str(result.verdict) for result in results)
    return Footer(
        finished=max(footer.finished for footer in footers),
        results=len(results),
        seconds=sum(footer.seconds for footer in footers),
        exit_status=next((status for status in _GRAVEST if status in statuses), max(statuses)),
        counts=dict(sorted(counts.items())),
        interrupted=any(run.partial for run in runs) or bool(missing_shards(shards)),
    )
