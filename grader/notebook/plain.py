"""Text from a student made harmless to show, and still readable."""

from __future__ import annotations

import re

# Colours, cursor movements, and window titles (ECMA-48): a terminal obeys them, a page shows them.
# Each alternative stops at the next escape, so that hostile text is read in one pass.
_TERMINAL = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|[PX^_][^\x1b]*\x1b\\|[ -/]*[0-Z\\^-~])"
)

# Control characters but tab and newline; characters that reorder the text around them, so that
# code reads otherwise than it runs; halves of characters, which no file can hold.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)

_MOVE = re.compile(r"[^\r\b]+|\r|\x08")


def visible(text: str) -> str:
    """``text`` with every character that cannot be seen spelled out as in Python: code, say."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def plain(text: str) -> str:
    """What a program wrote: without terminal commands, and what cannot be seen spelled out."""
    return visible(_TERMINAL.sub("", text.replace("\r\n", "\n")))


def settled(text: str) -> str:
    """``plain`` text as a terminal would leave it: carriage returns and backspaces carried out."""
    text = _TERMINAL.sub("", text.replace("\r\n", "\n"))
    return plain("\n".join(map(_overwritten, text.split("\n"))))


def _overwritten(line: str) -> str:
    """One line as a terminal shows it after everything was written over everything."""
    if "\r" not in line and "\b" not in line:
        return line
    shown: list[str] = []
    cursor = 0
    for found in _MOVE.finditer(line):
        if found[0] == "\r":
            cursor = 0
        elif found[0] == "\b":
            cursor = max(0, cursor - 1)
        else:
            shown[cursor : cursor + len(found[0])] = found[0]
            cursor += len(found[0])
    return "".join(shown)
