"""Text from an implementation made safe to show: no control characters, no direction overrides, of bounded length.

Every renderer passes what comes out of a results file through here first, then escapes for its own format.
"""

from __future__ import annotations

import re

# Controls (but not newline and tab), direction and zero-width characters, line separators, surrogates without a
# partner and non-characters: none of them can be seen, and each can make a report show something that is not there.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufffe\uffff]|[\U0001fffe\U0001ffff\U000e0000-\U000e0fff]"
)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_BREAKS = {"\n": "\\n", "\t": "\\t"}


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def visible(text: str, limit: int = 400, *, ascii_only: bool = False) -> str:
    """One line of at most about `limit` characters, everything that cannot be seen written as an escape."""
    shown = _HIDDEN.sub(_escape, text[:limit])
    shown = re.sub(r"[\n\t]", lambda match: _BREAKS[match[0]], shown)
    if ascii_only:
        shown = _NOT_ASCII.sub(_escape, shown)
    if len(text) > limit:
        shown += f" [cut: {len(text):,} characters in all]"
    return shown


def visible_lines(text: str, lines: int = 20, limit: int = 4000, *, ascii_only: bool = False) -> list[str]:
    """The last `lines` lines of the last `limit` characters, each made visible; says so where it was cut."""
    kept = text[-limit:].replace("\r\n", "\n").rstrip("\n").split("\n")
    cut = len(text) > limit or len(kept) > lines
    shown = [visible(line.expandtabs(4), limit, ascii_only=ascii_only) for line in kept[-lines:]]
    if shown == [""]:
        return []
    return ["[the beginning is left out]", *shown] if cut else shown


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 case`, `2 cases`, `1,200 cases`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
