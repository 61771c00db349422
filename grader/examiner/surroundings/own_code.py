"""Tells code that a test cell wrote itself from code that was put together of an answer.

``eval(answer().replace("^", "**"))`` runs a text that no answer was. Whatever was done to it, code
that reaches a file or a program names what it uses: names that neither the test nor Python's plain
functions have are a student's.
"""

from __future__ import annotations
import __future__

import ast
import builtins
import contextlib
import functools
import linecache
import re
import sys
import unicodedata
from collections.abc import Collection, Container, Iterable
from types import CodeType, FrameType

from grader.parsing import parse

EXPECTED = (
    'call the student\'s function, as `f(x)` in place of `eval(f"f({x})")`, or let their code run '
    "it, in a function that the test calls, and look at what it returns"
)
"""What a test's author reads."""

# With these, a line of code reaches all that its process does.
_REACHING = frozenset(
    {"breakpoint", "compile", "delattr", "eval", "exec", "exit", "getattr", "globals", "help"}
    | {"input", "locals", "mro", "open", "quit", "setattr", "vars"}
)
_INNER = re.compile(r"__\w+__|(?:ag|co|cr|f|gi|tb)_\w+")  # attributes of functions, frames, classes
_WORD = re.compile(r"\w+")
# Modules of Python's that run a text for who calls them.
_RUN_TEXTS = frozenset({"code", "codeop", "doctest", "inspect", "runpy", "timeit", "typing"})
_NAMES_FIELDS = "dataclasses"  # in its code stand names that a test gave: `self.input = input`
_FLAGS = (0, __future__.annotations.compiler_flag)  # what is compiled in ours inherits the second
_WAYS = tuple((mode, flags) for mode in ("exec", "eval", "single") for flags in _FLAGS)


def _reaches(name: str) -> bool:
    return name in _REACHING or _INNER.fullmatch(name) is not None


# Python's functions that compute, and no more.
PLAIN = frozenset(name for name in dir(builtins) if not _reaches(name))


def names(code: CodeType) -> set[str]:
    """All that code names: variables of its surroundings and attributes, functions included."""
    inner = (names(part) for part in code.co_consts if isinstance(part, CodeType))
    return set(code.co_names).union(*inner)


class OwnCode:
    """What a test cell may run, by the words that it has.

    Args:
        text: of the test cell, and of what it imports of the course's.
    """

    def __init__(self, text: str = "") -> None:
        self._text = text

    def wrote(self, code: CodeType, runs: FrameType, heard: Iterable[bytes], own: bool) -> bool:
        """Whether code was written by a test cell or a library, and not by a student.

        Args:
            code: that is about to run.
            runs: the frame that runs it.
            heard: the texts that came from a student's kernel.
            own: whether the test has read a file of its own, and none of a student's.
        """
        named, place = names(code), runs.f_code.co_filename
        runs_texts = runs.f_globals.get("__name__") in _RUN_TEXTS
        if _is_library(place) and not runs_texts:  # it makes code of its own, as of dataclasses
            reaching = set(filter(_reaches, named)) - _words_in(place)
            if runs.f_globals.get("__name__") == _NAMES_FIELDS:
                reaching -= self._words
            return not are_in(reaching, heard)
        if any(code in compiled(text.encode("utf-8", "replace")) for text in self._constants):
            return True
        words = self._words | (_words_in(place) if runs_texts else frozenset())
        foreign = {name for name in named if _reaches(name) or not _is_made_of(name, words)}
        return not foreign or (own and not are_in(foreign, heard))

    @functools.cached_property
    def _words(self) -> frozenset[str]:
        return _words(self._text)

    @functools.cached_property
    def _constants(self) -> tuple[str, ...]:
        """The texts in the test cell: what is one of them was written by its author."""
        try:
            nodes = ast.walk(parse(self._text))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return ()
        found = (node.value for node in nodes if isinstance(node, ast.Constant))
        return tuple(each for each in found if isinstance(each, str))


@functools.lru_cache(maxsize=256)
def compiled(text: bytes) -> list[CodeType]:
    """A text as code, as a test cell may have compiled it; empty if it is no Python."""
    found: list[CodeType] = []
    for mode, flags in _WAYS:
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            found.append(compile(text.lstrip(b" \t"), "<file>", mode, flags, True))
    return found


def as_python_reads(text: bytes) -> bytes | None:
    """A text whose letters are those of Python's names; None if it is not in UTF-8."""
    if text.isascii():
        return text
    try:
        return unicodedata.normalize("NFKC", text.decode()).encode()
    except UnicodeDecodeError:
        return None


def _is_made_of(name: str, words: Container[str]) -> bool:
    """Whether a name is one of the words, of Python's plain functions, or put together of two."""
    if name in words or name in PLAIN:
        return True
    halves = ((name[:i], name[i:]) for i in range(1, len(name)))
    return any(one in words and (two in words or two.isdigit()) for one, two in halves)


def are_in(names: Collection[str], heard: Iterable[bytes]) -> bool:
    """Whether texts hold one of the names, in letters of either case, or its letters one by one."""
    if not names:
        return False
    whole = b"".join(as_python_reads(text) or text for text in heard).lower()
    return any(name.lower().encode("utf-8", "replace") in whole for name in names)


def _is_library(place: str) -> bool:
    return place.startswith((sys.prefix, sys.base_prefix, "<frozen "))


@functools.lru_cache(maxsize=64)
def _words_in(place: str) -> frozenset[str]:
    """The words in a file of Python code."""
    return _words("".join(linecache.getlines(place)))


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(unicodedata.normalize("NFKC", text)))
