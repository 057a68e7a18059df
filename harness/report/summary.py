"""What a run amounts to, counted once for every renderer: tallies, rules, areas, problems, skips, leniencies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import msgspec

from harness.conformance.results import SEVERITY, Implementation, Kind, Result, Run, Severity, Verdict
from harness.report.cases import Cases, Requirements, requirement_info, rule_of, section_key

#: The verdicts that make a run fail: pytest's strict meaning, where an unexpected pass is one of them.
UNEXPECTED = frozenset({Verdict.FAILED, Verdict.ERROR, Verdict.XPASSED})

EXIT_MEANING = {
    0: "everything is as expected",
    1: "some verdicts are not as expected",
    2: "the run was interrupted",
    3: "the harness itself went wrong",
    4: "wrong usage, or an implementation could not start or is not honest",
    5: "nothing was run",
}

_KINDS = {kind: place for place, kind in enumerate(Kind)}
_SEVERITIES = {severity: place for place, severity in enumerate(Severity)}


class Tally(msgspec.Struct):
    """How many results there are of each sort; they add up to all of them.

    `either` counts the cases whose outcome the text leaves open (passed, but never scored), `known` the expected
    failures, `unexpected` the known failures that pass now.
    """

    passed: int = 0
    failed: int = 0
    error: int = 0
    skipped: int = 0
    known: int = 0
    unexpected: int = 0
    either: int = 0

    def add(self, result: Result) -> None:
        name = _COLUMN[result.verdict]
        if name == "passed" and result.leniency:
            name = "either"
        setattr(self, name, getattr(self, name) + 1)

    @property
    def bad(self) -> int:
        """The results that make the run fail."""
        return self.failed + self.error + self.unexpected

    @property
    def asked(self) -> int:
        """The cases that were put to the implementation."""
        return self.total - self.skipped

    @property
    def total(self) -> int:
        return self.passed + self.failed + self.error + self.skipped + self.known + self.unexpected + self.either


_COLUMN = {
    Verdict.PASSED: "passed",
    Verdict.FAILED: "failed",
    Verdict.ERROR: "error",
    Verdict.SKIPPED: "skipped",
    Verdict.XFAILED: "known",
    Verdict.XPASSED: "unexpected",
}


def tally(results: Iterable[Result]) -> Tally:
    """One tally over all results."""
    counted = Tally()
    for result in results:
        counted.add(result)
    return counted


def by_implementation(run: Run) -> dict[str, Tally]:
    """A tally an implementation, in the run's order; also for results whose implementation has no line."""
    tallies = {implementation.name: Tally() for implementation in run.implementations}
    for result in run.results:
        tallies.setdefault(result.implementation, Tally()).add(result)
    return tallies


def implementations(run: Run) -> dict[str, Implementation]:
    """Every implementation by name; a stand-in where results name one that has no line."""
    known = {implementation.name: implementation for implementation in run.implementations}
    for result in run.results:
        if result.implementation not in known:
            known[result.implementation] = Implementation(name=result.implementation, state="ready")
    return known


def rules(run: Run, cases: Cases, requirements: Requirements) -> list[str]:
    """The ids of all rules that results count under, in the specification's order; `""` (no rule) comes last."""
    found = {rule_of(result, cases) for result in run.results}
    return sorted(found, key=lambda rule: (rule == "", section_key(requirement_info(requirements, rule))))


def severity(result: Result) -> str:
    """`security`, `robustness` or `interoperability`; `error` where no kind is known, `unexpected pass` for one."""
    if result.verdict is Verdict.XPASSED:
        return "unexpected pass"
    return str(SEVERITY[result.kind]) if result.kind is not None else "error"


class Problem(msgspec.Struct, frozen=True):
    """One case that went wrong, with the results of every implementation for which it did, worst first."""

    case: str
    rule: str
    results: tuple[Result, ...]


def problems(
    run: Run, cases: Cases, requirements: Requirements, verdicts: frozenset[Verdict] = UNEXPECTED
) -> list[Problem]:
    """The cases with a verdict among `verdicts`: security first, then in the specification's order."""
    found: dict[str, list[Result]] = {}
    for result in run.results:
        if result.verdict in verdicts:
            found.setdefault(result.case, []).append(result)
    grouped = [
        Problem(case, rule_of(results[0], cases), tuple(sorted(results, key=_worst_first)))
        for case, results in found.items()
    ]
    return sorted(
        grouped,
        key=lambda problem: (
            _severity_rank(problem.results[0]),
            section_key(requirement_info(requirements, problem.rule)),
            _worst_first(problem.results[0]),
            problem.case,
        ),
    )


def _severity_rank(result: Result) -> int:
    if result.verdict is Verdict.XPASSED:
        return len(_SEVERITIES) + 1
    return _SEVERITIES[SEVERITY[result.kind]] if result.kind is not None else len(_SEVERITIES)


def _worst_first(result: Result) -> tuple[int, int, str]:
    return (_severity_rank(result), _KINDS[result.kind] if result.kind else len(_KINDS), result.implementation)


def result_order(cases: Cases, requirements: Requirements) -> Callable[[Result], tuple[object, ...]]:
    """A sort key: what is not as expected first, worst first, then in the specification's order."""
    sections: dict[str, tuple[object, ...]] = {}

    def key(result: Result) -> tuple[object, ...]:
        rule = rule_of(result, cases)
        if rule not in sections:
            sections[rule] = section_key(requirement_info(requirements, rule))
        rank = _severity_rank(result) if result.verdict in UNEXPECTED else len(_SEVERITIES) + 1
        return (_ORDER.index(result.verdict), rank, sections[rule], result.case, result.implementation)

    return key


_ORDER = (
    Verdict.FAILED,
    Verdict.ERROR,
    Verdict.XPASSED,
    Verdict.XFAILED,
    Verdict.PASSED,
    Verdict.SKIPPED,
)


def severities(results: Iterable[Result]) -> Counter[str]:
    """How many of the unexpected results there are of each severity, worst first."""
    bad = sorted((result for result in results if result.verdict in UNEXPECTED), key=_severity_rank)
    return Counter(severity(result) for result in bad)


def skips(run: Run) -> list[tuple[str, int, tuple[str, ...]]]:
    """Why cases were not asked: reason, how many, for which implementations; the most frequent first."""
    counted: Counter[str] = Counter()
    names: dict[str, dict[str, None]] = {}
    for result in run.results:
        if result.verdict is Verdict.SKIPPED:
            reason = result.skip or result.reason or result.message or "no reason given"
            counted[reason] += 1
            names.setdefault(reason, {})[result.implementation] = None
    return [(reason, number, tuple(names[reason])) for reason, number in counted.most_common()]


def leniencies(run: Run) -> dict[str, dict[str, dict[str, int]]]:
    """Where the text leaves a choice: leniency, then what was chosen, then how often by each implementation."""
    chosen: dict[str, dict[str, dict[str, int]]] = {}
    for result in run.results:
        if result.leniency and result.verdict is not Verdict.SKIPPED:
            choice = result.choice or result.outcome or "unknown"
            who = chosen.setdefault(result.leniency, {}).setdefault(choice, {})
            who[result.implementation] = who.get(result.implementation, 0) + 1
    return {name: dict(sorted(choices.items())) for name, choices in sorted(chosen.items())}


def partial_notice(run: Run) -> str:
    """Says that a run is partial, and why as far as the file tells; empty where it is whole."""
    if not run.partial:
        return ""
    seen = f"{len(run.results):,} results are there"
    if run.header.shard.count("+"):
        return f"Partial results: shards {run.header.shard} only; {seen}."
    if run.footer is None:
        return f"Partial results: the run did not finish (the file has no footer); {seen}."
    return f"Partial results: the run was interrupted; {seen}."
