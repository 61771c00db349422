"""Formulas in TeX as MathML, which browsers show without a script and without a network."""

from __future__ import annotations

import html
import re

_LONGEST = 2_000  # characters of one formula
# docutils sets a subscript behind an accent under it, unless more stands in the same braces.
_ACCENT = re.compile(
    r"\\(?:hat|bar|vec|tilde|dot|ddot|widehat|widetilde|overline)\s*(?:\{[^{}]*\}|\\?\w)(?=[_^])"
)
_ALIGNED = ("align", "align*", "gather", "gather*", "eqnarray", "eqnarray*", "split")
_PLAIN = ("equation", "equation*", "displaymath", "math")

# What docutils writes, and nothing else.
TAGS = frozenset(
    (
        *("math", "menclose", "merror", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mphantom"),
        *("mroot", "mrow", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd"),
        *("mtext", "mtr", "munder", "munderover"),
    )
)
ATTRIBUTES = frozenset(
    (
        *("accent", "columnalign", "display", "displaystyle", "form", "linethickness", "lspace"),
        *("mathvariant", "movablelimits", "notation", "rspace", "scriptlevel", "stretchy", "width"),
    )
)
CLASSES = {"mtable": {"ams-align", "cases"}}


def formula(tex: str, block: bool = False) -> str:
    """A formula as MathML; as it was typed, in code, if it is not understood.

    Args:
        tex: without its delimiters.
        block: whether it stands on lines of its own.
    """
    from docutils.utils.math.latex2mathml import tex2mathml

    typed = f"<code>{html.escape(tex)}</code>"
    if len(tex) > _LONGEST:
        return typed
    try:
        return str(tex2mathml(_ACCENT.sub(r"{\g<0>{}}", tex.strip()), as_block=block))
    except Exception:  # MathError, and what else it stumbles over in what no TeX could read
        return typed


def environment(name: str, body: str) -> str:
    """An environment of LaTeX as MathML.

    Args:
        name: as ``align``.
        body: what stands between its begin and its end.
    """
    if name in _PLAIN:
        return formula(body, block=True)
    name = "aligned" if name in _ALIGNED else name
    return formula(f"\\begin{{{name}}}{body}\\end{{{name}}}", block=True)
