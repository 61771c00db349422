"""What an instructor's browser gets to see of a student's Markdown, rendered as nbgrader does."""

from __future__ import annotations

import copy

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.server_extensions.formgrader import handlers

from grader import settings as course_settings
from tests.conftest import ROOT
from tests.pages import Reader

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
    config = copy.deepcopy(course_settings.load(ROOT).config)
    config = type(config)() if stock else config
    # As nbgrader's FormgradeExtension.build_extra_config has it.
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    notebook = new_notebook(cells=[new_markdown_cell(source)])
    page, _ = HTMLExporter(config=config).from_notebook_node(notebook, dict(RESOURCES))
    cell = page[page.index("text_cell_render") :]
    return cell[cell.index(">") + 1 : cell.index('<div class="help">')]


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
]


@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_runs_and_nothing_is_fetched(source: str) -> None:
    assert Reader.of(rendered(source)).dangers == []


def test_the_same_is_live_in_stock_nbgrader() -> None:
    live = [source for source in HOSTILE if Reader.of(rendered(source, stock=True)).dangers]
    assert len(live) >= 10


def test_raw_html_stays_readable() -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in rendered("<script>alert(1)</script>")


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
    for text in texts:
        ours, stock = (Reader.of(rendered(text, stock)).text for stock in (False, True))
        assert ours.split() == stock.replace("¶", " ").split()
