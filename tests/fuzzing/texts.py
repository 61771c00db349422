"""Texts: code, prose, and what makes either hard to read, write or show."""

from __future__ import annotations

import json
from dataclasses import dataclass

from hypothesis import strategies as st

# What has a meaning to one of the readers: Python, IPython, Markdown, HTML, TeX, a terminal, JSON.
_PIECES = (
    *("def add(a, b):", "    return a + b", "def total(numbers):", "    return sum(numbers)"),
    *("raise NotImplementedError()", "# YOUR CODE HERE", "class A:", "    pass", "x = 1", "assert"),
    *("%%time", "%matplotlib inline", "!ls", "x = !ls", "%%markdown", "%%bash", "?add", "# In[3]:"),
    *('"""', "'''", "(", ")", "[", "]", "{", "}", "\\", ":", ";", "lambda:", "f'{'", "match x:"),
    *("\t", " ", "    ", "\n", "\r\n", "\r", "\n\n", "\x0b", "\x0c", "\x00", "\x1b[31m", "\x1b]0;"),
    *("\u2028", "\x85", "\u202e", "\ufeff", "\u00a0", "\ud800", "\udfff", "\U0001f600", "é", "ﬁ"),
    *("# Heading", "> ", "- ", "1. ", "```", "~~~", "`", "*", "**", "_", "~~", "|", "---", "==="),
    *(
        "[a](javascript:x)",
        "![a](b.png)",
        "![a](attachment:b.png)",
        "<https://a>",
        "[^1]",
        "[^1]: ",
    ),
    *("<script>alert(1)</script>", "<img src=x onerror=y>", "</pre>", "<!--", "-->", "&lt;", "&#x"),
    *("$", "$$", r"\(", r"\)", r"\[", r"\]", r"\begin{align}", r"\end{align}", r"\frac{", r"\hat"),
    *(
        "{name}",
        "{0}",
        "{",
        "%s",
        "%(a)s",
        "[bold]",
        "[/]",
        "=1+1",
        "<<<<<<< ",
        "=======",
        ">>>>>>> ",
    ),
)

pieces = st.sampled_from(_PIECES)
# Any character at all, half a pair of surrogates among them.
any_text = st.text(max_size=40)
short_text = st.lists(pieces | any_text, max_size=8).map("".join)
lines = st.lists(pieces | any_text, max_size=8).map("\n".join)


@dataclass(frozen=True)
class Repeated:
    """A long text, told shortly: what takes the square of its length shows on such."""

    start: str
    again: str
    end: str
    times: int

    def __str__(self) -> str:
        return self.start + self.again * self.times + self.end


long_text = st.builds(
    Repeated,
    pieces,
    st.lists(pieces, min_size=1, max_size=3).map("".join),
    pieces,
    st.sampled_from([30, 300, 3_000]),
)
# Given to ``str``, each is a text.
texts = short_text | lines | long_text

words = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8)

# What JSON can say, and Python's reader takes beyond it.
plain = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | short_text
    | st.sampled_from(["", 0, -1, 1, 2, 3, 4, 5, 1e400, -1e400, float("nan"), "1", 10**30])
)
anything = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(short_text, inner, max_size=4),
    max_leaves=8,
)


def as_json(value: object, *, ascii_only: bool = True, indent: int | None = None) -> bytes:
    """A value as JSON; half a character, which UTF-8 has no bytes for, as an escape sequence."""
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    return text.encode("utf-8", "surrogatepass")
