"""A run that is stopped: Ctrl-C, and a kill that nobody can catch."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.cli import main
from harness.conformance.results import BadResults, read_run

HERE = Path(__file__).parent


def begin(results: Path, *arguments: str) -> subprocess.Popen[str]:
    """A run that takes minutes, of which some results have come."""
    process = subprocess.Popen(
        [sys.executable, "-m", "harness.cli", *(arguments or ("check", "mine:Slow")), "-q", "--results", str(results)],
        cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if any(result.outcome != "not-asked" for result in read_run(results).results):
                return process
        except (BadResults, OSError):
            pass
        time.sleep(0.05)
    process.kill()
    raise AssertionError(f"no results came: {process.communicate()}")


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    "arguments", [("check", "mine:Slow"), ("run", "mine:Slow", "mine:Right", "--jobs", "2")], ids=" ".join
)
def test_ctrl_c_leaves_a_readable_file_that_is_marked_partial(
    tmp_path: Path, arguments: tuple[str, ...], way: signal.Signals, capfd: pytest.CaptureFixture[str]
) -> None:
    results, junit = tmp_path / "r.jsonl", tmp_path / "r.xml"
    process = begin(results, *arguments, "--junit", str(junit))
    process.send_signal(way)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 2, err
    assert "Traceback" not in err
    assert "interrupted" in out
    run = read_run(results)
    assert run.partial
    assert run.footer is not None
    assert run.footer.interrupted
    assert run.footer.exit_status == 2
    assert run.footer.results == len(run.results) > 0
    assert junit.stat().st_size
    assert main(["report", str(results), "--badge", str(tmp_path / "badge.json")]) == 0
    assert "Partial results" in capfd.readouterr().err


def test_ctrl_c_does_not_rewrite_the_list_of_known_failures(tmp_path: Path) -> None:
    known = tmp_path / "known.toml"
    known.write_text("# as it was\n")
    words = ("check", "mine:Slow", "--known-failures", str(known), "--update-known-failures")
    process = begin(tmp_path / "r.jsonl", *words)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 2
    assert known.read_text() == "# as it was\n"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL here")
def test_a_killed_run_leaves_a_file_without_a_footer_that_report_calls_partial(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    results = tmp_path / "r.jsonl"
    process = begin(results)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    run = read_run(results)
    assert run.footer is None
    assert run.partial
    assert run.results
    assert main(["report", str(results)]) == 0
    assert "partial" in capfd.readouterr().out.lower()
