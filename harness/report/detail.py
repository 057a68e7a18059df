"""A result told in plain lines of text, for formats that have nothing better: JUnit, Markdown, SARIF."""

from __future__ import annotations

from collections.abc import Iterator

from harness.conformance.results import Implementation, Result, Verdict
from harness.report.cases import EXPECTED, CaseInfo, Requirements, Span, requirement_info, rerun_command
from harness.report.failures import answer_lines
from harness.report.octets import dump, faults, faults_beyond, place, printable
from harness.report.plain import count, visible, visible_lines
from harness.report.summary import severity


def headline(result: Result) -> str:
    """One line: what kind of failure, and the sentence that explains it."""
    if result.verdict is Verdict.XPASSED:
        return "It passes now, although it is listed as a known failure: take it off the list."
    what = str(result.kind) if result.kind else str(result.verdict)
    said = visible(result.explanation or result.message or result.outcome, 600)
    return f"{what} ({severity(result)}): {said}" if result.kind else f"{what}: {said}"


def rule_lines(result: Result, info: CaseInfo, requirements: Requirements) -> list[str]:
    """The rules that the case is for, cited and paraphrased."""
    lines = []
    for rule in (result.requirements or info.requirements)[:4]:
        requirement = requirement_info(requirements, rule)
        paraphrase = f": {visible(requirement.paraphrase, 400)}" if requirement.paraphrase else ""
        lines.append(f"{visible(requirement.citation)}{paraphrase}")
    return lines


def case_lines(info: CaseInfo) -> list[str]:
    """The case itself: its sentence, what was asked for, its near miss."""
    lines = []
    expected = EXPECTED.get(info.result, "")
    if info.comment:
        lines.append(f"{visible(info.comment, 600)}{f' ({expected})' if expected else ''}")
    if info.near_miss:
        edit = f": {visible(info.edit)}" if info.edit else ""
        lines.append(f"Differs by one edit from {visible(info.near_miss)}{edit}")
    return lines


def octet_lines(info: CaseInfo, limit: int = 160) -> Iterator[str]:
    """A hex dump of the message, a line of marks below the faulty octets and what they are."""
    if not info.octets:
        return
    marked = faults(info)
    where = f"; the fault is at {', '.join(place(span).removeprefix('at ') for span in marked[:3])}" if marked else ""
    yield f"Message of {count(info.total, 'octet')}{where}"
    for row in dump(info, limit):
        if row.offset < 0:
            yield "  .."
            continue
        yield f"  {row.offset:04x}  {row.octets.hex(' '):<47}  {printable(row.octets)}"
        if row.marks:
            yield f"        {row.marks}"
        for span in row.labels[:4]:
            yield f"        {place(span)}: {span_text(span)}"
    for span in faults_beyond(info)[:3]:
        yield f"  {place(span)}: {span_text(span)}"


def span_text(span: Span) -> str:
    """A span's label and value as one line."""
    return f"{visible(span.label, 120)} = {visible(span.value, 120)}" if span.value else visible(span.label, 120)


def answer_and_rerun(result: Result, info: CaseInfo, implementation: Implementation | None) -> list[str]:
    """What the implementation did and wrote on stderr, and the command that asks it again."""
    lines = answer_lines(result)
    lines.extend(f"stderr | {line}" for line in visible_lines(result.stderr, 10, 2000))
    lines.append(f"Rerun: {visible(rerun_command(implementation, info, result.implementation), 1000)}")
    return lines
