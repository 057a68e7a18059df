"""A failing case told in a terminal: the rule, the octets with the faulty ones marked, the near miss, the answer."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from harness.conformance.results import Implementation, Result, Run, Severity, Verdict
from harness.implementations.protocol import decode_octets
from harness.report.cases import (
    EXPECTED,
    CaseInfo,
    Cases,
    Requirements,
    Span,
    case_info,
    requirement_info,
    rerun_command,
)
from harness.report.console import ascii_only, indented, said
from harness.report.octets import Row, dump, faults, faults_beyond, place, printable
from harness.report.plain import count, visible, visible_lines
from harness.report.summary import Problem, implementations, severity

#: How many cases of one rule are told before those of the next get their turn.
PER_RULE = 2
#: How many implementations are told for one case before the rest are only counted.
PER_CASE = 8

_STYLES = {
    str(Severity.SECURITY): "bold red",
    str(Severity.ROBUSTNESS): "magenta",
    str(Severity.INTEROPERABILITY): "yellow",
}


def print_failures(
    console: Console,
    run: Run,
    found: list[Problem],
    cases: Cases,
    requirements: Requirements,
    *,
    limit: int | None,
) -> None:
    """Tell the failing cases, worst first; with a `limit`, some of each rule and a line saying how to see all."""
    if not found:
        return
    shown = found if limit is None else _some(found, limit)
    total = sum(len(problem.results) for problem in found)
    console.print(Text(f"{count(total, 'failure')} in {count(len(found), 'case')}, worst first", style="bold"))
    console.print()
    known = implementations(run)
    for number, problem in enumerate(shown, start=1):
        _print_problem(console, number, problem, cases, requirements, known)
    if len(shown) < len(found):
        rest = len(found) - len(shown)
        rules = len({problem.rule for problem in found})
        text = f"{count(rest, 'more failing case')} not shown ({count(rules, 'rule')} concerned in all): -v shows all"
        console.print(Text(text, style="bold"))
        console.print()


def _some(found: list[Problem], limit: int) -> list[Problem]:
    """At most `limit` problems, at most PER_RULE of a rule, so that one broken rule does not hide the others."""
    seen: dict[str, int] = {}
    shown = []
    for problem in found:
        seen[problem.rule] = seen.get(problem.rule, 0) + 1
        if seen[problem.rule] <= PER_RULE:
            shown.append(problem)
    return shown[:limit]


def print_known(console: Console, found: list[Problem], verbose: int) -> None:
    """List the known failures, one line each, with their reasons; without -v only how many there are."""
    results = [result for problem in found for result in problem.results]
    if not results:
        return
    hint = "" if verbose else " (-v lists them)"
    console.print(Text(f"{count(len(results), 'known failure')}, expected{hint}", style="bold"))
    for result in results if verbose else []:
        kind = f" {result.kind}" if result.kind else ""
        line = f"  {said(console, result.implementation, 60)}{kind} {said(console, result.case)}"
        console.print(Text(line))
        if result.reason:
            console.print(Text(f"    {said(console, result.reason, 600)}", style="dim"))
    console.print()


def _print_problem(
    console: Console,
    number: int,
    problem: Problem,
    cases: Cases,
    requirements: Requirements,
    known: dict[str, Implementation],
) -> None:
    info = case_info(cases, problem.case)
    title = Text(f"{number}. ", style="bold")
    title.append(said(console, problem.case), style="bold")
    console.print(title)
    _print_rules_of(console, problem, info, requirements)
    if info.comment:
        expected = EXPECTED.get(info.result, "")
        text = said(console, info.comment, 600).rstrip(".")
        _line(console, f"Case: {text}{f' ({expected})' if expected else ''}.")
    print_octets(console, info)
    if info.near_miss:
        edit = f": {said(console, info.edit, 160).rstrip('.')}" if info.edit else ""
        _line(console, f"Differs by one edit from {said(console, info.near_miss)}{edit}.")
    for result in problem.results[:PER_CASE]:
        _print_answer(console, result, info, known.get(result.implementation))
    rest = [said(console, result.implementation, 60) for result in problem.results[PER_CASE:]]
    if rest:
        _line(console, f"and {count(len(rest), 'more implementation')}: {', '.join(rest[:20])}")
    console.print()


def _print_rules_of(console: Console, problem: Problem, info: CaseInfo, requirements: Requirements) -> None:
    named = problem.results[0].requirements or info.requirements
    for rule in named[:4]:
        requirement = requirement_info(requirements, rule)
        paraphrase = f": {said(console, requirement.paraphrase, 400)}" if requirement.paraphrase else ""
        _line(console, f"{said(console, requirement.citation)}{paraphrase}")


def _print_answer(console: Console, result: Result, info: CaseInfo, implementation: Implementation | None) -> None:
    head = Text(_verdict(result), style=_STYLES.get(severity(result), "bold red"))
    head.append(f"  {said(console, result.implementation, 60)}", style="default bold")
    if result.explanation:
        head.append(f": {said(console, result.explanation, 600)}", style="default not bold")
    indented(console, head, 3)
    for text in answer_lines(result, ascii=ascii_only(console)):
        _line(console, text, indent=6)
    for text in visible_lines(result.stderr, 6, 1200, ascii_only=ascii_only(console)):
        _line(console, f"stderr | {text}", indent=6, style="dim")
    command = said(console, rerun_command(implementation, info, result.implementation), 1000)
    # A command is to be copied: the terminal may wrap it, a line break of ours would cut it in two.
    console.print(Text(f"      Rerun: {command}", style="cyan"), soft_wrap=True)


def _verdict(result: Result) -> str:
    if result.verdict is Verdict.XPASSED:
        return "passes now, although it is listed as a known failure"
    return f"{result.kind} ({severity(result)})" if result.kind else str(result.verdict)


def answer_lines(result: Result, *, ascii: bool = False) -> list[str]:
    """What the implementation did, as sentences: outcome, stage, exception, message, what came out, remarks."""

    def shown(text: str, limit: int = 300) -> str:
        return visible(text, limit, ascii_only=ascii)

    lines = [f"Answer: {shown(result.outcome, 60)} after {result.ms:.1f} ms"]
    if result.stage:
        lines[0] += f", at stage {shown(result.stage, 60)}"
        if result.stages:
            lines[0] += f" (expected: {shown(', '.join(result.stages))})"
    # The explanation often holds the message already; once is enough.
    if (result.exception or result.message) and not (result.message and result.message in result.explanation):
        said_so = ": ".join(part for part in (shown(result.exception, 120), shown(result.message, 600)) if part)
        lines.append(f"It said: {said_so}")
    if result.got:
        lines.append(f"Came out: {came_out(result.got)}")
    if result.reason:
        lines.append(f"Known failure: {shown(result.reason, 600)}")
    lines.extend(f"Note: {shown(remark)}" for remark in result.remarks[:5])
    return lines


def came_out(got: str, limit: int = 48) -> str:
    """The octets that came out (base64url in a result) in hex and as text, cut; 1,024 octets are all that is kept."""
    try:
        octets = decode_octets(got)
    except ValueError:
        return f"{count(len(got), 'character')} that are not base64url"
    kept = "at least " if len(octets) >= 1024 else ""
    text = f"{kept}{count(len(octets), 'octet')}"
    if not octets:
        return text
    more = "..." if len(octets) > limit else ""
    return f'{text}: {octets[:limit].hex(" ")}{more} "{printable(octets[:limit])}"{more}'


def print_octets(console: Console, info: CaseInfo, limit: int = 160, indent: int = 5) -> None:
    """Print a hex dump of a case's message, the faulty octets marked by colour and by a line below them."""
    if not info.octets:
        return
    marked = faults(info)
    where = ", ".join(place(span) for span in marked[:3]) + (" and more" if len(marked) > 3 else "")
    cut = f", the first {len(info.octets):,} known here" if info.total > len(info.octets) else ""
    concerned = f"; the fault is at {where.removeprefix('at ')}" if marked else ""
    _line(console, f"Message: {count(info.total, 'octet')}{cut}{concerned}")
    for row in dump(info, limit):
        _print_row(console, row, indent)
    for span in faults_beyond(info)[:3]:
        _line(console, f"{place(span)}: {_span_text(console, span)}", indent=indent, style="red")


def _print_row(console: Console, row: Row, indent: int) -> None:
    margin = " " * indent
    if row.offset < 0:
        console.print(Text(f"{margin}..", style="dim"))
        return
    line = Text(f"{margin}{row.offset:04x}  ", style="dim")
    for place_, octet in enumerate(row.octets, start=row.offset):
        line.append(f"{octet:02x}", style="bold red reverse" if place_ in row.faulty else "not dim")
        line.append(" ")
    line.append("   " * (16 - len(row.octets)))
    line.append(f" {printable(row.octets)}", style="dim")
    console.print(line, no_wrap=True, overflow="crop")
    gap = " " * (indent + len(f"{row.offset:04x}  "))
    if row.marks:
        console.print(Text(f"{gap}{row.marks}", style="red"), no_wrap=True, overflow="crop")
    for span in row.labels[:4]:
        text = f"{place(span)}: {_span_text(console, span)}"
        indented(console, Text(text, style="red"), len(gap))


def _span_text(console: Console, span: Span) -> str:
    value = f" = {said(console, span.value, 60)}" if span.value else ""
    return f"{said(console, span.label, 120)}{value}"


def _line(console: Console, text: str, *, indent: int = 3, style: str = "") -> None:
    indented(console, Text(text, style=style), indent)
