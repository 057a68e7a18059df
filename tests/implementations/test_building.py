"""The build copy: made once for a content, whole or not at all, whatever happens meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from harness.implementations import building
from harness.implementations.manifest import Manifest, load
from harness.implementations.readiness import Readiness, state

Maker = Callable[..., Manifest]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEALPROOF_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def make(tmp_path: Path, home: Path) -> Maker:
    """Writes an adapter `mine` whose steps are Python texts, run one after the other."""

    def make(*steps: str, timeout: float = 60, files: dict[str, str] | None = None) -> Manifest:
        folder = tmp_path / "mine"
        folder.mkdir(exist_ok=True)
        for name, text in (files or {}).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        words = [["{python}", "-c", step] for step in steps]
        (folder / "implementation.toml").write_text(
            'name = "mine"\nkind = "subprocess"\n'
            f"[build]\nsteps = {json.dumps(words)}\ntimeout = {timeout}\n"
            '[run]\ncommand = ["{python}", "adapter.py"]\n'
        )
        return load(folder)

    return make


WRITE = "import pathlib; pathlib.Path('made').write_text('whole')"


def left(home: Path) -> list[str]:
    """The copies that lie in the cache, finished or not."""
    return sorted(path.name for path in (home / "builds" / "mine").iterdir() if path.is_dir())


def test_steps_run_in_a_copy_and_the_folder_stays_as_it_is(make: Maker, home: Path) -> None:
    manifest = make(WRITE, files={"adapter.py": "", "data/x.txt": "x"})
    assert state(manifest).readiness is Readiness.NEEDS_BUILD
    seen: list[tuple[int, int]] = []
    place = building.build(manifest, progress=lambda number, count, words: seen.append((number, count)))
    assert (place / "made").read_text() == "whole"
    assert (place / "data" / "x.txt").read_text() == "x"
    assert not (manifest.folder / "made").exists()
    assert seen == [(1, 1)]
    assert state(manifest).ready
    assert building.place(manifest) == place
    assert home in place.parents


def test_nothing_is_built_twice_unless_asked(make: Maker, home: Path) -> None:
    manifest = make(WRITE)
    first = building.build(manifest)
    (first / "made").write_text("kept")
    assert building.build(manifest) == first
    assert (first / "made").read_text() == "kept"
    second = building.build(manifest, rebuild=True)
    assert (second / "made").read_text() == "whole"
    assert left(home) == [second.name]


@pytest.mark.parametrize(
    ("changed", "again"),
    [("lock", True), ("src/deep", True), ("README.md", False), ("known-failures.toml", False), ("target/x", False)],
)
def test_a_changed_file_is_another_build(changed: str, again: bool, make: Maker) -> None:
    files = dict.fromkeys(("lock", "src/deep", "README.md", "known-failures.toml", "target/x"), "1")
    manifest = make(WRITE, files=files)
    first = building.build(manifest)
    manifest = make(WRITE, files={changed: "2"})
    assert (building.place(manifest) is None) == again
    assert (building.build(manifest) != first) == again


def test_changed_steps_are_another_build_and_changed_notes_are_not(make: Maker) -> None:
    manifest = make(WRITE)
    building.build(manifest)
    file = manifest.folder / "implementation.toml"
    file.write_text('notes = "new"\n' + file.read_text())
    assert building.place(load(manifest.folder)) is not None
    assert building.place(make(WRITE + "; 1")) is None


def test_without_steps_it_runs_in_its_own_folder(make: Maker, home: Path) -> None:
    manifest = make()
    assert building.place(manifest) == manifest.folder
    assert building.build(manifest, rebuild=True) == manifest.folder
    assert not home.exists()


def test_a_step_that_fails_is_named_with_the_end_of_its_output(make: Maker, home: Path) -> None:
    manifest = make(WRITE, "print('line\\n' * 5000, 'no such crate'); raise SystemExit(3)")
    with pytest.raises(building.BuildFailed) as caught:
        building.build(manifest)
    assert "step 2 of 2" in caught.value.reason
    assert "exit status 3" in caught.value.reason
    assert caught.value.tail.splitlines()[-1].strip() == "no such crate"
    assert len(caught.value.tail.splitlines()) < 30
    assert caught.value.log is not None
    assert caught.value.log.read_text().count("line") > 4999
    assert left(home) == []
    failed = state(manifest)
    assert failed.readiness is Readiness.FAILED
    assert "exit status 3" in failed.reason
    # Mended, it is a build like any other.
    assert state(make(WRITE)).readiness is Readiness.NEEDS_BUILD


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("import time; time.sleep(60)", "took too long"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "ended by SIGKILL"),
    ],
)
def test_a_step_that_hangs_or_dies(step: str, said: str, make: Maker, home: Path) -> None:
    manifest = make(step, timeout=2)
    with pytest.raises(building.BuildFailed, match=said):
        building.build(manifest)
    assert left(home) == []


def test_a_step_whose_program_is_missing(make: Maker) -> None:
    manifest = make(WRITE)
    file = manifest.folder / "implementation.toml"
    file.write_text(file.read_text().replace('"{python}", "-c"', '"no-such-tool"', 1))
    with pytest.raises(building.BuildFailed, match="needs no-such-tool, which was not found"):
        building.build(load(manifest.folder))


def test_no_process_of_a_step_outlives_it(make: Maker, tmp_path: Path) -> None:
    beats = tmp_path / "beats"
    child = f"import time\nwhile True: open({str(beats)!r}, 'a').write('x'); time.sleep(0.02)"
    building.build(
        make(f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {child!r}]); time.sleep(1)")
    )
    assert beats.exists()
    size = beats.stat().st_size
    time.sleep(0.3)
    assert beats.stat().st_size == size


def test_the_harness_s_python_settings_do_not_reach_a_step(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/ours")
    monkeypatch.setenv("VIRTUAL_ENV", "/ours")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    place = building.build(make("import json, os; json.dump(dict(os.environ), open('seen', 'w'))"))
    seen = json.loads((place / "seen").read_text())
    assert "PYTHONPATH" not in seen
    assert "VIRTUAL_ENV" not in seen
    assert seen["HTTPS_PROXY"] == "http://proxy.example"
    assert seen["PATH"] == os.environ["PATH"]


def test_two_that_want_the_same_build_do_it_once(make: Maker, tmp_path: Path) -> None:
    count = tmp_path / "count"
    manifest = make(f"import time; open({str(count)!r}, 'a').write('x'); time.sleep(0.5)")
    places: list[Path] = []
    threads = [threading.Thread(target=lambda: places.append(building.build(manifest))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count.read_text() == "x"
    assert len(set(places)) == 1
    assert len(places) == 4


BUILD = """
import sys
from pathlib import Path
from harness.implementations import building, manifest
building.build(manifest.load(Path(sys.argv[1])))
"""


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_build_leaves_nothing_half_ready(
    way: signal.Signals, make: Maker, home: Path, tmp_path: Path
) -> None:
    begun, pid = tmp_path / "begun", tmp_path / "pid"
    slow = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); open({str(begun)!r}, 'w'); "
    # Slow the first time only: what is interrupted must be possible afterwards.
    manifest = make(f"import os; first = not os.path.exists({str(begun)!r})\n{slow}time.sleep(30 * first)\n{WRITE}")
    process = subprocess.Popen([sys.executable, "-c", BUILD, str(manifest.folder)], stderr=subprocess.DEVNULL)
    end = time.monotonic() + 30
    while not begun.exists() and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(way)
    process.wait(30)
    assert building.place(manifest) is None
    step = int(pid.read_text())
    while alive(step) and time.monotonic() < end:
        time.sleep(0.02)
    assert not alive(step)
    assert (building.build(manifest) / "made").read_text() == "whole"
    assert len(left(home)) == 1


def test_only_the_builds_used_last_are_kept(make: Maker, home: Path) -> None:
    for number in range(8):
        manifest = make(WRITE, files={"lock": str(number)})
        building.build(manifest)
    assert len(left(home)) <= 5
    assert state(manifest).ready


def test_a_copy_that_somebody_removed_is_built_again(make: Maker) -> None:
    manifest = make(WRITE)
    shutil.rmtree(building.build(manifest))
    assert state(manifest).readiness is Readiness.NEEDS_BUILD
    assert (building.build(manifest) / "made").exists()


def test_a_folder_that_is_no_adapter_is_not_copied(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "_MOST_FILES", 10)
    manifest = make(WRITE, files={f"{number}.txt": "" for number in range(20)})
    with pytest.raises(building.BuildFailed, match="give it a folder of its own"):
        building.build(manifest)
    assert state(manifest).readiness is Readiness.FAILED


def test_a_cache_that_cannot_be_written(make: Maker, home: Path) -> None:
    home.write_text("a file where the folder should be")
    with pytest.raises(building.BuildFailed, match="cannot be written"):
        building.build(make(WRITE))
