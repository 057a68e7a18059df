"""The shipped files are the generator's, octet for octet, and the generator is deterministic."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli import main
from harness.vectors.generate import write
from harness.vectors.load import shipped_folder

PROGRAM = """
import hashlib
from harness.vectors.generate.write import areas, text_of
print(hashlib.sha256(b"".join(sorted(text_of(area) for area in areas()))).hexdigest())
"""


def test_the_shipped_files_are_the_generator_s(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vectors", "generate", "--check"]) == 0, capsys.readouterr().out
    assert "octet for octet" in capsys.readouterr().out


def test_another_process_with_another_hash_seed_makes_the_same_octets() -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "12345", "TZ": "Pacific/Chatham", "LC_ALL": "C"}
    made = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    folder = shipped_folder()
    whole = sorted(path.read_bytes() for path in folder.glob("*/*.json") if path.parent.name != "schemas")
    assert made.stdout.strip() == hashlib.sha256(b"".join(whole)).hexdigest()


def test_check_names_what_differs_and_writing_mends_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "AREAS", write.AREAS[:3])  # the others take their time
    made = {write.file_name(area): write.text_of(area) for area in write.areas()}
    for name, octets in made.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(octets)
    changed, missing, _ = sorted(made)
    with (tmp_path / changed).open("ab") as stream:
        stream.write(b"\n")
    (tmp_path / missing).unlink()
    (tmp_path / "aes128gcm" / "zebra.json").write_text("{}")
    folder = ["--vectors", str(tmp_path)]
    assert main(["vectors", "generate", "--check", *folder]) == 1
    told = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert told == [changed, missing, "aes128gcm/zebra.json", "3"]
    (tmp_path / "aes128gcm" / "zebra.json").unlink()
    assert main(["vectors", "generate", *folder]) == 0
    assert set(capsys.readouterr().out.splitlines()) == {f"wrote {changed}", f"wrote {missing}"}
    assert main(["vectors", "generate", "--check", *folder]) == 0
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()} == set(made)
