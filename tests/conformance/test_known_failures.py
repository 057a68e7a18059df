"""Known failures: strict both ways, and written so that nothing is lost."""

from __future__ import annotations

import datetime
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.conformance.known_failures import BadKnownFailures, Known, apply, read_known_failures, update
from harness.conformance.results import Kind, Result, Verdict

IDS = ("aes128gcm/a/one", "aes128gcm/a/two", "aes128gcm/b/three")
TODAY = datetime.date(2030, 6, 15)


def result(case: str = IDS[0], verdict: Verdict = Verdict.FAILED, kind: Kind | None = Kind.CRASH) -> Result:
    return Result(
        "it", case, verdict, "crashed", kind=kind if verdict is Verdict.FAILED else None, explanation="it fell over"
    )


def known(*cases: str, **fields: object) -> Known:
    return Known(cases=cases or (IDS[0],), reason="we know", **fields)  # type: ignore[arg-type]


# Applying


@pytest.mark.parametrize(
    ("entry", "verdict", "then"),
    [
        (known(), Verdict.FAILED, Verdict.XFAILED),
        (known(), Verdict.PASSED, Verdict.XPASSED),
        (known(), Verdict.ERROR, Verdict.ERROR),
        (known(), Verdict.SKIPPED, Verdict.SKIPPED),
        (known("aes128gcm/a/*"), Verdict.FAILED, Verdict.XFAILED),
        (known(IDS[1]), Verdict.FAILED, Verdict.FAILED),
        (known(IDS[1]), Verdict.PASSED, Verdict.PASSED),
        (known("aes128gcm/a"), Verdict.FAILED, Verdict.FAILED),
        (known(kind=Kind.CRASH), Verdict.FAILED, Verdict.XFAILED),
        (known(kind=Kind.HANG), Verdict.FAILED, Verdict.FAILED),
        (known(kind=Kind.HANG), Verdict.PASSED, Verdict.XPASSED),
        (known(implementation="it"), Verdict.FAILED, Verdict.XFAILED),
        (known(implementation="i*"), Verdict.FAILED, Verdict.XFAILED),
        (known(implementation="other"), Verdict.FAILED, Verdict.FAILED),
        (known(implementation="other"), Verdict.PASSED, Verdict.PASSED),
        (known(until=TODAY), Verdict.FAILED, Verdict.XFAILED),
        (known(until=TODAY - datetime.timedelta(1)), Verdict.FAILED, Verdict.FAILED),
        (known(until=TODAY - datetime.timedelta(1)), Verdict.PASSED, Verdict.PASSED),
    ],
)
def test_an_entry_changes_exactly_the_verdicts_it_is_for(entry: Known, verdict: Verdict, then: Verdict) -> None:
    found = apply(result(verdict=verdict), [entry], TODAY)
    assert found.verdict is then
    changed = then is not verdict
    assert found.reason == ("we know" if changed else "")
    assert changed or found == result(verdict=verdict)
    if then is Verdict.XPASSED:
        assert "remove it from the list" in found.explanation


def test_of_several_entries_the_one_for_this_kind_counts() -> None:
    entries = [known(kind=Kind.HANG), Known((IDS[0],), "the other", kind=Kind.CRASH)]
    found = apply(result(), entries, TODAY)
    assert (found.verdict, found.reason) == (Verdict.XFAILED, "the other")


# Reading


def read(path: Path, text: str | bytes, **options: object) -> list[Known]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_known_failures(path, IDS, **options)  # type: ignore[arg-type]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "known.toml"


def test_a_file_with_all_that_can_be_said(file: Path) -> None:
    text = """
    [[failure]]
    cases = ["aes128gcm/a/*", "aes128gcm/b/three"]
    reason = "section 2"
    implementation = "it"
    kind = "false-accept"
    link = "an address"
    until = 2030-01-31
    """
    expected = Known(
        ("aes128gcm/a/*", IDS[2]), "section 2", "it", Kind.FALSE_ACCEPT, "an address", datetime.date(2030, 1, 31)
    )
    assert read(file, text) == [expected]


def test_an_entry_without_an_owner_is_of_the_folder_s(file: Path) -> None:
    text = "[[failure]]\ncases = ['*/one']\nreason = 'r'\n[[failure]]\ncases = ['*/one']\nreason = 'r'\n"
    mixed = read(file, text + "implementation = 'other'", implementation="mine")
    assert [entry.implementation for entry in mixed] == ["mine", "other"]
    assert read(file, "") == []


ENTRY = "[[failure]]\ncases = ['aes128gcm/a/one']\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ENTRY, "reason"),
        (ENTRY + "reason = ''", "failure 1 has no reason"),
        (ENTRY + "reason = ' '\n", "failure 1 has no reason"),
        (ENTRY + "reason = 'r'\n[[failure]]\ncases = []\nreason = 'r'", "failure 2 names no cases"),
        ("[[failure]]\nreason = 'r'", "cases"),
        ("[[failure]]\ncases = ['aes128gcm/a/four']\nreason = 'r'", "'aes128gcm/a/four' matches no case"),
        ("[[failure]]\ncases = ['aes128gcm/a']\nreason = 'r'", "'aes128gcm/a' matches no case"),
        ("[[failure]]\ncases = 'aes128gcm/a/one'\nreason = 'r'", "array"),
        (ENTRY + "reason = 5", "str"),
        (ENTRY + "reason = 'r'\nresaon = 'r'", "resaon"),
        (ENTRY + "reason = 'r'\nkind = 'bad'", "bad"),
        (ENTRY + "reason = 'r'\nuntil = 'soon'", "date"),
        ("[[failures]]\n", "failures"),
        ("[failure]\n", "array"),
        ("failure = ", "not TOML"),
        (b"\xff\xfe", "not TOML"),
        ("a = " + "[" * 100_000, "not TOML"),
        ("a." * 500 + "b = 1", "a"),
    ],
    ids=lambda value: str(value)[-30:],
)
def test_an_unusable_file_is_told_in_a_sentence(file: Path, text: str | bytes, told: str) -> None:
    with pytest.raises(BadKnownFailures) as raised:
        read(file, text)
    assert str(raised.value).startswith(str(file))
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_cannot_be_read(file: Path) -> None:
    with pytest.raises(BadKnownFailures, match="cannot be read"):
        read_known_failures(file, IDS)
    with pytest.raises(BadKnownFailures, match="cannot be read"):
        read_known_failures(file.parent, IDS)


# Writing


def test_what_fails_is_written_and_is_expected_from_then_on(file: Path) -> None:
    results = [result(case) for case in IDS[:2]] + [result(IDS[2], Verdict.PASSED)]
    assert update(file, results, [], IDS) == 2
    entries = read_known_failures(file, IDS)
    assert [apply(each, entries, TODAY).verdict for each in results] == [Verdict.XFAILED] * 2 + [Verdict.PASSED]
    assert entries[0].reason == "it fell over"


def test_reasons_links_and_dates_are_kept(file: Path) -> None:
    before = [known("aes128gcm/a/*", link="there", until=TODAY), Known((IDS[2],), "gone now")]
    update(file, [result(IDS[0]), result(IDS[1], Verdict.PASSED), result(IDS[2], Verdict.PASSED)], before, IDS)
    (entry,) = read_known_failures(file, IDS)
    assert entry == Known((IDS[0],), "we know", "it", Kind.CRASH, "there", TODAY)


def test_what_the_run_did_not_answer_is_kept(file: Path) -> None:
    """A run of one case, or of another implementation, says nothing about the rest."""
    before = [known("aes128gcm/a/*"), Known(("aes128gcm/*",), "theirs", implementation="other", kind=Kind.HANG)]
    unanswered = [result(IDS[1], Verdict.SKIPPED), result(IDS[1], Verdict.ERROR)]
    for other in unanswered:
        update(file, [result(IDS[0], Verdict.PASSED), other], before, IDS)
        assert read_known_failures(file, IDS) == [known(IDS[1]), before[1]]
    update(file, [], before, IDS)
    assert sorted(read_known_failures(file, IDS), key=repr) == sorted(before, key=repr)


HOSTILE = st.text(max_size=60) | st.sampled_from(
    ['"""', "'''", "\\/", "\\\\/", "\x7f", "\x00\x1f", "a\nb", "\u2028", "[[failure]]", "#", "\\u0041", "\r\n"]
)


@given(reason=HOSTILE.filter(str.strip), link=HOSTILE, name=HOSTILE)
def test_any_reason_survives_being_written(
    tmp_path_factory: pytest.TempPathFactory, reason: str, link: str, name: str
) -> None:
    file = tmp_path_factory.mktemp("known", numbered=True) / "known.toml"
    before = [Known((IDS[0],), reason, implementation="other", link=link)]
    update(file, [Result(name, IDS[1], Verdict.FAILED, "crashed", explanation=reason)], before, IDS)
    tomllib.loads(file.read_text("utf-8"))
    plain = [text.encode("utf-8", "backslashreplace").decode() for text in (reason, link, name)]
    found = {(entry.implementation, entry.reason, entry.link) for entry in read_known_failures(file, IDS)}
    assert found == {("other", plain[0], plain[1]), (plain[2] if plain[2] != "*" else "*", plain[0], "")}


def test_a_written_file_is_written_again_octet_for_octet(file: Path) -> None:
    results = [result(case, kind=kind) for case in IDS for kind in (Kind.CRASH,)]
    update(file, results, [], IDS)
    first = file.read_bytes()
    update(file, results[::-1], read_known_failures(file, IDS), IDS[::-1])
    assert file.read_bytes() == first
    assert [path.name for path in file.parent.iterdir()] == ["known.toml"]
