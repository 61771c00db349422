"""Markdown of students and graders on a page: readable, and nothing in it runs or reaches out."""

from __future__ import annotations

import time

import pytest

from grader.notebook.sanitize.markdown import render
from tests.pages import Reader

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)><iframe></iframe>"


def test_markdown_becomes_elements() -> None:
    found = render(
        "# Title\n\n**bold** `code`\n\n- a\n- b\n\n|a|b|\n|-|-|\n|1|2|\n\n```\nx = 1\n```"
    )
    tags = [tag for tag, _ in Reader.of(found).tags]
    for tag in ("strong", "code", "li", "table", "pre"):
        assert tag in tags
    assert "h1" not in tags, "the page has headings of its own"


@pytest.mark.parametrize(
    "source",
    [
        EVIL,
        f"# {EVIL}\n\n- {EVIL}\n\n{EVIL}",
        f"$${EVIL}$$ ${EVIL}$ \\begin{{align}}{EVIL}\\end{{align}}",
        f"![{EVIL}](http://evil.example/x.png) [x](javascript:alert(1)) [x](data:text/html,x)",
        "<http://evil.example/x.png> ![](attachment:x.png) ![](data:image/svg+xml;base64,AAAA)",
        f"```{EVIL}\n{EVIL}\n```",
        "$\\text{<script>alert(1)</script>}$ $\\color{red}{x}$",
        "\u202ereversed $x\u202e$ \x1b[31m",
    ],
)
def test_nothing_runs_and_nothing_is_fetched(source: str) -> None:
    found = render(source)
    reader = Reader.of(found)
    assert reader.dangers == []
    assert "\u202e" not in found
    assert not any(tag == "img" for tag, _ in reader.tags)
    assert all(
        attributes.get("href", "http").startswith(("http", "mailto"))
        for tag, attributes in reader.tags
        if tag == "a"
    )


def test_raw_html_is_shown_as_it_was_typed() -> None:
    assert EVIL in Reader.of(render(f"because {EVIL}")).text


@pytest.mark.parametrize(
    ("tex", "inside"),
    [
        ("$x_i^2$", "<msubsup>"),
        (r"$\frac{a}{b}$", "<mfrac>"),
        (r"$\hat{y}_i$", "<msub>"),
        (r"$$\sum_{i=1}^n x_i$$", 'display="block"'),
        (r"\\(x^2\\)", "<msup>"),
        (r"\\[x^2\\]", 'display="block"'),
        ("\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}", 'class="ams-align"'),
        ("\\begin{equation}\nx^2\n\\end{equation}", "<msup>"),
        (r"$$\begin{pmatrix}1 & 2\\3 & 4\end{pmatrix}$$", "<mtable>"),
    ],
)
def test_a_formula_is_mathml(tex: str, inside: str) -> None:
    found = render(f"It is {tex}" if tex.startswith("$x") else tex)
    assert "<math" in found
    assert inside in found


@pytest.mark.parametrize("tex", [r"\unknown{x}", "x < & y", "a_", "x" * 3_000])
def test_a_formula_that_is_not_understood_is_shown_as_it_was_typed(tex: str) -> None:
    found = render(f"${tex}$")
    assert "<math" not in found
    assert tex in Reader.of(found).text


@pytest.mark.parametrize("source", ["word " * 20_000, "$x$ " * 600])
def test_what_is_very_long_is_shown_as_it_was_typed(source: str) -> None:
    assert render(source) == f"<pre>{source}</pre>"


@pytest.mark.parametrize(
    "pattern", ["[", "*a ", "`", "> ", "*_", "a|b\n-|-\n", "[a](", "<a ", "- ", "$$", "{"]
)
def test_hostile_text_takes_no_long(pattern: str) -> None:
    begin = time.process_time()
    render((pattern * 20_000)[:20_000])
    assert time.process_time() - begin < 10


def test_nothing_is_nothing() -> None:
    assert render(" \n") == ""
