"""A run as the compact value that the HTML report carries within it, and the static tables beside it.

Texts are held once, in `strings`, and named by their place; a result is a row of numbers, its trailing zeros cut.
So 50,000 results are a few megabytes, which a browser parses in some tens of milliseconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from harness.conformance.results import SEVERITY, Kind, Result, Run, Verdict
from harness.report.cases import (
    EXPECTED,
    CaseInfo,
    Cases,
    RequirementInfo,
    Requirements,
    case_info,
    requirement_info,
    section_key,
)
from harness.report.failures import came_out
from harness.report.octets import windows
from harness.report.plain import visible, visible_lines
from harness.report.summary import (
    EXIT_MEANING,
    Tally,
    implementations,
    partial_notice,
    result_order,
    severities,
    tally,
)

#: Octets of messages in the whole report, and the least and the most for one case.
_OCTETS, _LEAST, _MOST = 4 * 1024 * 1024, 64, 1024
_SPANS = 200

#: The columns of a result's row. From the fifth on they are places in `strings`, but for `ms`, and for `rule`: the
#: place plus one of the rule that the result itself names, where that is not its case's first.
COLUMNS = (
    "implementation", "case", "verdict", "kind", "ms", "outcome", "stage", "leniency", "choice", "explanation",
    "skip", "reason", "exception", "message", "got", "stderr", "remarks", "rule",
)  # fmt: skip

_VERDICTS = [str(verdict) for verdict in Verdict]
_KINDS = ["", *(str(kind) for kind in Kind)]


class _Strings:
    """Texts by place; place 0 is the empty text."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {"": 0}

    def place(self, text: str, limit: int = 600) -> int:
        return self._places.setdefault(visible(text, limit), len(self._places)) if text else 0

    def lines(self, lines: Iterable[str]) -> int:
        return self._places.setdefault("\n".join(lines), len(self._places))

    def every(self) -> list[str]:
        return list(self._places)


def embedded(run: Run, cases: Cases, requirements: Requirements) -> dict[str, Any]:
    """Everything that the report's script shows, all of it text that `plain` has been over."""
    strings = _Strings()
    ids = list(dict.fromkeys(result.case for result in run.results))
    first = {result.case: result for result in reversed(run.results)}
    infos = {case: case_info(cases, case) for case in ids}
    named = {case: infos[case].requirements or first[case].requirements for case in ids}
    own = {rule: None for result in run.results for rule in result.requirements[:1]}
    rules = _ordered_rules([*named.values(), tuple(own)], requirements)
    budget = max(_LEAST, min(_MOST, _OCTETS // max(1, len(ids))))
    names = {name: place for place, name in enumerate(implementations(run))}
    places = {case: place for place, case in enumerate(ids)}
    rule_places = {rule: place for place, rule in enumerate(rules)}
    order = result_order(cases, requirements)
    return {
        "columns": COLUMNS,
        "verdicts": _VERDICTS,
        "kinds": _KINDS,
        "severities": _severities(),
        "expected": EXPECTED,
        "implementations": [_implementation(run, name) for name in names],
        "rules": [_rule(requirement_info(requirements, rule)) for rule in rules],
        "cases": [_case(infos[case], [rule_places[rule] for rule in named[case]], strings, budget) for case in ids],
        "results": [
            _row(
                result,
                names[result.implementation],
                places[result.case],
                strings,
                _own_rule(result, named, rule_places),
            )
            for result in sorted(run.results, key=order)
        ],
        "strings": strings.every(),
    }


def _ordered_rules(named: Iterable[tuple[str, ...]], requirements: Requirements) -> list[str]:
    found = {rule for rules in named for rule in rules}
    return sorted(found, key=lambda rule: section_key(requirement_info(requirements, rule)))


def _severities() -> dict[str, str]:
    return {str(kind): str(severity) for kind, severity in SEVERITY.items()}


def link(url: str) -> str:
    """An address that may be linked to; empty where it is anything but a plain http(s) one."""
    return url if re.fullmatch(r"https?://[\w./?=&#~%+:@,-]{1,400}", url) else ""


def _implementation(run: Run, name: str) -> dict[str, Any]:
    implementation = implementations(run)[name]
    description = implementation.description
    return {
        "name": visible(name, 200),
        "version": visible(description.version, 60) if description else "",
        "rerun": visible(implementation.rerun, 600),
    }


def _rule(info: RequirementInfo) -> dict[str, str]:
    return {
        "id": visible(info.id, 300),
        "citation": visible(info.citation, 200),
        "source": visible(info.source, 60),
        "section": visible(info.section, 20),
        "level": visible(info.level, 20),
        "role": visible(info.role, 20),
        "text": visible(info.paraphrase, 600),
        "url": link(info.url),
    }


def _case(info: CaseInfo, rules: list[int], strings: _Strings, budget: int) -> list[Any]:
    octets = [[start, info.octets[start:end].hex()] for start, end in windows(info, budget)]
    spans = sorted(info.spans, key=lambda span: not span.fault)[:_SPANS]
    return [
        visible(info.id, 400),
        strings.place(info.comment),
        strings.place(info.method, 60),
        strings.place(info.result, 20),
        rules,
        strings.place(", ".join(info.flags)),
        strings.place(info.near_miss, 400),
        strings.place(info.edit),
        strings.place(", ".join(info.stages)),
        strings.place(info.rerun),
        info.total,
        octets,
        [
            [span.start, span.end, strings.place(span.label, 120), strings.place(span.value, 200), int(span.fault)]
            for span in sorted(spans, key=lambda span: (span.start, span.end))
        ],
    ]


def _own_rule(result: Result, named: Mapping[str, tuple[str, ...]], places: Mapping[str, int]) -> int:
    rule = result.requirements[0] if result.requirements else ""
    return places[rule] + 1 if rule and rule != (*named[result.case], "")[0] else 0


def _row(result: Result, implementation: int, case: int, strings: _Strings, rule: int) -> list[Any]:
    row: list[Any] = [
        implementation,
        case,
        _VERDICTS.index(result.verdict),
        _KINDS.index(result.kind or ""),
        round(result.ms, 2),
        strings.place(result.outcome, 60),
        strings.place(result.stage, 60),
        strings.place(result.leniency, 100),
        strings.place(result.choice, 100),
        strings.place(result.explanation),
        strings.place(result.skip),
        strings.place(result.reason),
        strings.place(result.exception, 200),
        strings.place(result.message),
        strings.place(came_out(result.got), 600) if result.got else 0,
        strings.lines(visible_lines(result.stderr, 20, 3000)),
        strings.lines([visible(remark) for remark in result.remarks[:5]]),
        rule,
    ]
    while len(row) > 5 and not row[-1]:
        row.pop()
    return row


def overview(run: Run) -> dict[str, Any]:
    """What the static part of the report shows: the head and a row an implementation."""
    header, footer = run.header, run.footer
    counted = tally(run.results)
    about = {
        "Suites": ", ".join(header.suites),
        "Cases": f"{header.cases:,}",
        "Started": header.started,
        "Took": f"{footer.seconds:,.1f} s" if footer else "",
        "Exit status": f"{footer.exit_status}: {EXIT_MEANING.get(footer.exit_status, 'unknown')}" if footer else "",
        "Command": " ".join(header.command),
        "Shard": header.shard,
        "Platform": header.platform,
        "Vectors": header.vectors_digest,
        "Sealproof": header.sealproof,
    }
    return {
        "partial": visible(partial_notice(run), 300),
        "counted": counted,
        "severities": dict(severities(run.results)),
        "about": {name: visible(value, 300) for name, value in about.items() if value},
        "implementations": _overview_rows(run),
    }


def _overview_rows(run: Run) -> list[dict[str, Any]]:
    tallies: dict[str, Tally] = {}
    worst: dict[str, dict[str, int]] = {}
    by_name: dict[str, list[Result]] = {}
    for result in run.results:
        by_name.setdefault(result.implementation, []).append(result)
    for name, results in by_name.items():
        tallies[name] = tally(results)
        worst[name] = dict(severities(results))
    return [
        {
            "name": visible(name, 200),
            "state": visible(implementation.state, 40),
            "version": visible(implementation.description.version, 60) if implementation.description else "",
            "language": visible(implementation.description.language, 60) if implementation.description else "",
            "homepage": link(implementation.description.homepage) if implementation.description else "",
            "reason": visible(implementation.reason, 600),
            "advice": visible(implementation.advice, 600),
            "stderr": "\n".join(visible_lines(implementation.stderr)),
            "remarks": [visible(remark) for remark in implementation.remarks[:20]],
            "counted": tallies.get(name, Tally()),
            "worst": worst.get(name, {}),
        }
        for name, implementation in implementations(run).items()
    ]
