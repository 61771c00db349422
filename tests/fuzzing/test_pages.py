"""Pages for students and instructors, with whatever text came from a student's notebook in them."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.model import Claim, Outcome
from grader.notebook.plugins import formgrader
from grader.notebook.reporting import feedback_outputs
from grader.notebook.sanitize import markdown
from grader.notebook.sanitize.outputs import sanitise_notebook
from grader.reports.feedback.content import Answer, Judged, Page
from grader.reports.feedback.html_page import render
from grader.reports.terminal.plain import plain
from tests.fuzzing import texts
from tests.fuzzing.running import tried, within
from tests.fuzzing.texts import Repeated
from tests.pages import Reader

_LINKS = ("#", "https://", "http://", "mailto:")
_OUTPUTS = st.lists(
    st.builds(
        lambda kind, text: {"output_type": kind, "text": text, "traceback": [text], "ename": text},
        st.sampled_from(["stream", "error"]),
        texts.texts.map(str),
    ),
    max_size=3,
)


def harmless(page: str) -> None:
    """Nothing in a page runs or reaches out, and it can be written."""
    page.encode()
    dangers = Reader.of(page, _LINKS).dangers
    assert not dangers, dangers[:3]


@tried(100)
@given(source=texts.texts)
def test_markdown_on_a_page_runs_nothing(source: str | Repeated) -> None:
    with within():
        page = markdown.render(str(source))
    harmless(page)


@tried(100)
@given(source=texts.texts, name=texts.short_text)
def test_markdown_in_the_formgrader_runs_nothing(source: str | Repeated, name: str) -> None:
    context: Any = {"cell": {"attachments": {name: {"image/png": "AAAA"}}}}
    with within():
        page = formgrader.markdown(context, str(source))
    harmless(page)


@tried(15, share=0.2)
@given(outputs=_OUTPUTS, words=st.lists(texts.texts.map(str), min_size=6, max_size=6))
def test_a_feedback_page_shows_text_as_text(outputs: list[Any], words: list[str]) -> None:
    cell = new_code_cell("1")
    cell.outputs = [NotebookNode(each) for each in outputs]
    notebook = new_notebook()
    notebook.cells = [new_markdown_cell(f"# {words[0]}"), cell]  # a kernel's outputs fit no schema
    with within():
        sanitise_notebook(notebook)
        shown = feedback_outputs.collect(notebook)
        claim = Claim("adds", 2.0, words[1], words[2], ("add",))
        page = render(
            Page(
                *("sums", "ada", words[3], 1.0, 2.0, 0.0),
                claims=(Judged(claim, Outcome.FAILED, words[4], 0.0),),
                answers=(Answer("add", False, words[5], comment=markdown.render(words[0])),),
                notes=(words[1],),
                pictures=shown.pictures,
                title=words[2],
                description=words[3],
            )
        )
    harmless(page.encode(errors="replace").decode())


@tried(60)
@given(text=texts.texts)
def test_a_text_in_a_table_gives_a_terminal_no_command(text: str | Repeated) -> None:
    with within():
        shown = plain(str(text))
    assert "\x1b" not in str(shown)
