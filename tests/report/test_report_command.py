"""`sealproof report`, and files written whole or not at all."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

import pytest
import synthetic

from harness.cli import report
from harness.conformance.results import read_run
from harness.report.write import CannotWrite, write_reports, write_whole


def call(*arguments: str | Path) -> int:
    parser = argparse.ArgumentParser()
    report.add_arguments(parser)
    return report.run(parser.parse_args([str(argument) for argument in arguments]))


def test_without_an_output_the_summary_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = synthetic.write(synthetic.run(), tmp_path / "r.jsonl")
    assert call(path) == 0
    out = capsys.readouterr().out
    assert "7 implementations" in out
    assert "Exit status 1" in out


def test_every_format_is_written_and_merged_results_read_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = synthetic.run()
    halves = [
        synthetic.write(
            synthetic.made_of(whole.implementations, whole.results[number::2], shard=f"{number + 1}/2"),
            tmp_path / f"{number}.jsonl",
        )
        for number in range(2)
    ]
    names = {name: tmp_path / f"out.{name}" for name in ("html", "markdown", "junit", "sarif", "badge", "results")}
    options = [part for name, path in names.items() for part in (f"--{name}", path)]
    assert call(*halves, *options) == 0
    assert all(path.stat().st_size for path in names.values())
    assert len(read_run(names["results"]).results) == len(whole.results)
    assert capsys.readouterr().out.count("wrote ") == 6
    assert sorted(tmp_path.iterdir()) == sorted([*halves, *names.values()]), "no file is left beside them"


def test_a_partial_file_is_said_to_be_partial(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = synthetic.write(synthetic.run(finished=False), tmp_path / "r.jsonl")
    assert call(path, "--badge", tmp_path / "badge.json") == 0
    assert "Partial results" in capsys.readouterr().err
    assert "(partial)" in json.loads((tmp_path / "badge.json").read_text())["message"]


def test_a_file_cut_within_its_last_line_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = synthetic.write(synthetic.run(), tmp_path / "r.jsonl")
    path.write_bytes(path.read_bytes()[:-700])
    assert call(path) == 0
    assert "Partial results" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not a results header"),
        (b"{}\n", "line 1"),
        (b"\xff\xfe\n", "line 1"),
        (b"[" * 100_000 + b"\n", "line 1"),
        (b'{"type":"footer","finished":"","results":1,"seconds":1,"exit_status":0,"counts":{}}\n', "results header"),
        (
            b'{"type":"header","format":99,"sealproof":"","started":"","suites":[],"cases":0,"vectors_digest":""}\n',
            "format 99",
        ),
    ],
)
def test_a_malformed_file_is_a_sentence_and_status_4(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, sentence: str
) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(content)
    assert call(path) == 4
    error = capsys.readouterr().err
    assert sentence in error
    assert str(path) in error


def test_a_missing_file_is_a_sentence_and_status_4(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(tmp_path / "none.jsonl") == 4
    assert f"cannot read {tmp_path / 'none.jsonl'}: No such file or directory" in capsys.readouterr().err


def test_results_of_different_vectors_are_a_sentence_and_status_4(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = synthetic.write(synthetic.run(), tmp_path / "a.jsonl")
    second = tmp_path / "b.jsonl"
    second.write_bytes(first.read_bytes().replace(b"0123456789abcdef", b"fedcba9876543210"))
    assert call(first, second) == 4
    assert "b.jsonl was run with other vectors" in capsys.readouterr().err


def test_a_missing_folder_is_said_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = synthetic.write(synthetic.run(), tmp_path / "r.jsonl")
    assert call(path, "--badge", tmp_path / "b.json", "--html", tmp_path / "none" / "x.html") == 4
    assert "none does not exist; make it first" in capsys.readouterr().err
    assert not (tmp_path / "b.json").exists()


def test_a_folder_is_no_place_for_a_file(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="it is a folder"):
        write_reports(synthetic.run(), {}, {}, badge=tmp_path)


def test_an_old_report_survives_a_write_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report"
    path.write_text("old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(CannotWrite, match="No space left on device"):
        write_whole(path, b"new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_followed_rather_than_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_whole(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_what_is_no_regular_file_is_written_into(capfd: pytest.CaptureFixture[str]) -> None:
    if not Path("/dev/stdout").exists():
        pytest.skip("no /dev/stdout here")
    write_whole(Path("/dev/stdout"), b"through")
    assert capfd.readouterr().out == "through"
