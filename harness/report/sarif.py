"""SARIF 2.1.0: rules are requirements, results are failures. Shaped so that GitHub's code scanning takes it."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from harness.conformance.results import SEVERITY, Implementation, Result, Run, Severity, Verdict
from harness.report.cases import CaseInfo, Cases, Requirements, case_info, requirement_info, rule_of
from harness.report.detail import answer_and_rerun, case_lines, headline, octet_lines, rule_lines
from harness.report.plain import count, visible
from harness.report.summary import UNEXPECTED, Problem, implementations, partial_notice, problems, severity

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

#: GitHub refuses a run with more results; those left out are the least severe, and a notification says so.
MOST_RESULTS = 25_000

#: The rule of failures that name none.
UNNAMED = "sealproof/no-rule-named"

_LEVELS = {Severity.SECURITY: "error", Severity.ROBUSTNESS: "warning", Severity.INTEROPERABILITY: "warning"}
#: GitHub's scale from 0 to 10: over 7.0 is high, over 4.0 medium.
_SCORES = {Severity.SECURITY: "8.0", Severity.ROBUSTNESS: "5.0", Severity.INTEROPERABILITY: "3.0"}


def render(run: Run, cases: Cases, requirements: Requirements) -> str:
    """The SARIF log as JSON text. Known failures are in it as suppressed results, with their reason."""
    found = problems(run, cases, requirements, UNEXPECTED | {Verdict.XFAILED})
    flat = [(problem, result) for problem in found for result in problem.results]
    flat.sort(key=lambda pair: pair[1].verdict is Verdict.XFAILED)
    rules = _rules([problem for problem, _ in flat[:MOST_RESULTS]], requirements)
    places = {rule["id"]: place for place, rule in enumerate(rules)}
    known = implementations(run)
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(run, rules)},
                "automationDetails": {"id": f"sealproof/{visible('+'.join(run.header.suites), 100)}/"},
                "invocations": [_invocation(run, len(flat))],
                "columnKind": "unicodeCodePoints",
                "results": [
                    _result(problem, result, known.get(result.implementation), cases, requirements, places)
                    for problem, result in flat[:MOST_RESULTS]
                ],
            }
        ],
    }
    return json.dumps(log, indent=1) + "\n"


def _driver(run: Run, rules: list[dict[str, Any]]) -> dict[str, Any]:
    version = visible(run.header.sealproof, 60)
    driver: dict[str, Any] = {"name": "sealproof", "rules": rules}
    if version:
        driver["version"] = version
    if re.fullmatch(r"\d+\.\d+\.\d+", version):
        driver["semanticVersion"] = version
    return driver


def _rule_id(problem: Problem) -> str:
    return visible(problem.rule, 255) or UNNAMED


def _rules(found: list[Problem], requirements: Requirements) -> list[dict[str, Any]]:
    worst: dict[str, tuple[str, Severity]] = {}
    for problem in found:
        kinds = [SEVERITY[result.kind] for result in problem.results if result.kind]
        gravest = min(kinds, key=list(Severity).index, default=Severity.INTEROPERABILITY)
        before = worst.get(_rule_id(problem), (problem.rule, gravest))[1]
        worst[_rule_id(problem)] = (problem.rule, min(gravest, before, key=list(Severity).index))
    return [_rule(name, rule, gravest, requirements) for name, (rule, gravest) in worst.items()]


def _rule(name: str, rule: str, gravest: Severity, requirements: Requirements) -> dict[str, Any]:
    info = requirement_info(requirements, rule)
    sentence = visible(info.paraphrase, 900) or "A case that names no rule this version knows."
    citation = visible(info.citation, 200) or "no rule named"
    described: dict[str, Any] = {
        "id": name,
        "name": visible(rule.rpartition("/")[2] or "no-rule-named", 200),
        "shortDescription": {"text": f"{citation}: {sentence}"[:1000]},
        "fullDescription": {"text": sentence},
        "defaultConfiguration": {"level": _LEVELS[gravest]},
        "help": {"text": f"{citation}: {sentence}"},
        "properties": {"tags": ["conformance", str(gravest)], "precision": "very-high"},
    }
    if gravest is Severity.SECURITY:
        described["properties"]["security-severity"] = _SCORES[gravest]
    else:
        described["properties"]["problem.severity"] = _LEVELS[gravest]
    if re.fullmatch(r"https://[\w./#~%-]{1,300}", info.url):
        described["helpUri"] = info.url
    return described


def _invocation(run: Run, results: int) -> dict[str, Any]:
    notes = [_note("warning", partial_notice(run))] if run.partial else []
    for implementation in implementations(run).values():
        if implementation.state != "ready":
            level = "note" if implementation.state == "not-ready" else "error"
            said = f"{implementation.name} is {implementation.state}: {implementation.reason} {implementation.advice}"
            notes.append(_note(level, said))
    if results > MOST_RESULTS:
        notes.append(_note("warning", f"{count(results - MOST_RESULTS, 'result')} of {results:,} left out."))
    invocation: dict[str, Any] = {"executionSuccessful": not run.partial}
    times = {"startTimeUtc": run.header.started, "endTimeUtc": run.footer.finished if run.footer else ""}
    invocation.update({name: time for name, time in ((name, _utc(time)) for name, time in times.items()) if time})
    if run.footer is not None:
        invocation["exitCode"] = run.footer.exit_status
    if notes:
        invocation["toolExecutionNotifications"] = notes
    return invocation


def _utc(time: str) -> str:
    """The time as SARIF wants it; empty where it is none."""
    try:
        return datetime.fromisoformat(time[:40]).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return ""


def _message(lines: list[str]) -> dict[str, str]:
    # In a message, {0} stands for an argument and [text](address) for a link: neither is meant here.
    text = "\n".join(lines).replace("](", "] (")
    return {"text": re.sub(r"\{(\d+)\}", r"{{\1}}", text)}


def _note(level: str, text: str) -> dict[str, Any]:
    return {"level": level, "message": _message([visible(text.strip(), 1000)])}


def _result(
    problem: Problem,
    result: Result,
    implementation: Implementation | None,
    cases: Cases,
    requirements: Requirements,
    places: dict[str, int],
) -> dict[str, Any]:
    info = case_info(cases, result.case)
    known = result.verdict is Verdict.XFAILED
    lines = [
        f"{visible(result.implementation, 200)}, {visible(result.case)}: {headline(result)}",
        *rule_lines(result, info, requirements),
        *case_lines(info),
        *octet_lines(info),
        *answer_and_rerun(result, info, implementation),
    ]
    rule = _rule_id(problem)
    made: dict[str, Any] = {
        "ruleId": rule,
        "ruleIndex": places[rule],
        "level": "note" if known or not result.kind else _LEVELS[SEVERITY[result.kind]],
        "kind": "fail",
        "message": _message(lines),
        "locations": [_location(result, info)],
        "partialFingerprints": {"sealproofCase/v1": _fingerprint(result, rule_of(result, cases))},
        "properties": {
            "implementation": visible(result.implementation, 200),
            "case": visible(result.case),
            "severity": severity(result),
            "kind": str(result.kind or result.verdict),
        },
    }
    if result.verdict is Verdict.ERROR:
        made["level"] = "error"
    if known:
        made["suppressions"] = [{"kind": "external", "justification": visible(result.reason, 1000) or "known failure"}]
    return made


def _location(result: Result, info: CaseInfo) -> dict[str, Any]:
    file = info.file or f"vectors/{result.case.rpartition('/')[0] or 'other'}.json"
    # GitHub takes a path relative to the repository; '..' or a leading '/' would lead out of it.
    parts = [part for part in visible(file, 300).replace("\\", "/").split("/") if part not in {"", ".", ".."}]
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote("/".join(parts) or "vectors")},
            "region": {"startLine": max(1, info.line)},
        },
        "logicalLocations": [
            {
                "name": visible(result.case.rpartition("/")[2], 200) or "case",
                "fullyQualifiedName": f"{visible(result.implementation, 200)}/{visible(result.case)}",
                "kind": "function",
            }
        ],
    }


def _fingerprint(result: Result, rule: str) -> str:
    parts = (result.implementation, result.case, rule, str(result.kind or result.verdict))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()
