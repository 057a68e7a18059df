"""The terminal summary, as a person reads it."""

from __future__ import annotations

import io
import re

import msgspec
import pytest
import synthetic
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from harness.conformance.results import Kind, Result, Run, Verdict
from harness.implementations.protocol import encode_octets
from harness.report.cases import CaseInfo, Cases, Requirements, Span, rerun_command
from harness.report.console import make_console
from harness.report.octets import dump, faults, windows
from harness.report.plain import visible, visible_lines
from harness.report.progress import Progress
from harness.report.terminal import print_summary

CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printed(
    run: Run, cases: Cases, rules: Requirements, *, width: int = 80, verbose: int = 0, encoding: str = "utf-8"
) -> str:
    octets = io.BytesIO()
    stream = io.TextIOWrapper(octets, encoding=encoding, newline="")
    console = Console(file=stream, width=width, markup=False, highlight=False, emoji=False)
    print_summary(run, cases, rules, console=console, verbose=verbose)
    stream.flush()
    return octets.getvalue().decode(encoding)


def one(*results: Result) -> Run:
    return synthetic.made_of(synthetic.IMPLEMENTATIONS[:1], results)


def failed(case: str = "aes128gcm/delimiter/last-is-1", **fields: object) -> Result:
    values: dict[str, object] = {"kind": Kind.FALSE_ACCEPT, "requirements": ("rfc8188/2/last-delimiter",), **fields}
    return Result("reference", case, Verdict.FAILED, "accepted", **values)  # type: ignore[arg-type]


def test_a_failure_tells_rule_octets_near_miss_answer_and_rerun() -> None:
    case = synthetic.case("aes128gcm/delimiter/last-is-1", "rfc8188/2/last-delimiter")
    result = failed(explanation="Accepted although it is cut off.", got=encode_octets(b"I am"), stderr="warn: hm\n")
    text = printed(one(result), {case.id: case}, synthetic.RULES)
    assert "false-accept (security)  reference: Accepted although it is cut off." in text
    assert "RFC 8188 section 2 (MUST): The last record ends in a delimiter octet of 2" in text
    assert "Differs by one edit from aes128gcm/delimiter/last-is-1-near: delimiter of" in text
    assert '4 octets: 49 20 61 6d "I am"' in text
    assert "stderr | warn: hm" in text
    assert "Message: 73 octets; the fault is at octets 48 to 56 (0x30)" in text
    assert "Rerun: sealproof check reference -k aes128gcm/delimiter/last-is-1\n" in text
    lines = text.splitlines()
    row = next(place for place, line in enumerate(lines) if line.strip().startswith("0030"))
    assert lines[row + 1].strip() == " ".join(["^^"] * 9), "octets 48 to 56 are at fault"
    assert lines[row].index("b2") == lines[row + 1].index("^^"), "the marks stand below the octets"


def test_the_last_line_says_how_many_failed_how_badly_and_what_the_exit_status_means() -> None:
    results = (failed("a/x/1"), failed("a/x/2", kind=Kind.CRASH), failed("a/x/3", kind=None))
    text = " ".join(printed(one(*results), {}, {}).split())
    assert text.endswith(
        "3 failures in 3 answers in 7.2 s (1 security, 1 robustness, 1 error). Start with a/x/1. "
        "Exit status 1: some verdicts are not as expected."
    )


def test_security_failures_come_first_then_the_specification_s_order() -> None:
    results = (
        failed("a/x/reject", kind=Kind.FALSE_REJECT),
        failed("a/x/rs", requirements=("rfc8188/2.1/rs-minimum",)),
        failed("a/x/nonce", requirements=("rfc8188/2.3/nonce",)),
        failed("a/x/delimiter"),
    )
    text = printed(one(*results), {}, synthetic.RULES)
    found = re.findall(r"^\d+\. (\S+)", text, re.M)
    assert found == ["a/x/delimiter", "a/x/rs", "a/x/nonce", "a/x/reject"]


def test_a_long_list_of_failures_is_cut_with_a_line_that_says_how_to_see_all() -> None:
    many = [failed(f"a/x/{number}") for number in range(40)]
    results = (*many, failed("a/x/other", requirements=("rfc8188/2.3/nonce",)))
    text = printed(one(*results), {}, synthetic.RULES)
    told = re.findall(r"^\d+\. (\S+)", text, re.M)
    assert "a/x/other" in told, "one broken rule does not hide another"
    assert f"{41 - len(told)} more failing cases not shown (2 rules concerned in all): -v shows all" in text
    whole = printed(one(*results), {}, synthetic.RULES, verbose=1)
    assert len(re.findall(r"^\d+\. ", whole, re.M)) == 41
    assert "not shown" not in whole


def test_one_implementation_gets_a_table_by_rule() -> None:
    run = synthetic.run(names=synthetic.IMPLEMENTATIONS[1:2])
    text = printed(run, synthetic.cases(), synthetic.RULES, width=120)
    assert re.search(r"section +level +rule +passed +failed", text)
    row = next(line for line in text.splitlines() if "A record size below 18" in line)
    numbers = [int(number) for number in re.findall(r"\d+", row.rpartition("refused.")[2])]
    mine = [result for result in run.results if result.requirements == ("rfc8188/2.1/rs-minimum",)]
    assert sum(numbers) == len(mine)
    assert numbers[1] == sum(result.verdict in {Verdict.FAILED, Verdict.XPASSED} for result in mine)


def test_several_implementations_get_a_matrix_and_the_absent_ones_are_named_with_what_to_do() -> None:
    text = printed(synthetic.run(), synthetic.cases(), synthetic.RULES)
    assert re.search(r"^2  pypi-http-ece +1\.2\.1", text, re.M)
    assert re.search(r"^padding +✓", text, re.M)
    assert "maven-web-push: no `java` on the path" in text
    assert "openjdk-17-jre-headless" in text
    assert "stderr | panic: oh no" in text
    assert "7 cases not asked, by reason\n  7: the optional parameter keyid is not claimed" in text
    assert re.search(r"zero-records\n +accepts: .*pypi-http-ece", text)
    assert "known failures, expected (-v lists them)" in text


def test_known_failures_are_listed_with_their_reason_when_asked_for() -> None:
    text = printed(synthetic.run(), synthetic.cases(), synthetic.RULES, verbose=1)
    assert "Section 2: it takes any delimiter." in text


def test_a_partial_run_says_so_at_the_top_and_in_the_last_line() -> None:
    run = synthetic.run(finished=False)
    text = printed(run, synthetic.cases(), synthetic.RULES)
    assert "Partial results: the run did not finish" in text.split("\n\n")[0]
    assert "Partial results." in text.rstrip().split("\n\n")[-1]


def test_a_run_in_which_nothing_was_asked_does_not_look_like_a_success() -> None:
    skipped = Result("reference", "a/x/1", Verdict.SKIPPED, "not-asked", skip="aes128gcm.decrypt is not offered")
    text = printed(one(skipped), {}, {})
    assert "Nothing was asked" in text.splitlines()[-1]
    assert "passed, none failed" not in text


@pytest.mark.parametrize("width", [40, 80, 200])
def test_results_of_another_version_with_unknown_ids_are_shown(width: int) -> None:
    text = printed(synthetic.run(), {}, {}, width=width)
    assert "aes128gcm/" in text
    assert "rfc8188/" in text


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_hostile_texts_are_shown_without_control_characters_and_in_bounds(encoding: str) -> None:
    text = printed(*synthetic.hostile(), verbose=1, encoding=encoding)
    assert not CONTROL.search(text)
    assert len(text) < 2_000_000
    assert "\\u202egnirts" in text
    assert "[bold red]markup[/] :smile:" in text, "nothing is taken for markup"


def test_eighty_columns_hold_everything_but_commands() -> None:
    text = printed(synthetic.run(), synthetic.cases(), synthetic.RULES)
    long = [line for line in text.splitlines() if len(line) > 80 and "Rerun:" not in line]
    assert long == []


@pytest.mark.parametrize("no_color", [True, False])
def test_colour_is_left_out_where_no_color_is_set(monkeypatch: pytest.MonkeyPatch, no_color: bool) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    stream = io.StringIO()
    print_summary(synthetic.run(), synthetic.cases(), synthetic.RULES, console=make_console(stream))
    assert bool(re.search(r"\x1b\[[0-9;]*3[0-9]", stream.getvalue())) is not no_color


def test_a_rerun_command_quotes_what_a_shell_would_take_apart() -> None:
    case = CaseInfo(id="a/$(id) x", rerun="sealproof check {implementation} -k {case}")
    assert rerun_command(None, case, "my impl") == "sealproof check 'my impl' -k 'a/$(id) x'"
    own = synthetic.implementation("x", rerun="sealproof check --command './run {case}'")
    assert rerun_command(own, CaseInfo(id="{implementation}"), "x") == (
        "sealproof check --command './run '{implementation}''"
    )


@given(
    st.binary(max_size=3000),
    st.lists(st.tuples(st.integers(-10, 4000), st.integers(-10, 4000)), max_size=6),
    st.integers(16, 400),
)
def test_the_dump_shows_the_beginning_and_each_first_fault_within_its_bounds(
    octets: bytes, places: list[tuple[int, int]], limit: int
) -> None:
    case = CaseInfo(id="x", octets=octets, spans=tuple(Span(*place, "f", fault=True) for place in places))
    rows = [row for row in dump(case, limit) if row.offset >= 0]
    shown = {row.offset + place: octet for row in rows for place, octet in enumerate(row.octets)}
    assert all(octets[place] == octet for place, octet in shown.items())
    assert len(shown) <= max(32, limit)
    assert not octets or 0 in shown
    marked = {place for row in rows for place in row.faulty}
    for span in faults(case):
        within = set(range(span.start, max(span.end, span.start + 1)))
        assert marked & within == within & set(shown)
    for span in faults(case)[:1]:
        assert span.start in shown or span.start >= len(octets) or limit < 48
    assert [row.offset for row in rows] == sorted(row.offset for row in rows)
    assert sum(end - start for start, end in windows(case, limit)) == len(shown)


def test_where_nearly_all_is_at_fault_only_some_of_it_is_shown() -> None:
    span = Span(0, 160, "not a message", fault=True)
    case = CaseInfo(id="a/x/1", octets=bytes(160), spans=(span,))
    text = printed(one(failed("a/x/1")), {case.id: case}, {})
    assert len(re.findall(r"^ +[0-9a-f]{4}  00 00", text, re.M)) == 5
    assert text.count(" ".join(["^^"] * 16)) == 1, "marked where it begins"
    assert re.search(r"^ +\.\.$", text, re.M)


def test_what_the_explanation_says_is_not_said_twice() -> None:
    text = printed(one(failed("a/x/1", explanation="It broke: IndexError: 7", message="IndexError: 7")), {}, {})
    assert text.count("IndexError: 7") == 1


@given(st.text(st.characters(), max_size=500), st.booleans())
@settings(max_examples=200)
def test_visible_text_has_nothing_hidden_in_it(text: str, ascii_only: bool) -> None:
    shown = visible(text, 100, ascii_only=ascii_only)
    assert not CONTROL.search(shown)
    assert "\n" not in shown
    assert not ascii_only or shown.isascii()
    assert (f"[cut: {len(text):,} characters in all]" in shown) == (len(text) > 100)
    shown.encode("utf-8")


def test_the_end_of_a_long_stderr_is_kept() -> None:
    lines = visible_lines("\n".join(f"line {number}" for number in range(1000)), 3)
    assert lines == ["[the beginning is left out]", "line 997", "line 998", "line 999"]


def progress_console(stream: io.StringIO, *, terminal: bool) -> Console:
    return Console(file=stream, force_terminal=terminal, width=80, markup=False, color_system=None)


@pytest.mark.parametrize(("terminal", "quiet"), [(False, False), (True, True)])
def test_progress_is_silent_without_a_terminal_or_when_told(terminal: bool, quiet: bool) -> None:
    stream = io.StringIO()
    with Progress(progress_console(stream, terminal=terminal), quiet=quiet) as progress:
        progress.start("reference", 2)
        progress.result(failed())
        progress.finish("reference")
    assert stream.getvalue() == ""


def test_progress_shows_an_implementation_s_count_and_failures() -> None:
    stream = io.StringIO()
    console = progress_console(stream, terminal=True)
    with Progress(console) as progress:
        progress.start("reference", 2)
        progress.result(failed())
        progress.result(msgspec.structs.replace(failed(), implementation="never-announced"))
        progress.finish("never-announced", note="could not start")
        text = "\n".join(str(line) for line in progress.render().renderables)
    assert re.search(r"reference .* 1/2 .*1 failed", text)
    assert "could not start" in text
    assert "reference" in stream.getvalue()
