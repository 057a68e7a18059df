"""Asks a plain command line: one process a request, as an `implementation.toml` describes it."""

from __future__ import annotations

import errno
import os
import re
import selectors
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.implementations.casefiles import CaseFiles
from harness.implementations.commandspec import (
    CommandSpec,
    StagePattern,
    Template,
    octets_of,
    outputs,
    problems,
    read_result,
    render,
    template,
)
from harness.implementations.connection import CannotStart, Connection, Limits, Request
from harness.implementations.outcome import Outcome, Status
from harness.implementations.protocol import Description
from harness.implementations.supervision import Child, describe_end

__all__ = ["CommandLineConnection", "CommandSpec", "StagePattern"]

_TICK = 0.05  # seconds between two looks at the limits


class CommandLineConnection(Connection):
    """An implementation that is a program with arguments, run anew for each request.

    `description` is what `describe` would have answered, `commands` a command line for each of its methods. They
    run without a shell in `cwd` with the environment `env`, at most `workers` at once, each with all `limits`
    (`seconds` from its start to its end). `{python}` and `{venv}` in a command are this interpreter and `.venv` in
    `cwd`. `stages` maps the tool's own words for a stage to the vocabulary. Results that are octets are `bytes`.
    """

    costly = True

    def __init__(
        self,
        description: Description,
        commands: Mapping[str, CommandSpec],
        *,
        cwd: str | os.PathLike[str] | None = None,
        env: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        stages: Mapping[str, str] | None = None,
        workers: int = 1,
    ) -> None:
        self.description = description
        self.remarks: list[str] = []
        self._cwd = cwd
        self._env = env
        self._limits = limits or Limits()
        self._stages = dict(stages or {})
        self._room = max(1, workers)
        self._running: list[_Case] = []
        words = {"python": sys.executable, "venv": str(Path(cwd or ".").absolute() / ".venv")}
        self._plans: dict[str, _Plan] = {}
        for name, claim in description.methods.items():
            if name not in commands:
                raise CannotStart(f"there is no command for {name}", advice=f'Add a table [command."{name}"].')
            spec = _settle(commands[name], words)
            for problem in problems(name, spec, claim):
                raise CannotStart(f'[command."{name}"] {problem}')
            self._plans[name] = _Plan(spec, _program(spec.arguments[0], cwd, env))
        self._selector = selectors.DefaultSelector()

    def exchange(self, requests: Iterable[Request]) -> Iterator[tuple[int, Outcome]]:
        """Ask each in a process of its own, several at once."""
        items = enumerate(requests)
        item = next(items, None)
        try:
            while item is not None or self._running:
                while item is not None and len(self._running) < self._room:
                    done = self._begin(*item)
                    if done is not None:
                        yield item[0], done
                    item = next(items, None)
                for case in self._wait():
                    assert case.outcome is not None
                    yield case.position, case.outcome
        finally:
            self._abandon()

    def restart(self) -> None:
        """Nothing to do: every request has a process of its own."""

    def close(self) -> None:
        """End what is running."""
        self._abandon()
        self._selector.close()

    def _begin(self, position: int, request: Request) -> Outcome | None:
        plan = self._plans.get(request.method)
        if plan is None:
            return Outcome(status=Status.UNSUPPORTED, detail="method not found")
        files = CaseFiles()
        try:
            arguments, stdin = plan.fill(request.values(), files)
            child = Child(arguments, cwd=self._cwd, env=self._env, limits=self._limits)
        except ValueError as error:
            files.remove()
            return Outcome(status=Status.UNSUPPORTED, detail=str(error))
        except CannotStart as problem:
            files.remove()
            return _not_started(problem)
        except BaseException:
            files.remove()
            raise
        self._running.append(_Case(position, plan, child, files, stdin, self, request.seconds))
        return None

    def _wait(self) -> list[_Case]:
        for key, _ in self._selector.select(_TICK):
            key.data()
        now = time.monotonic()
        for case in self._running:
            if case.outcome is None and now >= case.look_at:
                case.look(now)
        done = [case for case in self._running if case.outcome is not None]
        self._running = [case for case in self._running if case.outcome is None]
        return done

    def _abandon(self) -> None:
        for case in self._running:
            case.end()
        self._running.clear()


class _Plan:
    """A command line with its templates taken apart."""

    def __init__(self, spec: CommandSpec, program: str) -> None:
        self.spec = spec
        self.stage = re.compile(spec.stage.pattern) if spec.stage else None
        self._outputs = set(outputs(spec).values())
        self._arguments: list[Template] = [template(word) for word in (program, *spec.arguments[1:])]
        self._when = {name: [template(word) for word in words] for name, words in spec.when.items()}
        self._stdin = template(spec.stdin)

    def fill(self, values: Mapping[str, Any], files: CaseFiles) -> tuple[list[bytes], bytes]:
        """The arguments and standard input; ValueError where they cannot carry the values."""

        def path(name: str) -> str:
            return files.expect(name) if name in self._outputs else files.put(name, octets_of(values[name]))

        templates = list(self._arguments)
        for name in values:
            templates += self._when.get(name, ())
        arguments = [render(pieces, values, path) for pieces in templates]
        if any(b"\0" in argument for argument in arguments):
            raise ValueError("a zero octet cannot be passed in an argument of a command line")
        return arguments, render(self._stdin, values, path)


class _Case:
    """One request's process."""

    def __init__(
        self,
        position: int,
        plan: _Plan,
        child: Child,
        files: CaseFiles,
        stdin: bytes,
        owner: CommandLineConnection,
        seconds: float,
    ) -> None:
        self.position = position
        self.outcome: Outcome | None = None
        self._plan = plan
        self._child = child
        self._files = files
        self._limits = owner._limits
        self._seconds = max(seconds, owner._limits.seconds)
        self._stages = owner._stages
        self._selector = owner._selector
        self._stdin = memoryview(stdin)
        self._pieces: list[bytes] = []
        self._size = 0
        self._began = time.monotonic()
        self.look_at = self._began + _TICK
        self._selector.register(child.stdout, selectors.EVENT_READ, self._on_stdout)
        self._selector.register(child.stderr, selectors.EVENT_READ, self._on_stderr)
        self._selector.register(child.stdin, selectors.EVENT_WRITE, self._on_stdin)

    def look(self, now: float) -> None:
        """Check the limits, and whether it has ended."""
        self.look_at = now + _TICK
        if self._child.has_exited():  # though a process that it left behind may hold its output open
            self._exited()
        elif now - self._began > self._seconds:
            self._close(Status.TIMED_OUT, f"it did not end within {self._seconds:g} s")
        elif overrun := self._child.overrun():
            self._close(Status.RESOURCE, overrun)
        elif self._files.written() > self._limits.answer_octets:
            self._close(Status.RESOURCE, f"output: a file of more than {self._limits.answer_octets:,} octets")

    def end(self) -> str:
        """Kill it, remove its files; the sentence says how it had ended."""
        self._child.leave(self._selector)
        try:
            return self._child.kill()
        finally:
            self._files.remove()

    def _on_stdin(self) -> None:
        if self.outcome is not None:
            return
        taken = self._child.write(self._stdin) if self._stdin else 0
        self._stdin = self._stdin[taken:] if taken is not None else memoryview(b"")  # it may leave its input unread
        if not self._stdin:
            self._selector.unregister(self._child.stdin)
            self._child.close_stdin()

    def _on_stderr(self) -> None:
        if self.outcome is None and self._child.drain_stderr() is False:
            self._selector.unregister(self._child.stderr)

    def _on_stdout(self) -> None:
        if self.outcome is not None:
            return
        piece = self._child.read()
        if piece:
            self._pieces.append(piece)
            self._size += len(piece)
            if self._size > self._limits.answer_octets:
                self._close(Status.RESOURCE, f"output: more than {self._limits.answer_octets:,} octets")
        elif piece is not None:
            self._selector.unregister(self._child.stdout)
            if self._child.wait_exit(time.monotonic() + _TICK / 2):
                self._exited()

    def _exited(self) -> None:
        while self.outcome is None and (piece := self._child.read()):
            self._pieces.append(piece)
            self._size += len(piece)
            if self._size > self._limits.answer_octets:
                self._close(Status.RESOURCE, f"output: more than {self._limits.answer_octets:,} octets")
        if self.outcome is None:
            self._judge_end()

    def _judge_end(self) -> None:
        ms = (time.monotonic() - self._began) * 1e3
        status = self._child.exit_status()
        spec = self._plan.spec
        words = self._child.last_words()
        if status == 0:
            self.outcome = self._accepted(ms)
            self.end()
        elif status in (*spec.rejected, *spec.unsupported):
            match = self._plan.stage.search(words) if self._plan.stage else None
            native = (match[1] or "")[:200] if match else ""
            self.end()
            self.outcome = Outcome(
                status=Status.REJECTED if status in spec.rejected else Status.UNSUPPORTED,
                stage=self._stages.get(native, ""),
                stage_native=native,
                message=words[-1000:],
                ms=ms,
            )
        else:
            self._close(Status.CRASHED, describe_end(status))

    def _accepted(self, ms: float) -> Outcome:
        try:
            files = self._files.read(self._limits.answer_octets)
            stdout = b"".join(self._pieces)
            result: dict[str, Any] = {
                field: read_result(field, place, stdout, files) for field, place in self._plan.spec.result.items()
            }
        except ValueError as error:
            return Outcome(status=Status.PROTOCOL_ERROR, detail=str(error), stderr=self._child.last_words(), ms=ms)
        return Outcome(status=Status.ACCEPTED, result=result, ms=ms)

    def _close(self, status: Status, detail: str) -> None:
        ms = (time.monotonic() - self._began) * 1e3
        self.end()
        self.outcome = Outcome(status=status, detail=detail, stderr=self._child.last_words(), ms=ms)


def _settle(spec: CommandSpec, words: Mapping[str, str]) -> CommandSpec:
    """With `{python}` and the like filled in."""

    def fill(word: str) -> str:
        for name, value in words.items():
            word = word.replace(f"{{{name}}}", value)
        return word

    return CommandSpec(
        arguments=tuple(map(fill, spec.arguments)),
        result=spec.result,
        when={name: tuple(map(fill, words)) for name, words in spec.when.items()},
        stdin=spec.stdin,
        rejected=spec.rejected,
        unsupported=spec.unsupported,
        stage=spec.stage,
    )


def _program(word: str, cwd: str | os.PathLike[str] | None, env: Mapping[str, str] | None) -> str:
    """The path of a command's program; CannotStart where it is not there."""
    if cwd is not None and not Path(cwd).is_dir():
        raise CannotStart(f"the folder {os.fspath(cwd)} to run it in does not exist")
    path = str(Path(cwd or ".").absolute() / word) if os.sep in word else word
    found = shutil.which(path, path=(os.environ if env is None else env).get("PATH"))
    if found is None:
        where = "does not exist or is not executable" if os.sep in word else "was not found on PATH"
        raise CannotStart(f"the program {word} {where}", advice="Install it, or correct `arguments`.")
    return found


def _not_started(problem: CannotStart) -> Outcome:
    if isinstance(problem.__cause__, OSError) and problem.__cause__.errno == errno.E2BIG:
        return Outcome(
            status=Status.UNSUPPORTED,
            detail="the arguments are too long for a command line; {name:file} or stdin has no such limit",
        )
    return Outcome(status=Status.CRASHED, detail=problem.reason)
