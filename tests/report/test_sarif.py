"""SARIF 2.1.0: what its schema asks of the parts that we use, and what GitHub asks on top."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec
import pytest
import synthetic

from harness.conformance.results import Kind, Result, Run, Verdict
from harness.report.cases import CaseInfo, Cases, Requirements
from harness.report.sarif import MOST_RESULTS, render

RUNS: dict[str, tuple[Run, Cases, Requirements]] = {
    "plain": (synthetic.run(), synthetic.cases(), synthetic.RULES),
    "unknown ids": (synthetic.run(), {}, {}),
    "partial": (synthetic.run(finished=False), synthetic.cases(), synthetic.RULES),
    "hostile": synthetic.hostile(),
}

#: Allowed members (required ones with a bang), as in the published schema, which allows no others.
MEMBERS = {
    "log": "$schema version! runs!",
    "run": "tool! automationDetails invocations columnKind results",
    "driver": "name! version semanticVersion rules",
    "rule": "id! name shortDescription fullDescription defaultConfiguration help helpUri properties",
    "invocation": "executionSuccessful! startTimeUtc endTimeUtc exitCode toolExecutionNotifications",
    "notification": "level message!",
    "result": "ruleId ruleIndex level kind message! locations partialFingerprints properties suppressions",
    "location": "physicalLocation logicalLocations",
    "physicalLocation": "artifactLocation region",
    "logicalLocation": "name fullyQualifiedName kind",
    "suppression": "kind! justification",
}


def members(name: str, value: dict[str, Any]) -> None:
    allowed = MEMBERS[name].split()
    assert {member for member in value} <= {member.rstrip("!") for member in allowed}
    assert {member.rstrip("!") for member in allowed if member.endswith("!")} <= set(value)


@pytest.fixture(params=RUNS)
def log(request: pytest.FixtureRequest) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(render(*RUNS[request.param]))
    return read


def test_the_members_are_those_of_the_schema(log: dict[str, Any]) -> None:
    members("log", log)
    (run,) = log["runs"]
    members("run", run)
    members("driver", run["tool"]["driver"])
    assert log["version"] == "2.1.0"
    for rule in run["tool"]["driver"]["rules"]:
        members("rule", rule)
        assert rule["id"]
        assert all(rule[text]["text"] for text in ("shortDescription", "fullDescription", "help"))
        assert rule["defaultConfiguration"]["level"] in {"note", "warning", "error"}
    for invocation in run["invocations"]:
        members("invocation", invocation)
        for time in ("startTimeUtc", "endTimeUtc"):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", invocation.get(time, "2000-01-01T00:00:00Z"))
        for note in invocation.get("toolExecutionNotifications", []):
            members("notification", note)


def test_every_result_has_its_rule_message_place_and_fingerprint(log: dict[str, Any]) -> None:
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        members("result", result)
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        assert result["level"] in {"note", "warning", "error"}
        (location,) = result["locations"]
        members("location", location)
        members("physicalLocation", location["physicalLocation"])
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert uri
        assert not urlsplit(uri).scheme
        assert not uri.startswith("/")
        assert ".." not in unquote(uri).split("/")
        assert location["physicalLocation"]["region"]["startLine"] >= 1
        for logical in location["logicalLocations"]:
            members("logicalLocation", logical)
        for suppression in result.get("suppressions", []):
            members("suppression", suppression)
    prints = [result["partialFingerprints"]["sealproofCase/v1"] for result in run["results"]]
    assert len(set(prints)) == len(prints)


def test_failures_are_results_and_known_ones_are_suppressed_with_their_reason() -> None:
    run, cases, rules = RUNS["plain"]
    (made,) = json.loads(render(run, cases, rules))["runs"]
    wanted = {Verdict.FAILED, Verdict.XPASSED, Verdict.XFAILED, Verdict.ERROR}
    expected = {(each.implementation, each.case): each for each in run.results if each.verdict in wanted}
    found = {(each["properties"]["implementation"], each["properties"]["case"]): each for each in made["results"]}
    assert set(found) == set(expected)
    for key, result in found.items():
        known = expected[key].verdict is Verdict.XFAILED
        assert ("suppressions" in result) is known
        if known:
            assert result["suppressions"][0]["justification"] == "Section 2: it takes any delimiter."
        elif expected[key].kind is Kind.FALSE_ACCEPT:
            assert result["level"] == "error"


def test_a_fingerprint_does_not_change_with_the_run() -> None:
    def prints(run: Run) -> set[str]:
        (made,) = json.loads(render(run, {}, {}))["runs"]
        return {result["partialFingerprints"]["sealproofCase/v1"] for result in made["results"]}

    run = synthetic.run()
    later = tuple(msgspec.structs.replace(result, ms=9.0, stderr="else") for result in reversed(run.results))
    assert prints(run) == prints(msgspec.structs.replace(run, results=later))


def test_a_rule_links_to_the_section() -> None:
    (made,) = json.loads(render(*RUNS["plain"]))["runs"]
    rule = next(rule for rule in made["tool"]["driver"]["rules"] if rule["id"] == "rfc8188/2/last-delimiter")
    assert rule["helpUri"] == "https://www.rfc-editor.org/rfc/rfc8188.html#section-2"
    assert rule["properties"]["security-severity"] == "8.0"


def test_a_partial_run_is_an_execution_that_did_not_succeed() -> None:
    (made,) = json.loads(render(*RUNS["partial"]))["runs"]
    assert made["invocations"][0]["executionSuccessful"] is False
    assert "Partial results" in json.dumps(made["invocations"])


@pytest.mark.parametrize("file", ["/etc/passwd", "../../x", "C:\\x\\y", "https://example.invalid/x", "", "//h/x"])
def test_a_place_never_leads_out_of_the_repository(file: str) -> None:
    result = Result("reference", "a/x/1", Verdict.FAILED, "accepted", kind=Kind.CRASH)
    run = synthetic.made_of(synthetic.IMPLEMENTATIONS[:1], (result,))
    (made,) = json.loads(render(run, {"a/x/1": CaseInfo(id="a/x/1", file=file)}, {}))["runs"]
    uri = made["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert not re.match(r"/|[A-Za-z][\w+.-]*:", uri)
    assert ".." not in uri


def test_more_results_than_github_takes_are_cut_with_a_note() -> None:
    failure = Result("reference", "", Verdict.FAILED, "accepted", kind=Kind.FALSE_ACCEPT)
    results = tuple(msgspec.structs.replace(failure, case=f"a/x/{number}") for number in range(MOST_RESULTS + 5))
    (made,) = json.loads(render(synthetic.made_of(synthetic.IMPLEMENTATIONS[:1], results), {}, {}))["runs"]
    assert len(made["results"]) == MOST_RESULTS
    assert "5 results of 25,005 left out." in json.dumps(made["invocations"])


def test_a_message_holds_no_placeholder_and_no_link() -> None:
    (made,) = json.loads(render(*RUNS["hostile"]))["runs"]
    texts = [result["message"]["text"] for result in made["results"]]
    assert not any(re.search(r"\]\(|(?<!\{)\{\d+\}(?!\})", text) for text in texts)
