"""Renders a student's Markdown for the formgrader; named in course_config.py.

nbgrader's formgrader renders Markdown with the HTML in it, scripts included, in the instructor's
own session. This filter replaces nbconvert's: raw HTML is escaped, and what Markdown itself became
is cleaned by nh3.
"""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

import nh3
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from grader.notebook.sanitize.text import escape_invisible

# What Markdown can express. No ids: one named like a claim would take its score field's place.
_BLOCKS = (
    "blockquote",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "ul",
)
_INLINE = ("a", "br", "code", "del", "em", "img", "span", "strong")
_TABLES = ("table", "tbody", "td", "th", "thead", "tr")
_TAGS = {*_BLOCKS, *_INLINE, *_TABLES}
_ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt"}, "div": {"class"}, "span": {"class"}}
_SCHEMES = {"https", "http", "mailto", "data"}
_SOURCE = re.compile(
    r"""<img\b[^>]{0,2000}?\bsrc\s*=\s*(?:"([^"\n]+)"|'([^'\n]+)'|([^"'\s>]+))""", re.IGNORECASE
)
# nbconvert looks for each beginning of a formula's end in all the text behind it.
_FORMULA = re.compile(r"\\begin\{|\\\\[\[(]")
_ENCODED = re.compile(r"base64,[A-Za-z0-9+/=]+")  # a picture in the text
_SEARCHED = 1_000_000  # characters that may be looked at for these in one cell: milliseconds
_LINKS = ("https://", "http://", "mailto:")
_PICTURES = ("data:image/png;base64,", "data:image/jpeg;base64,")


class _Renderer(IPythonRenderer):
    """Markdown whose raw HTML is shown as it was typed."""

    def block_mermaidjs(self, code: str) -> str:
        return str(self.block_code(code))

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture that is in the notebook, else its description: nbconvert raises KeyError.

        A picture that lay beside the notebook was attached under its name when it was graded. The
        description is Markdown that was rendered, and is cleaned with everything else.
        """
        name = unquote(url.removeprefix("attachment:"))
        if name in self.attachments:
            return str(super().image(text, f"attachment:{name}", title))
        return str(super().image(text, url, title)) if url.startswith(_PICTURES) else text

    def inline_html(self, html: str) -> str:
        """HTML as it was typed, and behind it the picture that it would show."""
        return str(super().inline_html(html)) + self._pictures_of(html)

    def block_html(self, html: str) -> str:
        """As ``inline_html``, for a block."""
        return str(super().block_html(html)) + self._pictures_of(html)

    def _pictures_of(self, html: str) -> str:
        found = ("".join(names) for names in _SOURCE.findall(html))
        named = (name.removeprefix("attachment:") for name in found)
        return "".join(self.image("", name) for name in named if unquote(name) in self.attachments)


@pass_context
def markdown(context: Context, source: str) -> str:
    """Markdown as HTML in which nothing runs, nothing is fetched, and raw HTML is shown as text.

    A text with very many formulas is shown as it was typed.

    Called by nbconvert's templates on the text of each Markdown cell.
    """
    if len(_FORMULA.findall(source)) * len(_ENCODED.sub("", source)) > _SEARCHED:
        return f"<pre>{html.escape(escape_invisible(source))}</pre>"
    cell = context.get("cell") or {}
    renderer = _Renderer(
        escape=True, exclude_anchor_links=True, attachments=cell.get("attachments", {})
    )
    rendered = MarkdownWithMath(renderer=renderer).render(escape_invisible(source))
    return nh3.clean(
        rendered,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_allowed,
        url_schemes=_SCHEMES,
        link_rel=None,
    )


def _allowed(tag: str, name: str, value: str) -> str | None:
    """The value of an attribute, or None to drop it: links leave, pictures are in the notebook."""
    prefixes = {("a", "href"): _LINKS, ("img", "src"): _PICTURES}.get((tag, name), ("",))
    return value if value.startswith(prefixes) else None
