"""How Sphinx builds the documentation: ``make docs``."""

from importlib import metadata
from typing import Any

from docutils import nodes

from grader.notebook.sanitize import mathml

project = "grader"
author = "the course's authors"
copyright = "2026 the authors of this course, under the MIT license"
release = version = metadata.version("grader")
language = "en"

extensions = [
    "myst_nb",  # pages in Markdown, and notebooks
    "sphinx.ext.autodoc",  # reference pages from docstrings
    "sphinx.ext.napoleon",  # docstrings in Google's style
    "sphinx_click",  # the reference of the command line
]
html_theme = "furo"
html_title = "Deep-learning exercises whose grades can be trusted"
html_copy_source = False
smartquotes_action = "qe"  # quotes and ellipses; a dash of --course stays two

# `notebooks` links to release/: what students get is rendered, and never run here.
exclude_patterns = [
    "notebooks/*/.ipynb_checkpoints",
    "notebooks/*/how_trainings_are_graded.md",  # a page of the site's own includes it
]
nb_execution_mode = "off"
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence", "dollarmath"]
html_math_renderer = "mathml"  # of this file: readers need no script and no network
suppress_warnings = ["mystnb.unknown_mime_type"]

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True}

# A name of ours that a docstring refers to must exist. The build is offline, so it cannot look up
# names of other packages.
nitpicky = True
nitpick_ignore_regex = [
    (r"py:.*", r"(np|numpy|npt|keras|collections|pathlib|typing|types|ast|click)(\..*)?"),
    (r"py:.*", r".*\._T|[A-Z]\w*|object|optional"),
]


def _examples_as_code(app: Any, context: Any, lines: list[str]) -> None:
    """Set the example of each command as code."""
    for number, line in enumerate(lines):
        if line.startswith("Example: "):
            lines[number] = f"Example: ``{line.removeprefix('Example: ')}``"


def _formula(translator: Any, node: Any) -> None:
    """Write a formula of a page as MathML, as on pages of feedback."""
    block = isinstance(node, nodes.math_block)
    translator.body.append(mathml.formula(node.astext(), block=block))
    raise nodes.SkipNode


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("sphinx-click-process-description", _examples_as_code)
    app.add_html_math_renderer("mathml", (_formula, None), (_formula, None))
