"""Text that a spreadsheet would calculate, and how it is marked as text.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-`` or ``@`` for a formula, quoted or
not, and students choose their own names. OWASP's page "CSV Injection" names these characters, and
the remedy: an apostrophe ahead of them, which a spreadsheet does not show. Where a decimal comma is
usual, a spreadsheet splits a file at semicolons, so a cell may begin behind one.
"""

from __future__ import annotations

import re

# The wide forms too: a Japanese Excel reads them as the narrow ones.
SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001 -- they are meant
_CONTROL = ("\t", "\r", "\n")
_SIGN = f"(?=[{re.escape(''.join(SIGNS))}])"
_BEHIND_SEPARATOR = re.compile(rf"(?s:(?<=;)|(?<=.\t)){_SIGN}")


def is_formula(value: str) -> bool:
    """A lone sign is what Moodle writes for 'nothing'; it calculates nothing."""
    begin = value.lstrip(" ")
    begins = begin.startswith(_CONTROL) or (begin.startswith(SIGNS) and len(begin.strip()) > 1)
    return begins or _BEHIND_SEPARATOR.search(value) is not None


def as_text(value: str) -> str:
    """Text for people to read; what would begin a formula gets an apostrophe ahead."""
    if not is_formula(value):
        return value
    split = _BEHIND_SEPARATOR.sub("'", value)
    return f"'{split}" if is_formula(split) else split
