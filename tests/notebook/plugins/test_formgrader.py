"""What an instructor's browser gets to see of a student's Markdown, rendered as nbgrader does."""

from __future__ import annotations

import copy
import functools
from collections.abc import Sequence

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.server_extensions.formgrader import handlers
from PIL import Image

from grader import settings as course_settings
from grader.notebook.sanitize.outputs import Budget, sanitise
from tests.conftest import ROOT
from tests.notebook.sanitize.test_images import encoded
from tests.pages import Reader

pytestmark = pytest.mark.xdist_group("formgrader")  # one process: templates are compiled once

RESOURCES = {
    "index": 0,
    "total": 1,
    "base_url": "",
    "submission_id": "1",
    "notebook_id": "sums",
    "assignment_id": "sums",
    "student": "eve",
    "first_name": None,
    "last_name": None,
    "notebook_path": "",
}


def rendered(source: str, stock: bool = False) -> str:
    """The Markdown cell of the formgrader's page, with the course's configuration or without."""
    return page_from_text([source], stock).partition('<div class="help">')[0]


def page_from_text(sources: Sequence[str], stock: bool) -> str:
    """The formgrader's page on a notebook of Markdown cells, from the first one's text on."""
    return page_from_cells([new_markdown_cell(source) for source in sources], stock)


def page_from_cells(cells: Sequence[NotebookNode], stock: bool) -> str:
    """The same of cells of Markdown."""
    notebook = new_notebook(cells=list(cells))
    page, _ = exporter(stock).from_notebook_node(notebook, dict(RESOURCES))
    cell = page[page.index("text_cell_render") :]
    return cell[cell.index(">") + 1 :]


@functools.cache
def exporter(stock: bool) -> HTMLExporter:
    """The formgrader's, with the course's configuration or without; it compiles templates once."""
    config = copy.deepcopy(course_settings.load(ROOT).config)
    config = type(config)() if stock else config
    # As nbgrader's FormgradeExtension.build_extra_config has it.
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    return HTMLExporter(config=config)


HOSTILE = [
    "<script>alert(1)</script>",
    "text <img src=x onerror=alert(1)>",
    "<svg onload=alert(1)></svg>",
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "[here](javascript:alert(1))",
    "[here](data:text/html;base64,PHNjcmlwdD4=)",
    "[here](evil.html)",
    "![here](http://evil.example/seen.png)",
    "![here](data:image/svg+xml;base64,PHN2Zz4=)",
    "```mermaid\n</pre><script>alert(1)</script>\n```",
    '```"onload=alert(1)\ncode\n```',
    "$$<script>alert(1)</script>$$",
    "<form action=/formgrader/api/grade/1><input name=x></form>",
    "<div style='position:fixed;inset:0'>nothing to see</div>",
    '<a href="https://ok.example" onclick="alert(1)">x</a>',
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>here</text></a></svg>",
    "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    "[here](JaVaScRiPt:alert(1))",
    "[here](java&#x0a;script:alert(1))",
    "[here](&#106;avascript:alert(1))",
    "[here](vbscript:alert(1))",
    "[here](//evil.example/next)",
    "[here]( javascript:alert(1) )",
    "<javascript:alert(1)>",
    "[here][1]\n\n[1]: javascript:alert(1)",
    "![here](data:text/html;base64,PHNjcmlwdD4=)",
    "![here](data:image/png,<svg/onload=alert(1)>)",
    "![<img src=x onerror=alert(1)>](evil.png)",
    '![a](evil.png"onerror="alert(1))',
    "[![here](http://evil.example/seen.png)](javascript:alert(1))",
    "> - [**deep** `x`](javascript:alert(1))\n>   - <b onclick=alert(1)>x</b>",
    "**[a](javascript:alert(1)) <script>alert(1)</script>**",
    "| <img src=x onerror=alert(1)> |\n|---|\n| [a](javascript:alert(1)) |",
    "# <body onload=alert(1)>",
    "<b onmouseover=alert(1)>text",
    "<img src=x onerror=alert(1)",
    "<script>alert(1)",
    "<!-- <script>alert(1)</script>",
    "<textarea><script>alert(1)</script>",
    "</div></div><script>alert(1)</script>",
    "<p/onclick=alert(1)>text</p\n<script src=//evil.example>",
]


@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_runs_and_nothing_is_fetched(source: str) -> None:
    assert Reader.of(rendered(source)).dangers == []


@pytest.mark.process
def test_the_same_is_live_in_stock_nbgrader() -> None:
    live = [source for source in HOSTILE if Reader.of(rendered(source, stock=True)).dangers]
    assert len(live) >= 10


def test_raw_html_stays_readable() -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in rendered("<script>alert(1)</script>")


@pytest.mark.parametrize(
    "source",
    [
        "<svg onload=alert(1)></svg>",
        "<b onclick=alert(1)>text",
        "text <img src=x onerror=alert(1)> text",
        "- <i>one</i>",
        "**<u>strong</u>**",
        "<!-- a comment -->",
        "<div class='x'>",
    ],
)
def test_raw_html_is_shown_as_it_was_typed(source: str) -> None:
    typed = source.strip("-* ")
    assert typed in Reader.of(rendered(source)).text


def test_what_is_left_open_ends_with_the_cell() -> None:
    opened, harmless = rendered("<div><div>\n\n**open\n\n> quoted <span>"), rendered("text")
    for tag in ("div", "span", "p"):
        left = [page.count(f"<{tag}>") - page.count(f"</{tag}>") for page in (opened, harmless)]
        assert left[0] == left[1]


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("# Title", "<h1>Title</h1>"),
        ("*so* **and** `so`", "<em>so</em> <strong>and</strong> <code>so</code>"),
        ("- one\n- two", "<li>one</li>"),
        ("| a |\n|---|\n| 1 |", "<td>1</td>"),
        ("```python\nx < 1\n```", '<span class="o">&lt;</span>'),
        ("$a < b$", "$a &lt; b$"),
        ("[paper](https://example.org/a?b=c)", '<a href="https://example.org/a?b=c">paper</a>'),
        ("![dot](data:image/png;base64,AAAA)", 'src="data:image/png;base64,AAAA"'),
        ("a \u202e b", r"a \u202e b"),
    ],
)
def test_markdown_is_rendered_as_before(source: str, html: str) -> None:
    assert html in rendered(source)


def test_a_heading_does_not_take_a_score_fields_place() -> None:
    assert 'id="adds"' in rendered("# adds", stock=True)
    assert "id=" not in rendered("# adds")


def test_an_attachment_that_is_missing_is_its_description() -> None:
    assert "<p>a plot</p>" in rendered("![a plot](attachment:gone.png)")


@pytest.mark.parametrize("name", course_settings.load(ROOT).assignments)
def test_the_courses_own_text_loses_nothing(name: str) -> None:
    source = nbformat.read(ROOT / "source" / name / f"{name}.ipynb", as_version=4)
    texts = [cell.source for cell in source.cells if cell.cell_type == "markdown"]
    assert texts
    ours, stock = (Reader.of(page_from_text(texts, stock)).text for stock in (False, True))
    assert ours.split() == stock.replace("¶", " ").split()


@pytest.mark.parametrize(
    "text",
    [
        "![a](photo.png)",
        "![a](attachment:photo.png)",
        'here: <img src="photo.png">',
        "<img width='9' src='a photo.png'>",
        "![a](<a photo.png>)",
    ],
)
def test_a_picture_that_is_attached_is_shown(text: str) -> None:
    name = "a photo.png" if "a photo" in text else "photo.png"
    cell = new_markdown_cell(text, attachments=NotebookNode({name: {"image/png": "aGk="}}))
    page = page_from_cells([cell], stock=False)
    assert "data:image/png;base64,aGk=" in page.partition('<div class="help">')[0]


@pytest.mark.lengthy
def test_a_text_of_very_many_formulas_is_shown_as_it_was_typed() -> None:
    for beginning in (r"\begin{a}", r"\\[", r"\\("):
        page = rendered(beginning * 10_000 + "<b>x</b>")
        assert "<pre>" in page
        assert "&lt;b&gt;x" in page
    formulas = "\n\n".join(rf"\begin{{equation}} x_{n} \end{{equation}}" for n in range(30))
    assert "<pre>" not in rendered(formulas)


def test_long_lines_wrap_on_the_page_of_a_submission() -> None:
    wraps = ".output_text pre, .input_area pre { white-space: pre-wrap;"
    ours, stock = (
        exporter(stock).from_notebook_node(new_notebook(cells=[]), dict(RESOURCES))[0]
        for stock in (False, True)
    )
    assert wraps in ours
    assert wraps not in stock
    assert 'class="help"' in ours, "nbgrader's own page is around it"


def test_a_figure_is_shown_with_its_description_and_no_wider_than_the_page() -> None:
    data = {"image/png": encoded(Image.new("L", (4, 4))), "text/plain": "<Figure> \"of\" 'x'"}
    outputs = sanitise([new_output("display_data", data=data)], Budget())
    notebook = new_notebook(cells=[new_code_cell("plt.show()", outputs=outputs)])
    page, _ = exporter(False).from_notebook_node(notebook, dict(RESOURCES))
    (picture,) = (tag for name, tag in Reader.of(page).tags if name == "img")
    assert picture["alt"] == "Picture drawn by this cell: <Figure> \"of\" 'x'"
    assert "img { max-width: 100%; height: auto;" in page
