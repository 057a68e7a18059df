"""Whatever an implementation starts, and however the harness ends, no process is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from asking import MINIATURES, Open, bearing, command, decrypt, gone

from harness.implementations.connection import Limits
from harness.implementations.outcome import Status
from harness.implementations.process import ProcessConnection
from harness.implementations.supervision import run_mark

DRIVER = """
import sys
from harness.implementations.connection import Request
from harness.implementations.process import ProcessConnection
from harness.implementations.supervision import run_mark
connections = [ProcessConnection([sys.executable, *words.split("|")]) for words in sys.argv[2:]]
print(run_mark(), flush=True)
if sys.argv[1] == "busy":
    for _ in connections[0].exchange(Request("aes128gcm.decrypt", {"ikm": b"", "message": b"m"}) for _ in iter(int, 1)):
        pass
elif sys.argv[1] == "hanging":
    connections[0].ask(Request("aes128gcm.decrypt", {"ikm": b"", "message": b""}))
elif sys.argv[1] == "leaving":
    sys.exit(0)
"""


@pytest.mark.parametrize("name", ["daemonises", "ignores_sigterm", "accepts_everything"])
def test_closing_ends_all_of_it(start: Open, name: str) -> None:
    connection = start(name)
    assert connection.ask(decrypt(b"m")).status is Status.ACCEPTED
    assert bearing(run_mark())
    connection.close()
    assert not bearing(run_mark())


def test_children_that_hold_the_pipes_do_not_hold_us(start: Open) -> None:
    connection = start("forks_children", "2", limits=Limits(seconds=5))
    outcome = connection.ask(decrypt(b""))
    assert (outcome.status, outcome.detail) == (Status.CRASHED, "it exited with status 4")
    assert connection.ask(decrypt(b"m")).status is Status.ACCEPTED
    connection.close()
    assert not bearing(run_mark())


@pytest.mark.parametrize("doing", ["idle", "busy", "hanging", "leaving"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_outlives_the_harness(doing: str, how: signal.Signals) -> None:
    names = ("hangs_on_marker.py", "daemonises.py", "ignores_sigterm.py", "forks_children.py|2")
    script = DRIVER if doing != "idle" else DRIVER + "\nimport time\ntime.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-c", script, doing, *(str(MINIATURES / name) for name in names)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent.parent,
    ) as driver:
        assert driver.stdout is not None
        mark = driver.stdout.readline().strip()
        assert mark
        if doing != "leaving":
            time.sleep(0.1)
            assert len(bearing(mark)) >= 6
            driver.send_signal(how)
        driver.wait(timeout=10)
    assert gone(mark) == []


def test_a_harness_killed_while_it_starts_one_leaves_nothing() -> None:
    for delay in (0.0, 0.02, 0.05, 0.1, 0.15):
        script = "from harness.implementations.supervision import run_mark; print(run_mark(), flush=True)\n" + DRIVER
        with subprocess.Popen(
            [sys.executable, "-c", script, "idle", *[str(MINIATURES / "daemonises.py")] * 4],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parent.parent.parent,
        ) as driver:
            assert driver.stdout is not None
            mark = driver.stdout.readline().strip()
            time.sleep(delay)
            driver.kill()
        assert gone(mark) == []


def test_an_interrupt_ends_an_exchange_and_is_not_passed_on(start: Open) -> None:
    connection = start("hangs_on_marker")
    parent = os.getpid()
    killer = subprocess.Popen([sys.executable, "-c", f"import os,time; time.sleep(.3); os.kill({parent}, 2)"])
    with pytest.raises(KeyboardInterrupt):
        connection.ask(decrypt(b"", seconds=60))
    killer.wait()
    assert connection.ask(decrypt(b"m")).status is Status.ACCEPTED
    connection.close()
    assert not bearing(run_mark())


def test_file_descriptors_do_not_leak() -> None:
    def count() -> int:
        return len(os.listdir("/dev/fd"))

    ProcessConnection(command("accepts_everything")).close()  # the watcher's pipe stays open
    before = count()
    for _ in range(3):
        with ProcessConnection(command("crashes_on_empty")) as connection:
            list(connection.exchange([decrypt(b""), decrypt(b"m")] * 4))
    assert count() == before
