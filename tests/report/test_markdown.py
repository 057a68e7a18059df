"""Markdown, judged by what a renderer makes of it."""

from __future__ import annotations

from html.parser import HTMLParser

import msgspec
import pytest
import synthetic
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from harness.conformance.results import Kind, Result, Verdict
from harness.report.markdown import LIMIT, code, render, text
from harness.report.plain import visible

RENDERER = MarkdownIt("commonmark", {"html": True}).enable("table")
OURS = {
    "h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "details", "summary", "strong", "code",
    "pre", "blockquote", "a",
}  # fmt: skip


class Page(HTMLParser):
    """Collects tags with their attributes, and the text."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def page(markdown: str) -> Page:
    made = Page(RENDERER.render(markdown))
    assert made.open == []
    return made


def test_what_a_reader_sees() -> None:
    made = page(render(synthetic.run(), synthetic.cases(), synthetic.RULES))
    assert "Sealproof: 13 failures in 293 answers" in made.text
    assert "maven-web-push not-ready: no `java` on the path." in made.text
    assert "the fault is at octets 48 to 56" in made.text
    assert "Rerun: sealproof check npm-http-ece -k aes128gcm/" in made.text
    assert [tag for tag, _ in made.tags].count("table") == 2
    links = {attributes["href"] for tag, attributes in made.tags if tag == "a"}
    assert "https://www.rfc-editor.org/rfc/rfc8188.html#section-2" in links


def test_a_table_row_an_implementation() -> None:
    made = render(synthetic.run(), synthetic.cases(), synthetic.RULES)
    rows = [line for line in made.splitlines() if line.startswith("| <code>pypi-http-ece")]
    assert rows == ["| <code>pypi-http-ece</code> | 1.2.1 | 37 | **2** | 1 | 20 | 0 |"]


def test_a_partial_run_says_so_first() -> None:
    made = render(synthetic.run(finished=False), {}, {})
    assert made.index("Partial results") < made.index("| implementation |")


def test_hostile_texts_bring_no_tag_no_link_and_no_image_of_their_own() -> None:
    made = page(render(*synthetic.hostile()))
    assert {tag for tag, _ in made.tags} <= OURS
    assert all(not attributes or tag in {"th", "td", "a"} for tag, attributes in made.tags)
    assert not [attributes for tag, attributes in made.tags if tag == "a"]
    assert "<script>alert(document.domain)</script>" in made.text


def test_many_failures_stay_within_what_a_comment_holds() -> None:
    failure = Result("reference", "", Verdict.FAILED, "accepted", kind=Kind.FALSE_ACCEPT, explanation="Too lax. " * 20)
    results = tuple(msgspec.structs.replace(failure, case=f"a/x/{number}") for number in range(3000))
    made = render(synthetic.made_of(synthetic.IMPLEMENTATIONS[:1], results), {}, {})
    assert len(made) < LIMIT + 500
    shown = made.count("<strong>")
    assert f"**{3000 - shown:,} failing cases not shown for want of room**" in made
    page(made)


@pytest.mark.parametrize("wrap", [text, code])
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp"]), max_size=60))
def test_any_visible_text_comes_through_a_table_s_cell_as_it_is(wrap: object, value: str) -> None:
    shown = wrap(value)  # type: ignore[operator]
    made = page(f"| a | b |\n| --- | --- |\n| {shown} | x |\n")
    cells = made.text.replace("\u2060", "").replace("\n", "")
    assert "".join(cells.split()) == "".join(f"ab{visible(value)}x".split())
