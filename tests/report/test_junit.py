"""JUnit XML: the structure that pytest's xunit2 has, whatever the texts."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

import pytest
import synthetic

from harness.conformance.results import Run, Verdict
from harness.report.cases import Cases, Requirements
from harness.report.junit import render

#: What may stand in an element, in the xunit2 schema: element, then its children in order, and its attributes.
STRUCTURE: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "testsuites": (("testsuite",), frozenset({"name"})),
    "testsuite": (
        ("properties", "testcase", "system-out", "system-err"),
        frozenset({"name", "tests", "failures", "errors", "skipped", "time", "timestamp"}),
    ),
    "properties": (("property",), frozenset()),
    "property": ((), frozenset({"name", "value"})),
    "testcase": (
        ("properties", "skipped", "error", "failure", "system-out", "system-err"),
        frozenset({"classname", "name", "time"}),
    ),
    "skipped": ((), frozenset({"type", "message"})),
    "error": ((), frozenset({"type", "message"})),
    "failure": ((), frozenset({"type", "message"})),
    "system-err": ((), frozenset()),
}

RUNS: dict[str, tuple[Run, Cases, Requirements]] = {
    "plain": (synthetic.run(), synthetic.cases(), synthetic.RULES),
    "unknown ids": (synthetic.run(), {}, {}),
    "partial": (synthetic.run(finished=False), synthetic.cases(), synthetic.RULES),
    "hostile": synthetic.hostile(),
}


def check(element: Xml.Element) -> None:
    children, attributes = STRUCTURE[element.tag]
    assert set(element.attrib) == attributes
    order = [children.index(child.tag) for child in element]
    assert order == sorted(order)
    for child in element:
        check(child)


@pytest.fixture(params=RUNS)
def document(request: pytest.FixtureRequest) -> tuple[Run, Xml.Element]:
    run, cases, rules = RUNS[request.param]
    return run, Xml.fromstring(render(run, cases, rules).encode("utf-8"))


def test_the_structure_is_xunit2(document: tuple[Run, Xml.Element]) -> None:
    check(document[1])


def test_the_suites_counts_are_those_of_their_cases(document: tuple[Run, Xml.Element]) -> None:
    run, root = document
    for suite in root:
        cases = suite.findall("testcase")
        assert int(suite.attrib["tests"]) == len(cases)
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.attrib[attribute]) == sum(case.find(tag) is not None for case in cases)
        assert float(suite.attrib["time"]) >= 0
    away = sum(implementation.state != "ready" for implementation in run.implementations)
    assert sum(len(suite.findall("testcase")) for suite in root) == len(run.results) + away


def test_each_verdict_is_what_pytest_would_make_of_it() -> None:
    run, cases, rules = RUNS["plain"]
    root = Xml.fromstring(render(run, cases, rules))
    tags = {Verdict.PASSED: None, Verdict.SKIPPED: "skipped", Verdict.XFAILED: "skipped", Verdict.XPASSED: "failure"}
    for suite in root:
        results = [result for result in run.results if result.implementation == suite.attrib["name"]]
        for result, case in zip(results, suite.findall("testcase"), strict=False):
            found = [child for child in case if child.tag not in {"properties", "system-err"}]
            expected = tags.get(result.verdict, "failure")
            assert [child.tag for child in found] == ([expected] if expected else [])
            assert f"{case.attrib['classname']}.{case.attrib['name']}" == (
                f"{result.implementation}.{result.case.replace('/', '.')}"
            )
            if result.verdict is Verdict.FAILED:
                assert found[0].attrib["type"] == result.kind
                assert result.case in (found[0].text or "")
                assert "Rerun: sealproof check" in (found[0].text or "")
            if result.verdict is Verdict.XFAILED:
                assert found[0].attrib["message"].startswith("known failure: false-accept: Section 2")
            if result.verdict is Verdict.SKIPPED:
                assert found[0].attrib["message"] == result.skip


def test_absent_implementations_are_there_with_their_reason() -> None:
    root = Xml.fromstring(render(*RUNS["plain"]))
    skipped = root.find("testsuite[@name='maven-web-push']/testcase/skipped")
    assert skipped is not None
    assert skipped.attrib["message"] == "not-ready: no `java` on the path"
    error = root.find("testsuite[@name='go-http-ece']/testcase/error")
    assert error is not None
    assert error.text == "panic: oh no"


def test_a_partial_run_says_so() -> None:
    root = Xml.fromstring(render(*RUNS["partial"]))
    found = root.find("testsuite/properties/property[@name='partial']")
    assert found is not None
    assert found.attrib["value"].startswith("Partial results")
