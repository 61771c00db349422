"""What the formgrader shows of a student's Markdown; named in course_config.py.

nbgrader's formgrader renders Markdown with the HTML that stands in it, scripts included, in the
instructor's own session. This filter takes the place of nbconvert's.
"""

from __future__ import annotations

import bleach  # type: ignore[import-untyped]  # untyped, and without published stubs
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from grader.notebook.plain import visible

# What Markdown itself can say. No ids: one named like a claim would take its score field's place.
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
_TAGS = frozenset((*_BLOCKS, *_INLINE, *_TABLES))
_LINKS = ("https://", "http://", "mailto:")
_PICTURES = ("data:image/png;base64,", "data:image/jpeg;base64,")


class _Renderer(IPythonRenderer):
    """Markdown whose raw HTML is shown as it was typed."""

    def block_mermaidjs(self, code: str) -> str:
        return str(self.block_code(code))

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture of the cell itself, else its description: nbconvert raises where it lacks."""
        known = url.removeprefix("attachment:") in self.attachments or url.startswith(_PICTURES)
        return str(super().image(text, url, title)) if known else bleach.clean(text)


@pass_context
def markdown(context: Context, source: str) -> str:
    """Markdown as HTML in which nothing runs, nothing is fetched, and raw HTML is shown as text.

    Called by nbconvert's templates on the text of each Markdown cell.
    """
    cell = context.get("cell") or {}
    renderer = _Renderer(
        escape=True, exclude_anchor_links=True, attachments=cell.get("attachments", {})
    )
    html = MarkdownWithMath(renderer=renderer).render(visible(source))
    return str(bleach.clean(html, tags=_TAGS, attributes=_allowed, protocols=_PROTOCOLS))


_PROTOCOLS = frozenset(("https", "http", "mailto", "data"))


def _allowed(tag: str, name: str, value: str) -> bool:
    """Whether an attribute may stay: links that leave, pictures that came along, code colours."""
    match tag, name:
        case "a", "href":
            return value.startswith(_LINKS)
        case "img", "src":
            return value.startswith(_PICTURES)
        case "img", "alt":
            return True
        case (("div" | "span"), "class"):
            return True
    return False
