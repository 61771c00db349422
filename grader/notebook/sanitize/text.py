"""Makes text from a student safe to show, and keeps it readable."""

from __future__ import annotations

import re

# Terminal commands (ECMA-48): colours, cursor movements, window titles.
# Each alternative stops at the next escape, so that hostile text is read in one pass.
_TERMINAL = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|[PX^_][^\x1b]*\x1b\\|[ -/]*[0-Z\\^-~])"
)

# Control characters except tab and newline; characters that reorder the text around them, so that
# code looks different from what runs; lone surrogates, which cannot be encoded.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)

_MOVE = re.compile(r"[^\r\b]+|\r|\x08")


def escape_invisible(text: str) -> str:
    """Write every invisible character of ``text`` as its Python escape; for code."""
    return _INVISIBLE.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def strip_ansi(text: str) -> str:
    """Remove terminal commands from a program's output, and escape invisible characters."""
    return escape_invisible(_TERMINAL.sub("", text.replace("\r\n", "\n")))


def render_terminal(text: str) -> str:
    """As ``strip_ansi``, and carry out carriage returns and backspaces as a terminal does."""
    text = _TERMINAL.sub("", text.replace("\r\n", "\n"))
    return strip_ansi("\n".join(map(_overwritten, text.split("\n"))))


def _overwritten(line: str) -> str:
    """One line as a terminal shows it, where later text overwrites earlier text."""
    if "\r" not in line and "\b" not in line:
        return line
    screen: list[str] = []
    cursor = 0
    for match in _MOVE.finditer(line):
        if match[0] == "\r":
            cursor = 0
        elif match[0] == "\b":
            cursor = max(0, cursor - 1)
        else:
            screen[cursor : cursor + len(match[0])] = match[0]
            cursor += len(match[0])
    return "".join(screen)
