"""Live progress of a run: a line an implementation on a terminal, nothing at all where there is none."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from harness.conformance.results import Result
from harness.report.console import ascii_only, fit, said
from harness.report.summary import Tally

#: How many lines are alive at a time; the rest of the implementations are only counted.
LINES = 12


class _Line:
    def __init__(self, name: str, total: int) -> None:
        self.name = name
        self.total = total
        self.tally = Tally()
        self.started = time.monotonic()
        self.seconds: float | None = None
        self.note = ""

    @property
    def elapsed(self) -> float:
        return self.seconds if self.seconds is not None else time.monotonic() - self.started


class Progress:
    """Shows how far each implementation is, on the console given (stderr is the place for it).

    Quiet where the console is no terminal or where `quiet` says so. A result costs a counter's step only: the
    drawing is done by a thread of its own, eight times a second. Use it as a context manager.
    """

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self._console = console
        self._lines: dict[str, _Line] = {}
        self._live: Live | None = None
        if console.is_terminal and not console.is_dumb_terminal and not quiet:
            self._live = Live(
                console=console,
                get_renderable=self.render,
                refresh_per_second=8,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def start(self, implementation: str, total: int, note: str = "") -> None:
        """An implementation begins (`note`: what it is doing, such as `building`); `total` cases are ahead of it."""
        self._lines[implementation] = _Line(implementation, total)
        self._lines[implementation].note = note

    def result(self, result: Result) -> None:
        """A result has come."""
        line = self._lines.get(result.implementation)
        if line is None:
            line = self._lines[result.implementation] = _Line(result.implementation, 0)
        line.note = ""
        line.tally.add(result)

    def finish(self, implementation: str, note: str = "") -> None:
        """An implementation has ended; `note` says so where it is not plain (`could not start`)."""
        line = self._lines.get(implementation)
        if line is not None:
            line.seconds = time.monotonic() - line.started
            line.note = note

    def render(self) -> Group:
        """The lines as they stand."""
        lines = list(self._lines.values())
        alive = [line for line in lines if line.seconds is None]
        over = [line for line in lines if line.seconds is not None]
        shown = [*over[max(0, len(over) - max(0, LINES - len(alive))) :], *alive][-LINES:]
        texts = [self._text(line) for line in shown]
        if len(lines) > len(shown):
            texts.insert(0, Text(f"{len(lines) - len(shown)} more", style="dim"))
        return Group(*texts)

    def _text(self, line: _Line) -> Text:
        plain = ascii_only(self._console)
        name = fit(said(self._console, line.name, 60), 24, self._console)
        done = line.tally.total
        cells = 20
        filled = cells if line.seconds is not None else min(cells, cells * done // max(1, line.total))
        full, empty = ("#", ".") if plain else ("━", "─")
        text = Text(f"{name:<24} ", no_wrap=True, overflow="crop")
        text.append(full * filled, style="red" if line.tally.bad else "green")
        text.append(empty * (cells - filled), style="dim")
        text.append(f" {done:>6,}/{line.total:<6,}")
        text.append(f" {line.elapsed:5.1f} s")
        if line.tally.bad:
            text.append(f"  {line.tally.bad:,} failed", style="bold red")
        if line.note:
            text.append(f"  {said(self._console, line.note, 60)}", style="dim")
        return text
