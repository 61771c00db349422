"""Attacks on readers: scripts in outputs; and warnings, which cost nobody a point."""

from __future__ import annotations

from collections.abc import Callable

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from tests.attacks.submissions import Attack, HandedIn, calling, python
from tests.attacks.world import SCRIPT


def add_markdown(text: str) -> Callable[[NotebookNode], None]:
    def change(notebook: NotebookNode) -> None:
        notebook.cells.append(new_markdown_cell(text, id="mine"))

    return change


def shown(kind: str, text: str) -> HandedIn:
    """A script in an output, and the right answer."""
    bundle = {kind: text}
    return python(
        f"from IPython.display import display\ndisplay({bundle!r}, raw=True)", wrong=False
    )


PICTURE = """
import base64
from IPython.display import Image, display
display(Image(base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==')))
"""
HTML = f"<script>{SCRIPT}</script><img src='x' onerror='{SCRIPT}'>"
SVG = f"<svg xmlns='http://www.w3.org/2000/svg' onload='{SCRIPT}'><script>{SCRIPT}</script></svg>"
LINK = f"[look](javascript:{SCRIPT}) <img src=x onerror={SCRIPT}>"
WARNING = """
import sys, warnings, logging
warnings.warn('this will change in a later version')
logging.warning('no GPU found')
print('compiling', file=sys.stderr)
"""

PAINTED = python(PICTURE, wrong=False)  # the twin of several attacks

ATTACKS = (
    Attack(
        24,
        "html",
        "a script in HTML output",
        shown("text/html", HTML),
        PAINTED,
    ),
    Attack(
        24,
        "svg",
        "a script in an SVG picture",
        shown("image/svg+xml", SVG),
        PAINTED,
    ),
    Attack(
        24,
        "javascript",
        "JavaScript as output",
        shown("application/javascript", SCRIPT),
        python(f"print({HTML!r})", wrong=False),
    ),
    Attack(
        24,
        "markdown",
        "a script in Markdown, as output and as a cell",
        HandedIn(shown("text/markdown", LINK).cells, add_markdown(LINK + HTML)),
        HandedIn(change=add_markdown("# My notes\n\n*I like sums.*")),
    ),
    Attack(
        25,
        "warns",
        "wrong, with warnings on stderr",
        calling(WARNING),
        calling(WARNING, "a + b"),
        "FF++",
    ),
)
