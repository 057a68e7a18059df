"""A child process under watch: its pipes, its limits, and the end of it and of everything that it started.

POSIX only. Each child leads a session of its own, so that Ctrl-C reaches the harness alone, and bears a mark
in its environment, by which its descendants are found also where they have left the session.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import fcntl
import itertools
import os
import secrets
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from harness.implementations.connection import CannotStart, Limits
from harness.implementations.watcher import VARIABLE

_PIPE_OCTETS = 1 << 20
_READ_OCTETS = 1 << 18
_numbers = itertools.count(1)


class _Watcher:
    """The process that cleans up after this one; started with the first child, one for the whole run."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.mark = secrets.token_hex(12)
        self._process: subprocess.Popen[bytes] | None = None

    def ensure(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        # Without site-packages it starts quicker, but where there is no /proc it needs psutil.
        flags = ["-I", "-S"] if Path("/proc/self/environ").exists() else ["-I"]
        self._process = subprocess.Popen(
            [sys.executable, *flags, str(Path(__file__).with_name("watcher.py")), f"{self.mark}."],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            bufsize=0,
        )
        assert self._process.stdin is not None
        os.set_blocking(self._process.stdin.fileno(), False)
        atexit.register(self.release)

    def tell(self, line: str) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.write(line.encode())

    def release(self) -> None:
        """Let it do its work. It is not waited for: it ends by itself a moment later."""
        if self._process is not None and self._process.stdin is not None and os.getpid() == self.owner:
            self._process.stdin.close()
            self._process.returncode = 0


_watcher = _Watcher()


def _watch() -> _Watcher:
    global _watcher  # noqa: PLW0603  (one a process: a fork of the harness needs its own)
    if _watcher.owner != os.getpid():
        _watcher = _Watcher()
    _watcher.ensure()
    return _watcher


def run_mark() -> str:
    """What the environment variable `SEALPROOF_RUN` of every process started by this one contains."""
    return f"{_watch().mark}."


class Child:
    """A started command with non-blocking pipes. `CannotStart` names what is missing."""

    def __init__(
        self,
        command: Sequence[str | bytes],
        *,
        cwd: str | os.PathLike[str] | None = None,
        env: Mapping[str, str] | None = None,
        limits: Limits,
    ) -> None:
        self._limits = limits
        self._keeper = _watch()
        self._mark = f"{self._keeper.mark}.{next(_numbers)}/"
        environment = dict(os.environ if env is None else env)
        # Added to an outer run's mark, so that a harness under test takes its own children along.
        environment[VARIABLE] = os.environ.get(VARIABLE, "") + self._mark
        self._tail = bytearray()
        self._kin: dict[int, psutil.Process] = {}
        # What ran before it was started is none of its family, and need not be looked at ever.
        self._strangers: set[int] = set(psutil.pids())
        self.process = _start(command, cwd, environment)
        self.pid = self.process.pid
        self._keeper.tell(f"+{self.pid}\n")
        self.stdin, self.stdout, self.stderr = (
            stream.fileno()
            for stream in (self.process.stdin, self.process.stdout, self.process.stderr)
            if stream is not None
        )
        for descriptor in (self.stdin, self.stdout, self.stderr):
            os.set_blocking(descriptor, False)
        _widen(self.stdin)
        _widen(self.stdout)

    def read(self) -> bytes | None:
        """What there is on standard output: b"" at its end, None where nothing has come."""
        try:
            return os.read(self.stdout, _READ_OCTETS)
        except BlockingIOError:
            return None
        except OSError:
            return b""

    def write(self, octets: memoryview | bytes) -> int | None:
        """How many octets standard input took; None where it is closed at the other end."""
        try:
            return os.write(self.stdin, octets)
        except BlockingIOError:
            return 0
        except OSError:
            return None

    def drain_stderr(self) -> bool | None:
        """Read standard error once, keep its tail: False at its end, None where nothing has come."""
        try:
            piece = os.read(self.stderr, _READ_OCTETS)
        except BlockingIOError:
            return None
        except OSError:
            return False
        self._tail += piece
        if len(self._tail) > 2 * self._limits.stderr_octets:
            del self._tail[: -self._limits.stderr_octets]
        return bool(piece)

    def last_words(self) -> str:
        """The end of what was written to standard error so far."""
        for _ in range(64):  # more than a pipe holds; one that still floods is not waited for
            if not self.drain_stderr():
                break
        return bytes(self._tail[-self._limits.stderr_octets :]).decode("utf-8", "replace").strip()

    def has_exited(self) -> bool:
        """True once the command itself has ended."""
        return self.exit_status() is not None

    def exit_status(self) -> int | None:
        """The status with which it has ended, negative for a signal. It stays unreaped where the system can look
        without reaping, so that its number means nobody else."""
        if self.process.returncode is not None or not hasattr(os, "waitid"):
            return self.process.poll()
        info = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if info is None:
            return None
        return info.si_status if info.si_code == os.CLD_EXITED else -info.si_status

    def overrun(self) -> str:
        """Which limit on memory or processes is passed, as a sentence; nothing where none is.

        Memory is the resident size of all its processes; pages that they share count for each.
        """
        self._find_kin()
        resident = 0
        for pid, process in list(self._kin.items()):
            try:
                resident += process.memory_info().rss
            except psutil.Error:
                del self._kin[pid]
        if resident > self._limits.memory_mib << 20:
            return f"memory: {resident >> 20} MiB in use, more than the {self._limits.memory_mib} MiB allowed"
        if len(self._kin) > self._limits.processes:
            return f"processes: {len(self._kin)} running, more than the {self._limits.processes} allowed"
        return ""

    def kill(self) -> str:
        """End it and all its descendants at once; the sentence says how it ended of itself, if it had."""
        ended = self.has_exited()
        self._kill_tree()
        self.last_words()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self.stdin = self.stdout = self.stderr = -1
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=2)
        self._keeper.tell(f"-{self.pid}\n")
        return describe_end(self.process.returncode) if ended else ""

    def close_stdin(self) -> None:
        """Tell it that no request will follow."""
        if self.process.stdin is not None:
            with contextlib.suppress(OSError):
                self.process.stdin.close()
            self.stdin = -1  # the number may be another file's from now on

    def wait_exit(self, deadline: float) -> bool:
        """Wait for its end until `deadline` (monotonic seconds), reading what it still writes."""
        pause = 0.0005
        while not self.has_exited():
            if time.monotonic() > deadline:
                return False
            self.read()
            self.drain_stderr()
            time.sleep(pause)
            pause = min(pause * 2, 0.02)
        return True

    def leave(self, selector: selectors.BaseSelector) -> None:
        """Take its pipes out of a selector."""
        for descriptor in (self.stdin, self.stdout, self.stderr):
            if descriptor >= 0 and descriptor in selector.get_map():
                selector.unregister(descriptor)

    def _find_kin(self) -> None:
        """Know the processes that have come since the last look; those of others are looked at once only."""
        alive = set(psutil.pids())
        self._strangers &= alive
        for pid in self._kin.keys() - alive:
            del self._kin[pid]
        for pid in sorted(alive - self._strangers - self._kin.keys()):
            if self._is_kin(pid):
                with contextlib.suppress(psutil.Error):
                    self._kin[pid] = psutil.Process(pid)
            else:
                self._strangers.add(pid)

    def _is_kin(self, pid: int) -> bool:
        try:
            if pid == self.pid or os.getsid(pid) == self.pid:
                return True
            process = psutil.Process(pid)
            return process.ppid() in self._kin or self._mark in process.environ().get(VARIABLE, "")
        except (psutil.Error, OSError):
            return False

    def _kill_tree(self) -> None:
        """Kill until none is found: a process may start another while its siblings are looked for."""
        deadline = time.monotonic() + 3
        while True:
            with contextlib.suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)
            self._find_kin()
            running = [pid for pid, process in self._kin.items() if _is_running(process)]
            if not running or time.monotonic() > deadline:
                return
            for pid in running:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.001)


def _is_running(process: psutil.Process) -> bool:
    try:
        return process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except psutil.Error:
        return False


def _widen(descriptor: int) -> None:
    operation = getattr(fcntl, "F_SETPIPE_SZ", None)
    if operation is not None:
        with contextlib.suppress(OSError):  # a user may only have so much in wide pipes
            fcntl.fcntl(descriptor, operation, _PIPE_OCTETS)


def _start(
    command: Sequence[str | bytes], cwd: str | os.PathLike[str] | None, env: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    if not command:
        raise CannotStart("the command is empty", advice="Name a program.")
    if cwd is not None and not Path(cwd).is_dir():
        raise CannotStart(f"the folder {os.fspath(cwd)} to run it in does not exist")
    program = os.fsdecode(command[0])
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env=env,
            bufsize=0,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise _cannot_start(program, error) from error


def _cannot_start(program: str, error: OSError | ValueError) -> CannotStart:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.ENOENT:
        where = "" if os.sep in program else " on PATH"
        return CannotStart(f"the program {program} was not found{where}", advice="Install it, or correct the command.")
    if number == errno.EACCES:
        return CannotStart(
            f"{program} is not executable", advice=f"chmod +x {program}, or name the interpreter that runs it."
        )
    if number == errno.ENOEXEC:
        return CannotStart(f"{program} has no form that can be executed", advice="Name the interpreter that runs it.")
    return CannotStart(f"{program} could not be started: {getattr(error, 'strerror', None) or error}")


def describe_end(status: int | None) -> str:
    """An exit status as `subprocess` gives it, as a sentence."""
    if status is None:
        return "it did not end"
    if status >= 0:
        return f"it exited with status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = "unknown"
    return f"it was killed by signal {-status} ({name})"
