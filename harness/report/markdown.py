"""Markdown for a pull request or a job summary: a table, then the failures, folded."""

from __future__ import annotations

import html
import re

from harness.conformance.results import Run, Verdict
from harness.report.cases import CaseInfo, Cases, Requirements, case_info, requirement_info
from harness.report.detail import answer_and_rerun, case_lines, headline, octet_lines, rule_lines
from harness.report.plain import count, visible
from harness.report.summary import (
    EXIT_MEANING,
    Problem,
    by_implementation,
    implementations,
    leniencies,
    partial_notice,
    problems,
    severities,
    severity,
    skips,
    tally,
)

#: A comment on a pull request holds 65,536 characters; what does not fit is counted instead.
LIMIT = 60_000

#: Everything that Markdown might take for its own. As a numeric reference it is text wherever it stands.
_MARKS = re.compile(r":(?! )|[!#-&*<>@\[-`{-~]|(?<=www)\.", re.IGNORECASE)


def render(run: Run, cases: Cases, requirements: Requirements, limit: int = LIMIT) -> str:
    """The whole report, of at most about `limit` characters: what is left out at the end is said."""
    parts = [
        _title(run),
        _notices(run),
        _table(run),
        _absent(run),
        _choices(run),
        _skipped(run),
    ]
    found = problems(run, cases, requirements)
    known = _known(problems(run, cases, requirements, frozenset({Verdict.XFAILED})), limit // 10)
    room = limit - sum(len(part) for part in (*parts, known))
    parts.extend(_failures(run, found, cases, requirements, room))
    parts.append(known)
    return "\n".join(part for part in parts if part)


def text(value: str, limit: int = 300) -> str:
    """Text as Markdown that means just that text, in a table's cell too."""
    shown = _MARKS.sub(lambda match: f"&#{ord(match[0])};", visible(value, limit))
    return shown.replace("&#64;", "&#64;&#8288;")  # a word joiner: the text then names nobody's account


def code(value: str, limit: int = 300) -> str:
    """Text as code, which neither Markdown nor what comes after it takes apart."""
    return f"<code>{text(value, limit).replace('&#8288;', '')}</code>"


def _block(lines: list[str]) -> str:
    # Within <pre> nothing is Markdown, but an empty line inside a list or a table would still end it.
    return "<pre>\n" + "\n".join(html.escape(line) or " " for line in lines) + "\n</pre>\n"


def _title(run: Run) -> str:
    counted = tally(run.results)
    if not counted.asked:
        return "## Sealproof: nothing was asked\n"
    if counted.bad:
        by = ", ".join(f"{number:,} {name}" for name, number in severities(run.results).items())
        return f"## Sealproof: {count(counted.bad, 'failure')} in {count(counted.asked, 'answer')}\n\n{by}\n"
    return f"## Sealproof: {counted.asked:,} answers, none failed\n"


def _notices(run: Run) -> str:
    lines = []
    if run.partial:
        lines.append(f"> **{text(partial_notice(run))}**\n")
    took = f", {run.footer.seconds:.1f} s" if run.footer else ""
    suites = text(", ".join(run.header.suites))
    about = f"sealproof {text(run.header.sealproof, 40)}, {suites}, {count(run.header.cases, 'case')}{took}"
    if run.footer:
        status = run.footer.exit_status
        about += f". Exit status {status}: {EXIT_MEANING.get(status, 'unknown')}."
    lines.append(f"{about}\n")
    return "\n".join(lines)


def _table(run: Run) -> str:
    known = implementations(run)
    lines = [
        "| implementation | version | passed | failed | known | either | skipped |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, counted in list(by_implementation(run).items())[:200]:
        if known[name].state != "ready":
            continue
        description = known[name].description
        failed = f"**{counted.bad:,}**" if counted.bad else "0"
        lines.append(
            f"| {code(name, 80)} | {text(description.version if description else '', 40)} | {counted.passed:,} "
            f"| {failed} | {counted.known:,} | {counted.either:,} | {counted.skipped:,} |"
        )
    return "\n".join(lines) + "\n" if len(lines) > 2 else ""


def _absent(run: Run) -> str:
    lines = []
    for implementation in implementations(run).values():
        if implementation.state != "ready":
            advice = f" {text(implementation.advice)}" if implementation.advice else ""
            reason = text(implementation.reason or "no reason given")
            lines.append(f"- {code(implementation.name, 80)} {text(implementation.state, 40)}: {reason}.{advice}")
        lines.extend(f"- {code(implementation.name, 80)}: {text(remark)}" for remark in implementation.remarks[:5])
    return "\n".join(lines[:60]) + "\n" if lines else ""


def _choices(run: Run) -> str:
    rows = [
        f"| {code(name, 80)} | {text(choice, 80)} | {', '.join(code(each, 80) for each in list(who)[:20])} |"
        for name, choices in leniencies(run).items()
        for choice, who in choices.items()
    ]
    if not rows:
        return ""
    head = ["| the text leaves open | chosen | by |", "| --- | --- | --- |"]
    return _folded(f"Choices that the text leaves open: {len(rows)}", "\n".join([*head, *rows[:60]]) + "\n")


def _skipped(run: Run) -> str:
    found = skips(run)
    rows = [f"- {number:,}: {text(reason, 200)}" for reason, number, _ in found[:30]]
    total = sum(number for _, number, _ in found)
    return _folded(f"Not asked: {count(total, 'case')}", "\n".join(rows) + "\n") if rows else ""


def _folded(summary: str, body: str) -> str:
    # The empty lines are what makes Markdown look inside <details> again.
    return f"<details><summary>{summary}</summary>\n\n{body}\n</details>\n"


def _failures(run: Run, found: list[Problem], cases: Cases, requirements: Requirements, room: int) -> list[str]:
    if not found:
        return []
    parts = ["### Failures, worst first\n"]
    for place, problem in enumerate(found):
        part = _failure(run, problem, case_info(cases, problem.case), requirements)
        if len(part) > room:
            rest = count(len(found) - place, "failing case")
            parts.append(f"**{rest} not shown for want of room**: the results file and the HTML report have them.\n")
            break
        parts.append(part)
        room -= len(part)
    return parts


def _failure(run: Run, problem: Problem, info: CaseInfo, requirements: Requirements) -> str:
    known = implementations(run)
    worst = problem.results[0]
    rule = requirement_info(requirements, problem.rule)
    cited = f", {text(rule.citation, 100)}" if problem.rule else ""
    who = ", ".join(code(result.implementation, 80) for result in problem.results[:6])
    what = str(worst.kind or worst.verdict)
    summary = f"<strong>{what}</strong> ({severity(worst)}) {code(problem.case, 200)}{cited}: {who}"
    body = [_rules(problem, info, requirements), _block([*case_lines(info), *octet_lines(info)])]
    for result in problem.results[:6]:
        body.append(f"{code(result.implementation, 80)}: {text(headline(result), 700)}\n")
        body.append(_block(answer_and_rerun(result, info, known.get(result.implementation))))
    return _folded(summary, "\n".join(body))


def _rules(problem: Problem, info: CaseInfo, requirements: Requirements) -> str:
    lines = []
    named = (problem.results[0].requirements or info.requirements)[:4]
    for rule, line in zip(named, rule_lines(problem.results[0], info, requirements), strict=True):
        url = requirement_info(requirements, rule).url
        link = f" ([the text]({url}))" if re.fullmatch(r"https://[\w./#~%-]{1,300}", url) else ""
        lines.append(f"- {text(line, 600)}{link}")
    return "\n".join(lines) + "\n"


def _known(found: list[Problem], room: int) -> str:
    rows: list[str] = []
    results = [result for problem in found for result in problem.results]
    for result in results:
        rows.append(f"- {code(result.implementation, 80)} {code(result.case, 200)}: {text(result.reason, 300)}")
        room -= len(rows[-1])
        if room < 0 and len(rows) < len(results):
            rows.append(f"- and {len(results) - len(rows):,} more")
            break
    return _folded(f"Known failures: {len(results):,}", "\n".join(rows) + "\n") if rows else ""
