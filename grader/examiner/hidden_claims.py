"""What a verdict on a hidden test may quote: feedback shows it, and students never see the test.

A function that notes how it is called could raise its notes as the text of an exception. So such a
text is quoted only where Python, numpy or a check would say just that, of names that are known
beforehand, or where it stands in the student's own code.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import replace

import numpy as np

from grader.checks import callback_notes
from grader.checks.blocked import ADVICE
from grader.examiner.cells.finding import Finding, FindingKind

_LINE = re.compile(r"It was raised in line (\d{1,6}), `")
_WITHHELD = "its text is not shown, since a hidden test asked"
_PRINTED = "more was printed than a test may print"
_UNNAMED = "an exception of your own"
_SHORT = 20  # characters: no message shows less of a name

_SHAPE = r"\((?:\d{1,6},?){0,4}\)"
# A group is names.
_USUAL = tuple(
    re.compile(pattern)
    for pattern in (
        r"",
        r"(?:module )?'([\w.]+)' (?:object )?has no attribute '(\w+)'"
        r"(?:\. Did you mean: '(\w+)'\?)?",
        r"The layer sequential(?:_\d{1,3})? has never been called and thus has no defined input\.",
        r"index -?\d{1,6} is out of bounds for (?:axis \d with )?size \d{1,6}",
        r"(?:list|tuple|string|range object|bytearray)? ?(?:assignment )?index out of range",
        r"'(\w+)' object is not (?:callable|iterable|subscriptable|an iterator|reversible)",
        r"'(\w+)' object (?:cannot be interpreted as an integer"
        r"|does not support item (?:assignment|deletion))",
        r"unhashable type: '([\w.]+)'",
        r"cannot unpack non-iterable (\w+) object",
        r"(?:too many|not enough) values to unpack \(expected \d{1,4}(?:, got \d{1,4})?\)",
        r"unsupported operand type\(s\) for [^\w\s]{1,3}(?: or pow\(\))?: '(\w+)' and '(\w+)'",
        r"'[<>]=?' not supported between instances of '(\w+)' and '(\w+)'",
        r"bad operand type for (?:unary [-+~]|abs\(\)): '(\w+)'",
        r"(?:slice|list|tuple|string) indices must be integers[a-z _,]*(?:, not '?(\w+)'?)?",
        r"name '(\w+)' is not defined",
        r"cannot access local variable '(\w+)' where it is not associated with a value",
        r"([\w.<>]+)\(\) missing \d{1,2} required (?:positional|keyword-only) "
        r"arguments?: ([\w', ]+)",
        r"([\w.<>]+)\(\) takes (?:from )?\d{1,2}(?: to \d{1,2})? positional arguments? but \d{1,2} "
        r"(?:was|were) given",
        r"([\w.<>]+)\(\) (?:takes no arguments|got an unexpected keyword argument '(\w+)')",
        r"operands could not be broadcast together with (?:remapped )?shapes"
        rf"(?: {_SHAPE}){{1,3}} ?",
        rf"could not broadcast input array from shape {_SHAPE} into shape {_SHAPE}",
        rf"cannot reshape array of size \d{{1,9}} into shape {_SHAPE}",
        r"Cannot cast ufunc '(\w+)' (?:input \d )?(?:output|input)? ?from dtype\('(\w+)'\) to "
        r"dtype\('(\w+)'\) with casting rule '(\w+)'",
        r"Python integer -?\d{1,6} out of bounds for (\w+)",
        r"The truth value of an array with more than one element is ambiguous\. "
        r"Use a\.any\(\) or a\.all\(\)",
        r"zero-size array to reduction operation (\w+) which has no identity",
        r"(?:integer |float )?(?:division|modulo)(?: or modulo)? by zero",
        r"maximum recursion depth exceeded[a-z ]*",
        r"cannot convert float (?:NaN|infinity) to integer",
        r"([\w.]+) is blocked in this sandbox",
        rf"\w+ uses ([\w.]+)\. {re.escape(ADVICE)}",
    )
)
_WORDS = """
and lambda NoneType UnboundLocalError builtin_function_or_method function method module dtype
numpy ndarray AxisError LinAlgError UFuncTypeError add convert convolve correlate correlate2d
convolve2d divide maximum minimum multiply subtract same_kind safe unsafe
int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64
scipy tensorflow EagerTensor InvalidArgumentError
generator coroutine async_generator dict_keys dict_values islice chain
DataFrame Series MaskedArray Image Tensor ArrayImpl StatisticsError
"""
_NAMES = frozenset([*dir(builtins), *_WORDS.split()])


def unquoted(finding: Finding, sources: Iterable[str]) -> Finding:
    """How a hidden test ended, without text that the student's code has made up meanwhile.

    Args:
        finding: how it ended.
        sources: the text of the student's cells.
    """
    texts = tuple(sources)
    if finding.came_to:  # what a hidden test has compared
        finding = replace(finding, came_to=())
    names = _NAMES.union(*(re.findall(r"\w+", text) for text in texts))
    if finding.quoted is None:
        made_up = {word for name in finding.made_up for word in re.findall(r"\w+", name)}
        return _unnamed(finding, made_up - names)
    usual = _is_usual(finding.quoted, names) or any(finding.quoted in text for text in texts)
    note = _known_note(finding.note, texts)
    if finding.kind is FindingKind.REFUTED:
        return replace(finding, note=note) if usual else _refuted(finding)
    if finding.kind is FindingKind.OUTPUT_LIMIT:
        return replace(finding, message=_PRINTED, note="")
    error = finding.error if finding.error in names else _UNNAMED
    return replace(finding, error=error, message=finding.message if usual else _WITHHELD, note=note)


def _unnamed(finding: Finding, made_up: Set[str]) -> Finding:
    """A finding of ours, but for one that holds a word of a name that was made up meanwhile.

    ``type(f"asked_{size}", (), {})()`` would have our own words tell how it was asked.
    """
    said = set(re.findall(r"\w+", f"{finding.message} {finding.note}"))
    is_told = said & made_up or any(_is_cut(word, made_up) for word in said)
    if not is_told or finding.kind is FindingKind.TEST_FAULT:
        return finding
    if finding.kind is FindingKind.REFUTED:
        return _refuted(finding)
    return replace(finding, message=_WITHHELD, note="")


def _is_cut(word: str, made_up: Set[str]) -> bool:
    """Whether it is the beginning of a long name, as messages show it."""
    return len(word) > _SHORT and any(name.startswith(word) for name in made_up)


def _is_usual(text: str, names: frozenset[str]) -> bool:
    """Whether Python, numpy or a check says just that, of known names."""
    for pattern in _USUAL:
        if found := pattern.fullmatch(text):
            return names.issuperset(re.findall(r"\w+", " ".join(filter(None, found.groups()))))
    return _says_numpy(text, names)


def _says_numpy(text: str, names: frozenset[str]) -> bool:
    """Whether numpy says it here, too, of a name that it no longer has: at length, of np.float."""
    missing = re.match(r"module 'numpy' has no attribute '(\w+)'", text)
    if missing is None or missing[1] not in names:
        return False
    try:
        getattr(np, missing[1])
    except AttributeError as error:
        return str(error) == text
    return False


def _known_note(note: str, texts: Iterable[str]) -> str:
    """What of a note is a line of the student's cells, or said by a check."""
    line = _known_line(note, texts)
    rest = note[len(line) :].strip()
    return f"{line} {rest}".strip() if rest in callback_notes.every() else line


def _known_line(note: str, texts: Iterable[str]) -> str:
    """The note on a line of one of the student's cells; empty if the line is in none."""
    if (line := _LINE.match(note)) is None:
        return ""
    known = (f"{line[0]}{code}`." for code in _lines(int(line[1]), texts))
    return next((said for said in known if note.startswith(said)), "")


def _lines(number: int, texts: Iterable[str]) -> Iterator[str]:
    """The line of this number in each text that has one; IPython drops empty lines above."""
    for text in texts:
        lines = text.strip().splitlines()
        if 0 < number <= len(lines):
            yield lines[number - 1].strip()


def _refuted(finding: Finding) -> Finding:
    """A refutation without a message: students read the claim's hint instead."""
    return replace(finding, error="ClaimFailed", message="", note="")
