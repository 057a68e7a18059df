"""`sealproof vectors list|show|lint|quorum`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli import main
from harness.vectors.load import load, shipped_folder


def test_list_shows_ids_results_and_areas(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vectors", "list"]) == 0
    assert capsys.readouterr().out.splitlines() == [vector.id for vector in load()]
    assert main(["vectors", "list", "-l", "examples"]) == 0
    first = capsys.readouterr().out.splitlines()[0].split("\t")
    assert first[:2] == ["aes128gcm/examples/section-3.1", "valid"]
    assert main(["vectors", "list", "--areas"]) == 0
    counted = {line.split()[1]: int(line.split()[0]) for line in capsys.readouterr().out.splitlines()}
    assert sum(counted.values()) == len(load())
    assert "aes128gcm/delimiter" in counted


def test_show_prints_cases_as_they_stand_in_their_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vectors", "show", "aes128gcm/examples/section-3.1"]) == 0
    shown = json.loads(capsys.readouterr().out)
    file = json.loads((shipped_folder() / "aes128gcm" / "examples.json").read_text())
    assert shown in file["testGroups"][0]["tests"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The examples alone, without a quorum."""
    (tmp_path / "schemas").symlink_to(shipped_folder() / "schemas")
    (tmp_path / "aes128gcm").mkdir()
    examples = (shipped_folder() / "aes128gcm" / "examples.json").read_bytes()
    (tmp_path / "aes128gcm" / "examples.json").write_bytes(examples)
    return tmp_path


def test_quorum_is_written_from_results_and_keeps_its_reasons(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(__file__).parent)
    results = tmp_path / "r.jsonl"
    vectors = ("--vectors", str(folder))
    assert main(["run", "-q", "reference", "mine:OnlyEncrypts", *vectors, "--results", str(results)]) == 0
    assert main(["vectors", "quorum", str(results), *vectors]) == 1, "the reference does not count"
    assert "nobody agrees; write the reason" in capsys.readouterr().out
    path = folder / "quorum.json"
    quorum = json.loads(path.read_text())
    assert set(quorum["reasons"].values()) == {""}
    quorum["reasons"] = dict.fromkeys(quorum["reasons"], "the RFC prints it [1, 2]")
    path.write_text(json.dumps(quorum))
    assert main(["vectors", "quorum", str(results), *vectors]) == 0
    assert set(json.loads(path.read_text())["reasons"].values()) == {"the RFC prints it [1, 2]"}
    assert main(["run", "-q", "mine:Right", *vectors, "--results", str(results)]) == 0
    assert main(["vectors", "quorum", str(results), *vectors]) == 0
    quorum = json.loads(path.read_text())
    assert quorum["reasons"] == {}
    assert len(quorum["agree"]) == 4
    assert quorum["implementations"][0].startswith("mine:Right ")


def test_lint_says_what_is_wrong_and_how_much(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vectors", "lint", "--vectors", str(folder)]) == 1
    out, err = capsys.readouterr()
    assert "quorum.json: missing" in out
    assert "rfc8188/2/padding: no case tests this requirement" in out
    assert err.endswith("problem(s) in 4 cases\n")


@pytest.mark.parametrize("content", ["", "[]", '{"implementations": 5}', '{"more": 1}'])
def test_a_quorum_that_is_none_is_a_sentence(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], content: str
) -> None:
    results = tmp_path / "r.jsonl"
    assert main(["run", "-q", "reference", "--vectors", str(folder), "--results", str(results)]) == 0
    capfd.readouterr()
    (folder / "quorum.json").write_text(content)
    assert main(["vectors", "quorum", str(results), "--vectors", str(folder)]) == 4
    err = capfd.readouterr().err
    assert err.startswith("sealproof: ")
    assert "quorum.json" in err
    assert err.count("\n") == 1
