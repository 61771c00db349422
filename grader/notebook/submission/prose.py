"""Cells of code that only say something, and sentences in code: they may be answers in words."""

from __future__ import annotations

import ast
import functools
import re

from grader.notebook.magics import is_automagic, is_other_language, seen_through
from grader.notebook.submission.cell_text import MARKDOWN, bound_names, parsed
from grader.parsing import parse

# Lines of code, in code with a mistake too; a sentence may begin with most of these words.
_CODE = re.compile(
    r"^\s*(?:from\s+[\w.]+\s+import\b|import\s+[\w.]+\s*(?:as\b|,|$)|"
    r"for\s+\w[\w, ]*\s+in\s+\w+\s*[(\[.:]|"
    r"(?:while|if)\b.*:\s*$|return\b.*[(\[=+*/]|print\s*\(|def\s+\w+\s*\(|class\s+\w+\s*[:(])",
    re.MULTILINE,
)
_TEXT_MAGIC = re.compile(r"\s*%%(?:html|HTML|latex)\b[^\n]*(?:\n|$)")
_SENTENCE = 5  # words


@functools.lru_cache(maxsize=2048)
def says_a_sentence(source: str) -> bool:
    """Whether a cell of code has a text in it that may be an answer in words."""
    if (magic := _TEXT_MAGIC.match(source) or MARKDOWN.match(source)) is not None:
        return bool(source[magic.end() :].strip())
    if parsed(source) is None:
        return False
    tree = parse(seen_through(source))
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return any(isinstance(text, str) and len(text.split()) >= _SENTENCE for text in texts)


def is_prose(source: str) -> bool:
    """Whether a cell of code only says something: comments, strings, or sentences."""
    if not source.strip():
        return False
    if MARKDOWN.match(source) is not None:
        return True
    if _is_command(source):
        return False
    if (known := parsed(source)) is not None:
        return known.statements == 0
    return len(source.split()) > 3 and not bound_names(source) and not _CODE.search(source)


def _is_command(source: str) -> bool:
    """Whether a cell is no text, though it is no Python: another language, or ``pip install x``."""
    other = is_other_language(source) and _TEXT_MAGIC.match(source) is None
    return other or is_automagic(source)
