"""The terminal: what it can show, and text made to fit it."""

from __future__ import annotations

import os
import sys
from typing import IO

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from harness.report.plain import visible


def make_console(stream: IO[str] | None = None) -> Console:
    """A console on `stream` (stdout). NO_COLOR, TERM and COLUMNS are respected; nothing in a text is markup."""
    return _Console(file=stream or sys.stdout, markup=False, highlight=False, emoji=False)


class _Console(Console):
    """Goes on in silence where whoever reads its output goes away; rich would end the program, with status 1."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())


def ascii_only(console: Console) -> bool:
    """Whether the terminal's encoding can show nothing but ASCII for certain."""
    return not console.encoding.lower().startswith("utf")


def fit(text: str, width: int, console: Console) -> str:
    """The text cut to `width` cells, the cut being marked."""
    if cell_len(text) <= width:
        return text
    mark = "..." if ascii_only(console) else "…"
    return set_cell_size(text, max(0, width - len(mark))).rstrip() + mark


def said(console: Console, text: str, limit: int = 200) -> str:
    """Text from outside as one line that this terminal can show."""
    return visible(text, limit, ascii_only=ascii_only(console))


def indented(console: Console, text: Text, indent: int) -> None:
    """Print a text with every line of it indented, those too that the width makes."""
    for line in text.wrap(console, max(20, console.width - indent), overflow="fold"):
        line.rstrip()
        console.print(Text(" " * indent).append_text(line), no_wrap=True, overflow="ignore", crop=False)
