"""`sealproof check` and `sealproof run`: exit statuses, selections, lists of known failures, what is written."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from harness.cli import main
from harness.conformance.results import Run, read_run

SOME = ("-k", "examples", "-k", "delimiter/last-bare*")


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder of its own, in which `mine:…` can be imported."""
    (tmp_path / "mine.py").write_text((Path(__file__).parent / "mine.py").read_text("utf-8"), "utf-8")
    monkeypatch.chdir(tmp_path)


def check(*arguments: str | Path) -> int:
    return main(["check", "-q", *map(str, arguments)])


def results(path: Path) -> Run:
    return read_run(path)


@pytest.fixture
def said(capfd: pytest.CaptureFixture[str]):
    """The sentence on stderr, which has to be one."""

    def read() -> str:
        err = capfd.readouterr().err
        assert err.startswith("sealproof: "), err
        assert err.count("\n") == 1, err
        return err

    return read


# Exit statuses


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("mine:Right", *SOME), 0),
        (("mine:TakesAnyDelimiter", *SOME), 1),
        (("mine:SaysYes", *SOME), 4),
        (("mine:Absent", *SOME), 4),
        (("absent:Right", *SOME), 4),
        (("mine:OnlyEncrypts", *SOME), 5),
        (("mine:OnlyEncrypts", "-k", "encoder-arguments"), 0),
    ],
    ids=str,
)
def test_the_exit_status_says_how_it_ended(arguments: tuple[str, ...], status: int) -> None:
    assert check(*arguments, "--results", "r.jsonl") == status
    run = results(Path("r.jsonl"))
    assert run.footer is not None
    assert run.footer.exit_status == status
    assert not run.partial


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name an implementation, or give --command '…'"),
        (("reference", "--command", "true"), "name an implementation, or give --command '…'"),
        (("refrence",), "there is no implementation 'refrence'; did you mean reference?"),
        (("./nowhere",), "there is no folder ./nowhere"),
        (("--command", "'"), "cannot be split into words"),
        (("--command", ""), "--command is empty"),
        (("reference", "-k", "nothing-here"), "-k nothing-here: no case matches"),
        (("reference", "-k", "examples", "-k", "delimeter/last-bare"), "did you mean aes128gcm/delimiter/last-bare"),
        (("reference", "--suite", "webbush"), "no suite 'webbush'; there is aes128gcm"),
        (("reference", "--shard", "0/2"), "--shard 0/2: write I/N with I from 1 to N, as in 2/4"),
        (("reference", "--shard", "3/2"), "--shard 3/2: write I/N"),
        (("reference", "--shard", "a/b"), "--shard a/b: write I/N"),
        (("reference", "--jobs", "0"), "'0' is not a whole number from 1"),
        (("reference", "--timeout", "-1"), "--timeout"),
        (("reference", "--timeout", "nan"), "'nan' is not a number of seconds above 0"),
        (("reference", "--memory", "1e3"), "'1e3' is not a whole number from 1"),
        (("reference", "--seed", "x"), "--seed"),
        (("reference", "--unknown"), "unrecognized arguments: --unknown"),
        (("reference", "--results", "none/r.jsonl"), "the folder none does not exist"),
        (("reference", "--junit", "."), "it is a folder"),
        (("reference", "--html", "mine.py/x.html"), "mine.py is not a folder"),
        (("reference", "--known-failures", "none.toml"), "none.toml: cannot be read"),
        (("reference", "--known-failures", "mine.py"), "mine.py: not TOML"),
        (("reference", "--update-known-failures"), "--update-known-failures needs --known-failures FILE"),
        (("reference", "--update-known-failures", "--known-failures", "none/k.toml"), "the folder none does not exist"),
        (("reference", "--update-known-failures", "--known-failures", "mine.py"), "mine.py: not TOML"),
        (("reference", "--results", "/dev/full", *SOME), "cannot write /dev/full: No space left on device"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_a_sentence_and_status_4(said, arguments: tuple[str, ...], told: str) -> None:
    assert check(*arguments) == 4
    assert told in said()


def test_a_program_that_is_not_there_is_a_sentence(said) -> None:
    assert check("--command", "./no-such-program", *SOME) == 4
    assert "no-such-program" in said()


def test_a_program_that_ends_at_once_could_not_start(capfd: pytest.CaptureFixture[str]) -> None:
    assert check("--command", f"{sys.executable} -c ''", *SOME) == 4
    output = " ".join(capfd.readouterr().out.split())
    assert "could not start" in output.lower()
    assert "Run the command by hand" in output


# Selections


def test_shards_make_up_the_whole(capfd: pytest.CaptureFixture[str]) -> None:
    assert check("mine:Right", *SOME, "--results", "all.jsonl") == 0
    whole = {result.case for result in results(Path("all.jsonl")).results}
    parts = []
    for number in (1, 2, 3):
        assert check("mine:Right", *SOME, "--shard", f"{number}/3", "--results", f"{number}.jsonl") == 0
        parts.append([result.case for result in results(Path(f"{number}.jsonl")).results])
    assert sorted(case for part in parts for case in part) == sorted(whole)
    capfd.readouterr()
    assert main(["report", "1.jsonl", "2.jsonl", "3.jsonl", "--results", "merged.jsonl"]) == 0
    assert {result.case for result in results(Path("merged.jsonl")).results} == whole
    assert not results(Path("merged.jsonl")).partial


def test_a_shard_with_nothing_in_it_is_nothing_run() -> None:
    assert check("mine:Right", "-k", "aes128gcm/examples/section-3.1", "--shard", "2/2") == 5


def test_the_seed_changes_the_order_and_nothing_else() -> None:
    orders = []
    for number, seed in enumerate(("1", "1", "2")):
        assert check("mine:Right", *SOME, "--seed", seed, "--results", f"{number}.jsonl") == 0
        orders.append([result.case for result in results(Path(f"{number}.jsonl")).results])
    assert orders[0] == orders[1]
    assert orders[0] != orders[2]
    assert sorted(orders[0]) == sorted(orders[2])


def test_the_command_that_is_told_asks_that_case_again(capfd: pytest.CaptureFixture[str]) -> None:
    assert check("mine:TakesAnyDelimiter", "-k", "delimiter/last-bare-is-1") == 1
    (rerun, *_) = re.findall(r"Rerun: sealproof (check mine:TakesAnyDelimiter -k (\S+))", capfd.readouterr().out)
    assert main([*rerun[0].split(), "-q", "--results", "r.jsonl"]) == 1
    assert [result.case for result in results(Path("r.jsonl")).results] == [rerun[1]]


# Known failures


def test_failures_that_are_written_down_are_expected_from_then_on() -> None:
    known = ("--known-failures", "known.toml")
    assert check("mine:TakesAnyDelimiter", *SOME, *known, "--update-known-failures") == 0
    text = Path("known.toml").read_text()
    assert text.count("[[failure]]") == 1
    assert 'kind = "false-accept"' in text
    assert check("mine:TakesAnyDelimiter", *SOME, *known, "--results", "r.jsonl") == 0
    counts = results(Path("r.jsonl")).footer.counts
    assert set(counts) == {"passed", "xfailed"}
    assert check("mine:TakesAnyDelimiter", *known) == 1, "what is not listed still fails"
    assert check("mine:Right", *SOME, *known) == 0, "the entries are for the other implementation"
    Path("known.toml").write_text(text.replace("mine:TakesAnyDelimiter", "mine:*"))
    assert check("mine:Right", *SOME, *known) == 1, "what passes is no known failure"


def test_an_update_of_one_case_keeps_the_others() -> None:
    known = ("--known-failures", "known.toml", "--update-known-failures")
    check("mine:TakesAnyDelimiter", *SOME, *known)
    Path("known.toml").write_text(re.sub("reason = .*", 'reason = "ours"', Path("known.toml").read_text()))
    before = Path("known.toml").read_text()
    check("mine:TakesAnyDelimiter", "-k", "aes128gcm/delimiter/last-bare-is-1", *known)
    assert Path("known.toml").read_text() == before
    check("mine:Right", "-k", "aes128gcm/delimiter/last-bare-is-1", *known)
    assert Path("known.toml").read_text() == before


def test_a_case_that_does_not_exist_any_more_is_an_error(said) -> None:
    Path("known.toml").write_text("[[failure]]\ncases = ['aes128gcm/gone/*']\nreason = 'r'\n")
    assert check("mine:Right", *SOME, "--known-failures", "known.toml") == 4
    assert "'aes128gcm/gone/*' matches no case" in said()


# What is written


def test_every_report_is_written_though_nobody_reads_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    names = ("results", "html", "markdown", "junit", "sarif", "badge")
    options = [word for name in names for word in (f"--{name}", f"out.{name}")]
    assert check("mine:TakesAnyDelimiter", *SOME, *options) == 1
    assert all(Path(f"out.{name}").stat().st_size for name in names)
    assert capfd.readouterr().out.count("wrote out.") == len(names)
    assert json.loads(Path("out.badge").read_text())["schemaVersion"] == 1


def test_the_header_says_what_was_run() -> None:
    check("mine:Right", *SOME, "--shard", "1/2", "--seed", "7", "--results", "r.jsonl")
    header = results(Path("r.jsonl")).header
    assert (header.shard, header.seed, header.suites) == ("1/2", 7, ("aes128gcm",))
    assert header.vectors_digest


# Run


def test_a_run_is_over_several_and_lists_those_that_are_not_ready(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "-q", "reference", "mine:Right", "reference", *SOME, "--results", "r.jsonl"]) == 0
    run = results(Path("r.jsonl"))
    assert sorted(each.name for each in run.implementations) == ["mine:Right", "reference"]
    assert len(run.results) == 2 * len({result.case for result in run.results})
    folder = Path("needs")
    folder.mkdir()
    (folder / "implementation.toml").write_text(
        'name = "needs"\nkind = "subprocess"\nversion = "1"\n[[toolchain]]\ncommand = "no-such-compiler"\n'
        'install = "it from somewhere"\n[build]\nsteps = [["no-such-compiler"]]\n[run]\ncommand = ["./out"]\n'
    )
    assert main(["run", "-q", "reference", "./needs", *SOME, "--results", "r.jsonl"]) == 0
    states = {each.name: each for each in results(Path("r.jsonl")).implementations}
    assert states["needs"].state == "not-ready"
    assert "no-such-compiler" in states["needs"].reason
    assert "no-such-compiler" in capfd.readouterr().out
    assert main(["run", "-q", "./needs", *SOME]) == 5
    assert main(["check", "-q", "./needs", *SOME]) == 4


def test_two_that_have_one_name_are_not_mixed_up(said) -> None:
    for place in ("one", "two"):
        (Path(place) / "same").mkdir(parents=True)
        (Path(place) / "same" / "implementation.toml").write_text(
            'name = "same"\nkind = "subprocess"\nversion = "1"\n'
            '[run]\ncommand = ["{python}", "{serve}", "mine:Right"]\n'
        )
    assert main(["run", "-q", "./one/same", "./two/same", *SOME]) == 4
    assert "two of these are named 'same'" in said()
