"""JUnit XML, as pytest writes it (xunit2): a suite an implementation, a test case a case."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from harness.conformance.results import Implementation, Result, Run, Verdict
from harness.report.cases import Cases, Requirements, area, case_info
from harness.report.detail import answer_and_rerun, case_lines, headline, octet_lines, rule_lines
from harness.report.plain import visible, visible_lines
from harness.report.summary import implementations, partial_notice


def render(run: Run, cases: Cases, requirements: Requirements) -> str:
    """The whole document as text. Known failures are skipped tests with their reason, as pytest has them.

    An implementation that is not ready is a skipped test; one that could not start or is not testable an error.
    """
    root = Xml.Element("testsuites", name="sealproof")
    by_name: dict[str, list[Result]] = {name: [] for name in implementations(run)}
    for result in run.results:
        by_name[result.implementation].append(result)
    for name, implementation in implementations(run).items():
        _suite(root, run, implementation, by_name[name], cases, requirements)
    Xml.indent(root, space=" ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _suite(
    root: Xml.Element,
    run: Run,
    implementation: Implementation,
    results: list[Result],
    cases: Cases,
    requirements: Requirements,
) -> None:
    away = implementation.state != "ready"
    suite = Xml.SubElement(
        root,
        "testsuite",
        name=visible(implementation.name, 200),
        tests=str(len(results) + away),
        failures=str(sum(result.verdict in {Verdict.FAILED, Verdict.XPASSED} for result in results)),
        errors=str(
            sum(result.verdict is Verdict.ERROR for result in results) + (away and implementation.state != "not-ready")
        ),
        skipped=str(
            sum(result.verdict in {Verdict.SKIPPED, Verdict.XFAILED} for result in results)
            + (implementation.state == "not-ready")
        ),
        time=f"{sum(max(0.0, result.ms) for result in results) / 1000:.3f}",
        timestamp=visible(run.header.started, 60),
    )
    _properties(suite, _suite_properties(run, implementation))
    if away:
        _state(suite, implementation)
    for result in results:
        _case(suite, result, implementation, cases, requirements)


def _suite_properties(run: Run, implementation: Implementation) -> list[tuple[str, str]]:
    description = implementation.description
    properties = [
        ("sealproof", run.header.sealproof),
        ("vectors_digest", run.header.vectors_digest),
        ("platform", run.header.platform),
        ("state", implementation.state),
        ("version", description.version if description else ""),
        ("language", description.language if description else ""),
        ("partial", partial_notice(run)),
        *(("remark", remark) for remark in implementation.remarks),
    ]
    return [(name, value) for name, value in properties if value]


def _properties(parent: Xml.Element, properties: list[tuple[str, str]]) -> None:
    if properties:
        element = Xml.SubElement(parent, "properties")
        for name, value in properties:
            Xml.SubElement(element, "property", name=name, value=visible(value, 1000))


def _state(suite: Xml.Element, implementation: Implementation) -> None:
    name = visible(implementation.name, 200)
    case = Xml.SubElement(suite, "testcase", classname=name, name="start", time="0.000")
    message = f"{implementation.state}: {implementation.reason or 'no reason given'}"
    lines = [visible(implementation.advice, 1000), *visible_lines(implementation.stderr)]
    if implementation.state == "not-ready":
        element = Xml.SubElement(case, "skipped", type="not-ready", message=visible(message, 1000))
    else:
        element = Xml.SubElement(case, "error", type=visible(implementation.state, 100), message=visible(message, 1000))
    element.text = "\n".join(line for line in lines if line)


def _case(
    suite: Xml.Element, result: Result, implementation: Implementation, cases: Cases, requirements: Requirements
) -> None:
    folder = visible(area(result.case), 400).replace("/", ".")
    case = Xml.SubElement(
        suite,
        "testcase",
        classname=f"{visible(implementation.name, 200)}.{folder}",
        name=visible(result.case.rpartition("/")[2], 400),
        time=f"{max(0.0, result.ms) / 1000:.3f}",
    )
    if result.leniency:
        _properties(case, [("leniency", result.leniency), ("choice", result.choice or result.outcome)])
    match result.verdict:
        case Verdict.PASSED:
            return
        case Verdict.SKIPPED:
            reason = visible(result.skip or result.reason or "not asked", 1000)
            Xml.SubElement(case, "skipped", type="sealproof.skip", message=reason)
        case Verdict.XFAILED:
            kind = f"{result.kind}: " if result.kind else ""
            Xml.SubElement(
                case, "skipped", type="sealproof.xfail", message=f"known failure: {kind}{visible(result.reason, 1000)}"
            )
        case _:
            _failure(case, result, implementation, cases, requirements)


def _failure(
    case: Xml.Element, result: Result, implementation: Implementation, cases: Cases, requirements: Requirements
) -> None:
    info = case_info(cases, result.case)
    tag = "error" if result.verdict is Verdict.ERROR else "failure"
    kind = "xpassed" if result.verdict is Verdict.XPASSED else str(result.kind or result.verdict)
    element = Xml.SubElement(case, tag, type=kind, message=headline(result))
    lines = [
        visible(result.case),
        *rule_lines(result, info, requirements),
        *case_lines(info),
        *octet_lines(info),
        *answer_and_rerun(result, info, implementation),
    ]
    element.text = "\n".join(lines)
    if result.stderr:
        Xml.SubElement(case, "system-err").text = "\n".join(visible_lines(result.stderr, 40))
