"""`pytest --implementation`: the vectors as items of a pytest run."""

from __future__ import annotations

import xml.etree.ElementTree as Xml
from pathlib import Path

import pytest

import harness.pytest_items  # noqa: F401  (imported once, and not anew by every run below)

pytest_plugins = ["pytester"]

#: Implementations by what they do. All but the first inherit from it.
MODULE = """
from harness.implementations.reference import Reference

class Right(Reference):
    pass

class TakesAnyDelimiter(Reference):
    def aes128gcm_decrypt(self, *, ikm, message, chunk_size=None):
        try:
            return super().aes128gcm_decrypt(ikm=ikm, message=message)
        except ValueError as error:
            if getattr(error, "stage", "") == "delimiter":
                return b""
            raise

class FallsOver(Reference):
    def aes128gcm_decrypt(self, *, ikm, message, chunk_size=None):
        if len(message) < 21:
            a_name_of_ours = message[20]
        return super().aes128gcm_decrypt(ikm=ikm, message=message)

class OnlyDecrypts:
    rejected = (ValueError,)

    def describe(self):
        return {"protocol": 1, "name": "few", "methods": {"aes128gcm.decrypt": {"params": []}}}

    def aes128gcm_decrypt(self, *, ikm, message):
        if len(message) == 49:
            raise ValueError("not this one")
        return Reference().aes128gcm_decrypt(ikm=ikm, message=message)

class SaysYes(OnlyDecrypts):
    def aes128gcm_decrypt(self, *, ikm, message):
        return b"yes"

class TurnsBad(OnlyDecrypts):
    left = 5

    def aes128gcm_decrypt(self, *, ikm, message):
        self.left -= 1
        return super().aes128gcm_decrypt(ikm=ikm, message=message) if self.left > 0 else b"yes"

not_an_implementation = 5
"""

#: Few cases, some of them must-accept, some must-refuse.
SOME = "header-cut-short or delimiter/last"


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    """Runs pytest in a folder that has the implementations above in `mine.py`, and one test of its own."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makepyfile(mine=MODULE, test_own="def test_of_our_own(): pass")

    def run_it(*arguments: str) -> pytest.RunResult:
        # Hypothesis would be imported for its summary, at more cost than all the rest.
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:hypothesispytest", *arguments)

    return run_it


def test_every_case_is_an_item_beside_the_tests_that_are_there(run) -> None:
    result = run("--implementation", "mine:Right", "-k", f"{SOME} or our_own", "-v")
    passed = result.parseoutcomes()["passed"]
    assert passed > 30
    assert "failed" not in result.parseoutcomes()
    result.stdout.fnmatch_lines(["test_own.py::test_of_our_own PASSED*"])
    result.stdout.fnmatch_lines(["mine:Right::aes128gcm/delimiter/last-*PASSED*"])
    assert result.ret == 0


def test_the_marker_selects_the_vectors_alone(run) -> None:
    result = run("--implementation", "mine:Right", "-m", "sealproof", "-k", "header-cut-short or our_own")
    assert "our_own" not in result.stdout.str()
    assert result.parseoutcomes()["passed"] > 10


def test_without_the_option_nothing_happens_and_nothing_is_imported(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_imports():
            heavy = {"msgspec", "rich", "cryptography", "jinja2", "jsonschema", "harness.pytest_items"}
            assert not heavy & set(sys.modules)
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:hypothesispytest", "-p", "no:xdist", "--strict-markers")
    result.assert_outcomes(passed=1)


def test_a_failure_is_told_as_a_report_tells_it_and_not_as_a_traceback(run) -> None:
    result = run("--implementation", "mine:TakesAnyDelimiter", "-k", "last-bare-is-1")
    assert result.parseoutcomes()["failed"] >= 1
    output = result.stdout.str()
    for told in (
        "false-accept (security): it accepts what has to be refused",
        "RFC 8188 section 2 (MUST)",
        "Differs by one edit from aes128gcm/delimiter/",
        "delimiter = 1, must be 2 here",
        "Rerun: pytest --implementation mine:TakesAnyDelimiter -k aes128gcm/delimiter/last-bare-is-1",
    ):
        assert told in output
    assert "Traceback" not in output
    assert "pytest_items.py" not in output


def test_skips_say_what_is_not_claimed(run) -> None:
    result = run("--implementation", "mine:OnlyDecrypts", "-k", "streaming or encoder-arguments or examples", "-rs")
    assert result.parseoutcomes()["skipped"] > 10
    result.stdout.fnmatch_lines_random(
        ["*method not claimed: aes128gcm.encrypt*", "*parameter not claimed: chunk_size*"]
    )


def test_a_debugger_begins_where_the_object_raised(run, monkeypatch: pytest.MonkeyPatch) -> None:
    import _pytest.debugging

    places: list[str] = []
    monkeypatch.setattr(
        _pytest.debugging.PdbInvoke,
        "pytest_exception_interact",
        lambda self, node, call, report: places.append(str(call.excinfo.traceback[-1])),
    )
    result = run("--implementation", "mine:FallsOver", "-k", "header-cut-short", "--pdb")
    assert result.parseoutcomes()["failed"] > 5
    assert all("mine.py" in place and "a_name_of_ours = message[20]" in place for place in places)
    assert len(places) == result.parseoutcomes()["failed"]
    assert "IndexError" in result.stdout.str()


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("mine:SaysYes", "mine:SaysYes is not testable: aes128gcm.decrypt returns the same for a changed message*"),
        ("mine:Missing", "mine:Missing cannot be started: AttributeError: module 'mine' has no attribute 'Missing'"),
        ("nowhere:Object", "nowhere:Object cannot be started: ModuleNotFoundError: No module named 'nowhere'"),
        ("mine:not_an_implementation", "mine:not_an_implementation cannot be started: int has no method `describe`"),
        ("refrence", "there is no implementation 'refrence'; did you mean reference?*"),
        ("./no/such/folder", "there is no folder ./no/such/folder*"),
    ],
)
def test_what_cannot_be_asked_is_a_collection_error_in_a_sentence(run, word: str, sentence: str) -> None:
    result = run("--implementation", word)
    result.stdout.fnmatch_lines([f"*ERROR collecting {word}*", sentence])
    assert result.parseoutcomes() == {"errors": 1}
    assert "Traceback" not in result.stdout.str()
    assert result.ret == pytest.ExitCode.INTERRUPTED


def test_one_that_is_no_longer_honest_at_the_end_is_an_error(run) -> None:
    result = run("--implementation", "mine:TurnsBad", "-k", "examples")
    assert result.parseoutcomes()["errors"] == 1
    result.stdout.fnmatch_lines(["mine:TurnsBad is not testable: after the last case, aes128gcm.decrypt returns*"])


def test_a_folder_is_asked_through_its_connection(run, pytester: pytest.Pytester) -> None:
    folder = pytester.mkdir("adapter")
    (folder / "implementation.toml").write_text(
        'name = "adapter"\nkind = "subprocess"\nversion = "1"\n[run]\n'
        'command = ["{python}", "{serve}", "mine:OnlyDecrypts"]\n',
        "utf-8",
    )
    (folder / "mine.py").write_text(MODULE, "utf-8")
    result = run("--implementation", "./adapter", "--implementation", "reference", "-k", "examples")
    assert result.parseoutcomes()["passed"] >= 4
    assert "failed" not in result.parseoutcomes()


def test_an_unknown_suite_is_a_usage_error(run) -> None:
    result = run("--implementation", "mine:Right", "--sealproof-suite", "webbush")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: sealproof: no suite 'webbush'; there is *aes128gcm*"])


@pytest.fixture
def known(pytester: pytest.Pytester):
    """Writes a list of known failures."""

    def write(cases: str, *more: str) -> Path:
        path = pytester.path / "known.toml"
        path.write_text("\n".join([f"[[failure]]\ncases = {cases}", *more]) + "\n", "utf-8")
        return path

    return write


ANY_DELIMITER = '["aes128gcm/delimiter/last-bare-is-1"]'


def test_known_failures_are_expected_and_say_why(run, known) -> None:
    path = known(ANY_DELIMITER, "reason = 'section 2, we know'", "kind = 'false-accept'")
    result = run(
        "--implementation", "mine:TakesAnyDelimiter", "--known-failures", str(path), "-rx", "-k", "last-bare-is-1"
    )
    assert result.parseoutcomes()["xfailed"] == 1
    result.stdout.fnmatch_lines(["XFAIL mine:TakesAnyDelimiter::aes128gcm/delimiter/last-bare-is-1*section 2, we know"])


@pytest.mark.parametrize(
    ("word", "more", "told"),
    [
        ("mine:Right", (), "it is listed as a known failure"),
        ("mine:TakesAnyDelimiter", ("kind = 'crash'",), "it accepts what has to be refused"),
        ("mine:TakesAnyDelimiter", ("until = 2001-01-01",), "it accepts what has to be refused"),
        ("mine:TakesAnyDelimiter", ("implementation = 'another'",), "it accepts what has to be refused"),
    ],
)
def test_known_failures_are_strict(run, known, word: str, more: tuple[str, ...], told: str) -> None:
    path = known(ANY_DELIMITER, "reason = 'r'", *more)
    result = run("--implementation", word, "--known-failures", str(path), "-k", "delimiter/last-bare-is-1")
    assert result.parseoutcomes()["failed"] >= 1
    assert told in result.stdout.str()


def test_runxfail_reports_known_failures_as_failures(run, known) -> None:
    path = known(ANY_DELIMITER, "reason = 'r'")
    result = run(
        "--implementation",
        "mine:TakesAnyDelimiter",
        "--known-failures",
        str(path),
        "--runxfail",
        "-k",
        "last-bare-is-1",
    )
    assert "xfailed" not in result.parseoutcomes()


@pytest.mark.parametrize("content", ["cases = 5", "[[failure]]\ncases = ['nothing/*']\nreason = 'r'", "\xff = ="])
def test_an_unusable_list_of_known_failures_is_a_usage_error(run, pytester: pytest.Pytester, content: str) -> None:
    (pytester.path / "known.toml").write_text(content, "latin-1")
    result = run("--implementation", "mine:Right", "--known-failures", "known.toml")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "Traceback" not in result.stderr.str()
    assert "known.toml" in result.stderr.str()


def test_with_xdist_the_same_items_and_verdicts(run, pytester: pytest.Pytester) -> None:
    """Two processes collect the same items in the same order, and their results come together in one file."""
    pytest.importorskip("xdist")
    arguments = ("--implementation", "mine:TakesAnyDelimiter", "-k", "delimiter/last or truncation")
    alone = run(*arguments).parseoutcomes()
    together = run(*arguments, "-n", "2", "--junitxml", "out.xml")
    counted = together.parseoutcomes()
    assert {word: counted[word] for word in ("passed", "failed")} == {
        word: alone[word] for word in ("passed", "failed")
    }
    cases = Xml.parse(pytester.path / "out.xml").getroot().iter("testcase")
    failed = [case for case in cases if case.find("failure") is not None]
    assert len(failed) == alone["failed"]
    names = {case.get("name") for case in failed}
    assert "aes128gcm/delimiter/last-bare-is-1" in names
    kinds = {each.get("value") for case in failed for each in case.iter("property") if each.get("name") == "kind"}
    assert kinds == {"false-accept"}
