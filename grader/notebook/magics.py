"""Takes IPython's magics and shell lines out of a cell, so that it can be read as Python."""

from __future__ import annotations

import re
from collections.abc import Callable

from grader.examiner import names

PARSED = 20_000  # characters of a cell; the longest solution cell of the course has 3,000

# Cell magics whose body runs in the notebook, so that its names stay: IPython's magics/execution.py
# and magics/osm.py. The body of %%timeit runs apart, and other cell magics take text.
_TRANSPARENT = re.compile(r"\s*%%(?:time|capture|prun|debug)\b[^\n]*(?:\n|$)")

# Lines that IPython turns into a call; what they bind, if anything, stands ahead of "= %" or "= !".
# A student's text is searched: no two repetitions side by side match the same character.
_MAGIC_VALUE = re.compile(r"^([ \t]*\w[\w, ]*=)[ \t]*[%!].*$", re.MULTILINE)
_TIMED_LINE = re.compile(r"^([ \t]*)%(?:time|prun)[ \t]+(?!-)", re.MULTILINE)
# The beginning of what IPython cleans before it looks for magics: code that was pasted with blanks
# ahead of all its lines, or with the prompts of a terminal.
_PASTED = re.compile(r"\s*?^(?:[ \t]+\S|>>>|In \[\d+\]: )", re.MULTILINE)
_MAGIC_LINE = re.compile(r"^([ \t]*)(?:[%!?].*|[\w.]+\?{1,2}[ \t]*)$", re.MULTILINE)


# Commands that work without their sign, where they are all of a cell: IPython's automagic. Names
# that begin a sentence, as `cat` and `matplotlib` do, are left out: it may be an answer.
_AUTOMAGIC = re.compile(
    r"\s*(?:pip|conda|mamba|uv|cd|ls|ll|pwd|mkdir|rmdir|rm|cp|mv)\b"
    r"(?![ \t]*[=(.])[^\n]*\s*"
)


def seen_through(source: str) -> str:
    """A cell without the magics that its body runs under in the notebook.

    ``%%time`` and the like hide the body of a cell from a reader of Python, and not from
    the notebook. Lines of magics and of the shell become ``pass``.
    """
    source = _body(source)
    if names.is_python(source[:PARSED]):
        return source
    source = _MAGIC_VALUE.sub(r"\1 None", _TIMED_LINE.sub(r"\1", source))
    return _MAGIC_LINE.sub(r"\1pass", source)


def is_other_language(source: str) -> bool:
    """Whether a cell is no Python of the notebook's: it begins with ``%%bash`` or the like."""
    return _body(source).lstrip().startswith("%%")


def hiding_magic(source: str) -> str:
    """The magic below which code of Python defines nothing in the notebook; empty for none."""
    found = re.match(r"%%(?:timeit|writefile|file|python3?)\b", _body(source).lstrip())
    return found[0] if found else ""


def is_automagic(source: str) -> bool:
    """Whether a cell is a command that IPython knows without its sign: ``pip install x``."""
    return _AUTOMAGIC.fullmatch(source) is not None


def _body(source: str) -> str:
    """A cell without the cell magics that its body runs under in the notebook."""
    source = _without_prompts(source)
    while (magic := _TRANSPARENT.match(source)) is not None:
        source = _without_prompts(source[magic.end() :])
    return source


def _without_prompts(source: str) -> str:
    """A cell as IPython cleans it, pasted with prompts, or with blanks ahead of all lines."""
    if _PASTED.match(source) is None:
        return source
    # Here, because few cells are like this, and IPython is not loaded otherwise.
    from IPython.core import inputtransformer2 as ipython

    steps: tuple[Callable[[list[str]], list[str]], ...] = (
        ipython.leading_empty_lines,
        ipython.leading_indent,
        ipython.classic_prompt,
        ipython.ipython_prompt,
    )
    lines = source.splitlines(keepends=True)
    for step in steps:
        lines = step(lines)
    return "".join(lines)


def magic_lines(source: str) -> str:
    """The lines of magics and of the shell, of which ``seen_through`` leaves nothing."""
    source = _body(source)
    if names.is_python(source):
        return ""
    source = _TIMED_LINE.sub(r"\1", source)
    lines = (m.group() for magic in (_MAGIC_VALUE, _MAGIC_LINE) for m in magic.finditer(source))
    return "\n".join(" ".join(line.split()) for line in lines)
