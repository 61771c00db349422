"""Reads a page as a browser would, and says what in it could run or reach out."""

from __future__ import annotations

from html.parser import HTMLParser

_STRUCTURE = ("html", "head", "meta", "title", "style", "body", "header", "main", "section", "nav")
_BLOCKS = (
    "article",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "div",
    "pre",
    "blockquote",
    "hr",
    "br",
)
_INLINE = ("span", "strong", "em", "del", "code", "a", "img", "bdi", "wbr")
_TABLES = ("table", "thead", "tbody", "tr", "th", "td", "ol", "ul", "li", "dl", "dt", "dd")
_DRAWINGS = ("figure", "figcaption", "svg", "line", "text", "path", "circle", "rect")
# They do nothing without a script, and a policy says that no form is sent.
_CONTROLS = (
    *("details", "summary", "form", "label", "input", "select", "option", "output"),
    *("button", "textarea", "aside", "noscript", "kbd"),
)
_FORMULAS = (
    *("math", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mroot", "mrow", "mspace", "msqrt"),
    *("mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder"),
    "munderover",
)
_SAFE_TAGS = frozenset(
    (*_STRUCTURE, *_BLOCKS, *_INLINE, *_TABLES, *_DRAWINGS, *_CONTROLS, *_FORMULAS)
)
_META = ("lang", "dir", "charset", "name", "content", "http-equiv")
_NAMES = ("id", "class", "scope", "alt", "tabindex", "aria-labelledby", "aria-label", "aria-hidden")
_PLACES = ("viewbox", "role", "x", "y", "x1", "x2", "y1", "y2", "d", "cx", "cy", "r")
_SIZES = ("width", "height", "preserveaspectratio")
_STATES = ("open", "hidden", "type", "value", "autocomplete", "title")
_FIELDS = ("for", "min", "max", "step", "rows", "aria-current", "checked")
_OF_FORMULAS = ("accent", "columnalign", "display", "displaystyle", "form", "movablelimits")
_SPACES = ("lspace", "mathvariant", "rspace", "scriptlevel", "stretchy")
_SAFE_ATTRIBUTES = frozenset(
    (*_META, *_NAMES, *_PLACES, *_SIZES, *_STATES, *_FIELDS, *_OF_FORMULAS, *_SPACES)
)
# Scripts in the SVG of an img do not run.
_SAFE_PICTURES = tuple(f"data:image/{kind};base64," for kind in ("png", "jpeg", "svg+xml"))


class Reader(HTMLParser):
    """What is in a page.

    Attributes:
        tags: every element, with its attributes.
        dangers: elements, attributes and addresses that are not known to be harmless.
        text: what a reader sees.
    """

    def __init__(self, links: tuple[str, ...], script: str) -> None:
        super().__init__(convert_charrefs=True)
        self._links, self._script = links, script
        self._inside = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.dangers: list[str] = []
        self.text = ""

    @classmethod
    def of(
        cls, page: str, links: tuple[str, ...] = ("#", "https://", "http://"), script: str = ""
    ) -> Reader:
        """Read ``page``, in which links may begin with ``links``, and only ``script`` may run."""
        reader = cls(links, script)
        reader.feed(str(page))  # of Markup, parts would be escaped again
        reader.close()
        return reader

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called by the parser; looks at an element and its attributes."""
        self.tags.append((tag, dict(attrs)))
        self._inside = tag
        if tag not in _SAFE_TAGS and not (tag == "script" and self._script):
            self.dangers.append(f"<{tag}>")
        for name, value in attrs:
            link = tag == "a" and name == "href" and (value or "").startswith(self._links)
            picture = tag == "img" and name == "src" and (value or "").startswith(_SAFE_PICTURES)
            known = name in _SAFE_ATTRIBUTES or name.startswith("data-")
            if not known and not link and not picture:
                self.dangers.append(f"<{tag} {name}={value}>")

    def handle_endtag(self, tag: str) -> None:
        """Called by the parser; a style sheet or a script ends here."""
        self._inside = "" if tag == self._inside else self._inside

    def handle_data(self, data: str) -> None:
        """Called by the parser; text is for readers, style sheets and scripts are not."""
        if self._inside == "script":
            if data != self._script:
                self.dangers.append("a script that is not the page's own")
        elif self._inside != "style":
            self.text += data
        elif "url(" in data or "@import" in data:
            self.dangers.append("a style sheet that reaches out")
