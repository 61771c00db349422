"""The text of cells: what makes two texts the same, and which names a cell of code binds.

Editors change text that nobody typed: Windows line ends, blanks at the ends of lines, wrapped
lines, another layout of the same code. None of that is an answer.

Students' code is parsed here, in the grader's own process, and never run. What Python's parser
cannot bear (it raises ``RecursionError`` and ``MemoryError`` for code that is nested too deep)
counts as text that is no Python.
"""

from __future__ import annotations

import ast
import functools
import io
import re
import tokenize
from dataclasses import dataclass
from difflib import SequenceMatcher

from grader.examiner import names
from grader.examiner.reads import reads
from grader.notebook.magics import PARSED, magic_lines, seen_through
from grader.parsing import parse

# What nbconvert, jupytext, VS Code and Spyder put above a cell in a script; the options of Quarto's
# cells, and Colab's forms.
_PROMPT = re.compile(
    r"^#[ \t]?(?:In\[[ \d]*\]:|%%|\+|\||@title\b|@markdown\b)[^\n]*\n", re.MULTILINE
)
# What makes a text of a cell of code: in Databricks, and in IPython.
MARKDOWN = re.compile(r"\s*%(?:%markdown|md)\b[^\n]*(?:\n|$)")
_COMMENT = re.compile(r"^#+ ?", re.MULTILINE)

_DEFINES = re.compile(r"^(?:async +)?(?:def|class) +(\w+)|^(\w+) *=(?!=)", re.MULTILINE)

# What editors and mail programs put in place of a blank, or add unseen.
_BLANKS = str.maketrans({"\N{NO-BREAK SPACE}": " ", "\N{ZERO WIDTH NO-BREAK SPACE}": None})

_NAME = re.compile(r"[^\W\d]\w*")
_WORD = re.compile(r"\w+|[^\w\s]")

_ALIKE = 0.6  # ratio of difflib's, whose documentation calls this a close match
_COMPARED = 4_000  # characters: the comparison takes the square of their words
_NOT_PARSED = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True)
class Python:
    """What is known of a cell that is valid Python.

    Attributes:
        bound: names that it binds.
        free: names that it reads from its surroundings.
        tree: its syntax tree as text; two cells with one tree run alike, but for blanks in
            their documentation.
        statements: how many it has that are no text by itself.
    """

    bound: frozenset[str]
    free: frozenset[str]
    tree: str
    statements: int


def with_unix_line_ends(text: str) -> str:
    """The text with one newline character for each end of a line."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def same_lines(one: str, other: str) -> bool:
    """Whether two texts differ in line ends and blanks at the ends of lines alone."""
    return lines(one) == lines(other)


def same_prose(one: str, other: str) -> bool:
    """Whether two texts hold the same words: wrapped in another way they are the same."""
    return words(one) == words(other)


def words(text: str) -> list[str]:
    """The words of a text: what stands between blanks, those that editors put in among them."""
    return text.translate(_BLANKS).split()


def same_code(one: str, other: str) -> bool:
    """Whether two cells of code run alike: the same but for layout and comments."""
    if same_lines(one, other):
        return True
    known, its = parsed(one), parsed(other)
    if known is None or its is None or not known.statements:  # comments alone do nothing alike
        return known is not None and its is not None and said(one).split() == said(other).split()
    return known.tree == its.tree


def same_code_and_comments(one: str, other: str) -> bool:
    """Whether two cells of code differ in their layout alone."""
    return same_code(one, other) and comments(one) == comments(other)


def alike(one: str, other: str) -> bool:
    """Whether one text looks like an edited copy of the other."""
    one, other = one.strip()[:_COMPARED], other.strip()[:_COMPARED]
    if not one or not other:
        return False
    by_lines = SequenceMatcher(None, lines(one), lines(other), autojunk=False)
    if by_lines.ratio() >= _ALIKE:
        return True
    # Of letters put in another order, difflib takes a second for 3,000.
    by_words = SequenceMatcher(None, _WORD.findall(one), _WORD.findall(other), autojunk=False)
    return by_words.quick_ratio() >= _ALIKE and by_words.ratio() >= _ALIKE


@functools.lru_cache(maxsize=2048)  # more than the cells of one notebook
def parsed(source: str) -> Python | None:
    """A cell parsed as Python, without its magics; None if it is no Python."""
    if len(source) > PARSED:
        return None
    try:
        python = seen_through(source)
        tree = parse(python)
        texts = sum(_is_text(statement) for statement in tree.body)
        return Python(
            names.bound(python),
            names.free(python),
            ast.dump(join_documentation(tree)) + magic_lines(source),
            len(tree.body) - texts,
        )
    except _NOT_PARSED:
        return None


def bound_names(source: str) -> frozenset[str]:
    """Names that a cell binds; guessed from its lines where it is no valid Python."""
    if (known := parsed(source)) is not None:
        return known.bound
    return defined_in_text(source)


def defined_in_text(text: str) -> frozenset[str]:
    """Names that the lines of a text would define if they were code, as in a fenced block."""
    return frozenset(name for pair in _DEFINES.findall(text) for name in pair if name)


def used_names(source: str) -> frozenset[str]:
    """Names that a cell reads from its surroundings; none where it is no valid Python."""
    known = parsed(source)
    return known.free if known is not None else frozenset()


@functools.lru_cache(maxsize=512)  # a class shares its given cells and tests
def read_names(source: str) -> frozenset[str]:
    """Names that a cell may have from other cells: rather too many than too few.

    All of its words where it is no valid Python, and those of its lines of magics.
    """
    magics = magic_lines(source)
    try:
        python = seen_through(source)
        if parsed(source) is not None:
            return reads(python) | frozenset(_NAME.findall(magics))
    except _NOT_PARSED:
        pass
    return frozenset(_NAME.findall(source))


def is_rest(first: str, second: str) -> bool:
    """Whether two texts are code only together: a cell was split inside of a statement."""
    if not second.strip() or parsed(f"{first}\n{second}") is None:
        return False
    alone = parsed(first) is not None and parsed(second) is not None
    return not alone or second.lstrip("\r\n")[0] in " \t"


def definitions(source: str) -> str:
    """The imports, functions and classes of a cell, without the rest; empty if it is no Python."""
    if parsed(source) is None:
        return ""
    kept = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
    body = parse(seen_through(source)).body
    return "\n".join(ast.unparse(statement) for statement in body if isinstance(statement, kept))


def is_stub(source: str, wanted: frozenset[str], given: frozenset[str] = frozenset()) -> bool:
    """Whether a cell of code still does nothing but raise ``NotImplementedError``.

    Comments, documentation and the names of parameters may have changed.

    Args:
        source: the cell.
        wanted: names that it is to define, as other cells use them.
        given: names that it defined when it was handed out.
    """
    if (known := parsed(source)) is None:
        return False
    body = parse(seen_through(source)).body
    if body and _raises_not_implemented(body[-1]):
        return not known.bound & (wanted - given)
    defined = [node for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    asked = [node for node in defined if node.name in wanted] or defined
    return bool(asked) and all(
        any(_raises_at_once(node) for node in ast.walk(definition)) for definition in asked
    )


def _raises_at_once(node: ast.AST) -> bool:
    """Whether a node is a function that does nothing but raise ``NotImplementedError``."""
    if not isinstance(node, ast.FunctionDef):
        return False
    first, *rest = _without_documentation(node)
    return _raises_not_implemented(first) and not rest  # somebody wrote what follows it


def _without_documentation(function: ast.FunctionDef) -> list[ast.stmt]:
    """The statements of a function; its documentation alone, if there is nothing else."""
    first, *rest = function.body
    return rest if _is_text(first) and rest else function.body


def _raises_not_implemented(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Raise):
        return False
    error = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
    return isinstance(error, ast.Name) and error.id == "NotImplementedError"


def said(source: str) -> str:
    """The text of a cell of code that only says something, without the signs of comments.

    A notebook that was a script for a while has its texts as comments, and ``# In[ ]:`` above code.
    """
    if (magic := MARKDOWN.match(source)) is not None:
        return source[magic.end() :]
    return _COMMENT.sub("", _PROMPT.sub("", source))


def lines(text: str) -> list[str]:
    """The lines of a text without blanks at their ends, and without empty ones at its ends."""
    stripped = with_unix_line_ends(text).translate(_BLANKS).strip()
    return [line.rstrip() for line in stripped.split("\n")]


def join_documentation(tree: ast.Module) -> ast.Module:
    """Change a tree so that documentation may be wrapped and indented in another way."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and _is_text(node):
            node.value = ast.Constant(" ".join(ast.literal_eval(node.value).split()))
    return tree


def _is_text(statement: ast.stmt) -> bool:
    """Whether a statement is a string by itself."""
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def comments(source: str) -> list[str]:
    """The words of the comments of a cell that is valid Python; else all of its words."""
    return _comments(source).split()


@functools.lru_cache(maxsize=512)
def _comments(source: str) -> str:
    """What is kept of ``comments``: as one text, since words take ten times its memory."""
    try:
        text = _PROMPT.sub("", with_unix_line_ends(source))
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, *_NOT_PARSED):
        return source
    said_there = (t.string.lstrip("#") for t in tokens if t.type == tokenize.COMMENT)
    return " ".join(said_there)
