"""The HTML report as a browser draws it: needs Playwright's Python package and a Chromium on the path."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import synthetic

from harness.conformance.results import Verdict
from harness.report.html import render

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

playwright = pytest.importorskip("playwright.sync_api", reason="the playwright package is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the path")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


class Opened:
    """A report in a tab, with all that went wrong in it."""

    def __init__(self, browser: Browser, path: Path, **context: Any) -> None:
        self.tab: Page = browser.new_context(**context).new_page()
        self.address = path.as_uri()
        self.wrong: list[str] = []
        self.asked: list[str] = []
        self.tab.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.tab.on("console", lambda message: self.wrong.append(message.text))
        self.tab.on("dialog", lambda dialog: (self.wrong.append("a dialog"), dialog.dismiss()))
        self.tab.on("request", lambda request: self.asked.append(request.url))

    def go(self, place: str = "") -> Page:
        self.tab.goto("about:blank")
        self.tab.goto(self.address + place)
        return self.tab


@pytest.fixture
def plain(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    path = tmp_path / "plain.html"
    path.write_text(render(synthetic.run(), synthetic.cases(), synthetic.RULES), encoding="utf-8")
    opened = Opened(browser, path)
    yield opened
    assert opened.wrong == []
    opened.tab.context.close()


def test_it_opens_on_the_failures_and_asks_for_nothing(plain: Opened) -> None:
    tab = plain.go()
    assert tab.inner_text("h1") == "13 failures in 293 answers"
    assert tab.inner_text("output") == "13 of 300 results"
    assert tab.locator(".results tbody tr").count() == 13
    assert [each for each in plain.asked if each.startswith("http")] == []


def test_a_matrix_cell_leads_to_its_results_and_they_to_the_case_and_back(plain: Opened) -> None:
    tab = plain.go()
    tab.locator("td.bad a").first.click()
    shown = int(tab.inner_text("output").split()[0])
    rows = tab.locator(".results tbody tr")
    assert shown == rows.count() > 0
    address = tab.url
    rows.first.locator("a").click()
    assert tab.locator("#case h1").is_visible()
    assert not tab.locator("#report").is_visible()
    tab.get_by_role("link", name="← All results").click()
    assert tab.url == address
    assert int(tab.inner_text("output").split()[0]) == shown


def test_a_deep_link_opens_a_case_with_its_octets_marked_and_every_answer(plain: Opened) -> None:
    tab = plain.go("#case=aes128gcm/header/case-00006")
    assert tab.inner_text("#case h1") == "aes128gcm/header/case-00006"
    assert tab.inner_text(".dump .fault") == "b2 b9 c0 c7 ce d5 dc e3 ea"
    assert "← the fault" in tab.inner_text(".spans tr.fault")
    link = tab.locator(".rules a")
    assert link.get_attribute("href") == "https://www.rfc-editor.org/rfc/rfc8188.html#section-2"
    text = tab.inner_text("#case")
    assert "delimiter of record 1: 2 becomes 1" in text
    assert "sealproof check npm-http-ece -k aes128gcm/header/case-00006" in text
    assert all(f"{each.name} 1.2.1" in text for each in synthetic.IMPLEMENTATIONS)
    assert tab.evaluate("document.activeElement.tagName") == "H1"


def test_an_unknown_case_is_said(plain: Opened) -> None:
    assert plain.go("#case=gone%2Fx").inner_text("#case h1") == "No such case here"


def test_filters_stand_in_the_address_and_select(plain: Opened) -> None:
    run = synthetic.run()
    skipped = sum(each.verdict is Verdict.SKIPPED for each in run.results)
    tab = plain.go("#verdict=skipped")
    assert tab.inner_text("output") == f"{skipped} of 300 results"
    tab = plain.go("#verdict=all&implementation=reference")
    assert tab.inner_text("output") == "60 of 300 results"
    tab.locator("select[name=implementation]").select_option("")
    playwright.expect(tab.locator("output")).to_have_text("300 of 300 results")
    assert "implementation" not in tab.url
    assert tab.locator(".results tbody tr").count() == 100
    tab.get_by_role("button", name="Show 200 more").click()
    assert tab.locator(".results tbody tr").count() == 300


def test_the_slash_key_searches(plain: Opened) -> None:
    tab = plain.go()
    tab.keyboard.press("/")
    tab.keyboard.type("crash case-00043")
    playwright.expect(tab.locator("output")).to_have_text("1 of 300 results")
    assert "case-00043" in tab.inner_text(".results tbody")


def test_the_matrix_can_be_by_area(plain: Opened) -> None:
    tab = plain.go()
    tab.get_by_label("an area").check()
    assert tab.locator(".matrix tbody th").all_inner_texts() == [
        f"aes128gcm/{area}" for area in ("delimiter", "header", "nonce", "padding", "record-size", "truncation")
    ]


def test_hostile_texts_stay_texts(browser: Browser, tmp_path: Path) -> None:
    run, cases, rules = synthetic.hostile()
    path = tmp_path / "hostile.html"
    path.write_text(render(run, cases, rules), encoding="utf-8")
    opened = Opened(browser, path)
    tab = opened.go("#verdict=all")
    assert "<script>alert(document.domain)</script>" in tab.inner_text("#report")
    links = tab.eval_on_selector_all("a", "all => all.map(each => each.protocol)")
    assert set(links) == {"file:"}, "only places within the page"
    for number in range(tab.locator(".results tbody a").count())[:30:7]:
        tab.locator(".results tbody a").nth(number).click()
        assert tab.locator("#case h1").is_visible()
        tab.go_back()
    assert tab.locator("img, iframe, object, embed").count() == 0
    assert tab.locator("script").count() == 2
    assert opened.wrong == []
    tab.context.close()


def test_without_scripts_the_summary_is_readable(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "plain.html"
    path.write_text(render(synthetic.run(), synthetic.cases(), synthetic.RULES), encoding="utf-8")
    tab = Opened(browser, path, java_script_enabled=False).go()
    assert "pypi-http-ece" in tab.inner_text("table.implementations")
    assert "aes128gcm/header/case-00006" in tab.inner_text("noscript")
    assert not tab.get_by_role("link", name="Rules").is_visible()
    tab.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1300])
def test_nothing_sticks_out_and_text_can_be_read(browser: Browser, tmp_path: Path, scheme: str, width: int) -> None:
    path = tmp_path / "plain.html"
    path.write_text(render(synthetic.run(), synthetic.cases(), synthetic.RULES), encoding="utf-8")
    opened = Opened(browser, path, color_scheme=scheme, viewport={"width": width, "height": 800})
    for place in ("", "#case=aes128gcm/header/case-00006"):
        tab = opened.go(place)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        colours = tab.evaluate(
            "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
        )
        light = [sum(map(int, each[4:-1].split(", "))) for each in colours]
        assert (light[0] < light[1]) is (scheme == "light")
    tab.context.close()
