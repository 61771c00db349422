"""Markdown of students and graders as HTML for a page that runs nothing and fetches nothing.

Raw HTML is shown as it was typed, a picture as its description. What Markdown itself became is
cleaned once more by nh3, so that only known elements are left.
"""

from __future__ import annotations

import re

import nh3
from markupsafe import Markup
from mistune import HTMLRenderer
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from grader.notebook.sanitize import mathml
from grader.notebook.sanitize.text import escape_invisible

_LONGEST = 20_000  # characters of one text
_MATHS = 500  # formulas in it
# nbconvert looks for each beginning of a formula's end in all the text behind it.
_FORMULA = re.compile(r"\\begin\{|\\\\[\[(]|\$")

_BLOCKS = ("blockquote", "div", "hr", "li", "ol", "p", "pre", "ul")
_INLINE = ("a", "br", "code", "del", "em", "strong")
_TABLES = ("table", "tbody", "td", "th", "thead", "tr")
_TAGS = {*_BLOCKS, *_INLINE, *_TABLES, *mathml.TAGS}
_ATTRIBUTES = {"a": {"href"}, **{tag: set(mathml.ATTRIBUTES) for tag in mathml.TAGS}}


class _Renderer(IPythonRenderer):
    """Markdown as elements that fit into a part of a page."""

    def block_code(self, code: str, info: str | None = None) -> str:
        return str(HTMLRenderer.block_code(self, code))

    def heading(self, text: str, level: int, **attrs: object) -> str:
        """As a bold paragraph: the page has headings of its own, in their order."""
        return f"<p><strong>{text}</strong></p>"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """The description of a picture: the page shows the pictures below the text."""
        return f"<em>[{text or 'picture'}]</em>"

    def inline_math(self, body: str) -> str:
        return mathml.formula(body)

    def block_math(self, body: str) -> str:
        return mathml.formula(body, block=True)

    def latex_environment(self, name: str, body: str) -> str:
        return mathml.environment(name, body)


def render(source: str) -> Markup:
    """Markdown as HTML in which nothing runs and nothing is fetched; formulas are MathML.

    A text that is very long, or has very many formulas, is shown as it was typed.
    """
    source = escape_invisible(source)
    if not source.strip():
        return Markup()
    if len(source) > _LONGEST or len(_FORMULA.findall(source)) > _MATHS:
        return Markup("<pre>{}</pre>").format(source)
    rendered = MarkdownWithMath(renderer=_Renderer(escape=True)).render(source)
    return Markup(
        nh3.clean(
            rendered,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            allowed_classes=mathml.CLASSES,
            url_schemes={"https", "http", "mailto"},
            link_rel=None,
        )
    )
