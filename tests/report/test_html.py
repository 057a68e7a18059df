"""The HTML report as a file: self-contained, under its own policy, and nothing from the results is markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
import synthetic

from harness.conformance.results import Run
from harness.report.cases import CaseInfo, Cases, Requirements
from harness.report.html import render

RUNS: dict[str, tuple[Run, Cases, Requirements]] = {
    "plain": (synthetic.run(), synthetic.cases(), synthetic.RULES),
    "one implementation": (synthetic.run(names=synthetic.IMPLEMENTATIONS[:1]), synthetic.cases(), synthetic.RULES),
    "unknown ids": (synthetic.run(), {}, {}),
    "partial": (synthetic.run(finished=False), synthetic.cases(), synthetic.RULES),
    "nothing": (synthetic.made_of((), ()), {}, {}),
    "hostile": synthetic.hostile(),
}

VOID = {"meta", "link", "br", "img", "input"}
OURS = {
    "html", "head", "meta", "title", "link", "style", "body", "a", "header", "div", "p", "nav", "span", "main",
    "section", "h1", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tr", "th", "td", "abbr", "bdi", "ul",
    "li", "strong", "details", "summary", "pre", "code", "noscript", "footer", "script", "br",
}  # fmt: skip


class Page(HTMLParser):
    """The elements of a page, and the text of those that hold code or data."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[dict[str, str | None], str]] = []
        self.text = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in {"script", "style"}:
            self.raw.append((self.elements[-1][1] | {"tag": self.open[-1]}, data))
        else:
            self.text += data

    def data(self) -> dict[str, Any]:
        (text,) = [text for attributes, text in self.raw if attributes.get("id") == "data"]
        read: dict[str, Any] = json.loads(text)
        return read


@pytest.fixture(scope="module", params=RUNS)
def page(request: pytest.FixtureRequest) -> Page:
    return Page(render(*RUNS[request.param]).encode("utf-8").decode("utf-8"))


def test_the_elements_are_ours_and_closed(page: Page) -> None:
    assert page.open == []
    assert {tag for tag, _ in page.elements} <= OURS
    assert [tag for tag, _ in page.elements].count("script") == 2
    attributes = {name for _, each in page.elements for name in each}
    assert not [name for name in attributes if name.startswith("on") or name == "style"]


def test_nothing_is_loaded_and_links_are_web_addresses_or_places(page: Page) -> None:
    for tag, attributes in page.elements:
        assert "src" not in attributes
        href = attributes.get("href")
        if href is not None:
            assert href == "data:," if tag == "link" else re.match(r"#|https?://", href)


def test_the_policy_names_the_style_and_the_script_by_their_hashes(page: Page) -> None:
    (policy,) = [each["content"] for tag, each in page.elements if each.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    hashed = [(attributes["tag"], text) for attributes, text in page.raw if attributes.get("id") != "data"]
    assert sorted(tag for tag, _ in hashed) == ["script", "style"]
    for tag, text in hashed:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_the_script_never_parses_html(page: Page) -> None:
    (script,) = [text for attributes, text in page.raw if attributes["tag"] == "script" and "id" not in attributes]
    found = re.findall(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(|srcdoc|\.style\b", script
    )
    assert found == []


@pytest.mark.parametrize("name", RUNS)
def test_the_data_hold_every_result_in_the_order_of_severity(name: str) -> None:
    run, cases, rules = RUNS[name]
    data = Page(render(run, cases, rules)).data()
    assert len(data["results"]) == len(run.results)
    place = {column: number for number, column in enumerate(data["columns"])}
    verdicts = [data["verdicts"][row[place["verdict"]]] for row in data["results"]]
    order = ["failed", "error", "xpassed", "xfailed", "passed", "skipped"]
    assert [order.index(verdict) for verdict in verdicts] == sorted(order.index(verdict) for verdict in verdicts)
    for row in data["results"]:
        assert row[place["case"]] < len(data["cases"])
        assert all(text < len(data["strings"]) for text in row[place["outcome"] :])


def test_texts_in_the_data_are_bounded_and_visible() -> None:
    run, cases, rules = RUNS["hostile"]
    text = render(run, cases, rules)
    data = Page(text).data()
    assert max(map(len, data["strings"])) < 5000
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029]", text)
    assert len(text) < 400_000


def test_without_scripts_the_table_and_the_worst_failures_are_there() -> None:
    page = Page(render(*RUNS["plain"]))
    assert "13 failures in 293 answers" in page.text
    assert "Scripts are off" in page.text
    assert "aes128gcm/header/case-00006" in page.text
    assert "false-accept (security): It was accepted" in page.text
    assert "openjdk-17-jre-headless" in page.text


def test_a_partial_run_says_so() -> None:
    assert "Partial results: the run did not finish" in Page(render(*RUNS["partial"])).text


def test_tables_have_captions_or_labels_and_scoped_headings(page: Page) -> None:
    headings = [attributes for tag, attributes in page.elements if tag == "th"]
    assert all(attributes.get("scope") in {"col", "row"} for attributes in headings)
    assert [tag for tag, _ in page.elements].count("caption") == [tag for tag, _ in page.elements].count("table")


def test_a_large_message_is_carried_in_part_with_its_fault() -> None:
    case = synthetic.case("a/x/1", "rfc8188/2/last-delimiter", message=bytes(1_000_000))
    run = synthetic.run({case.id: case}, names=synthetic.IMPLEMENTATIONS[:1])
    data = Page(render(run, {case.id: case}, synthetic.RULES)).data()
    (entry,) = data["cases"]
    assert entry[10] == 1_000_000
    shown = {start for start, _ in entry[11]}
    assert sum(len(octets) // 2 for _, octets in entry[11]) <= 1024
    assert min(shown) == 0
    assert max(start + len(octets) // 2 for start, octets in entry[11]) > 999_900, "the end of the fault is shown too"


def test_fifty_thousand_results_are_a_few_megabytes() -> None:
    infos: dict[str, CaseInfo] = synthetic.cases(10_000)
    run = synthetic.run(infos)
    assert len(run.results) == 50_000
    assert len(render(run, infos, synthetic.RULES)) < 8_000_000
