from __future__ import annotations

from typing import Any

import nbformat
import nh3
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from grader.language import gettext
from grader.notebook.sanitize import markdown, mathml
from grader.notebook.sanitize.outputs import Budget, sanitise
from grader.notebook.sanitize.text import escape_invisible, render_terminal, strip_ansi
from tests.fuzzing import texts
from tests.fuzzing.running import tried, within
from tests.fuzzing.texts import Repeated

_outputs = st.lists(
    st.fixed_dictionaries(
        {
            "output_type": st.sampled_from(["stream", "error", "display_data", "execute_result"])
            | texts.plain
        },
        optional={
            "name": st.sampled_from(["stdout", "stderr"]) | texts.anything,
            "text": texts.texts.map(str) | st.lists(texts.anything, max_size=3) | texts.anything,
            "ename": texts.anything,
            "evalue": texts.anything,
            "traceback": st.lists(texts.anything, max_size=3) | texts.anything,
            "data": st.dictionaries(
                st.sampled_from(["text/plain", "text/html", "image/png", "image/jpeg", "a\x1bb"]),
                texts.texts.map(str) | texts.anything,
            )
            | texts.anything,
            "metadata": texts.anything,
        },
    )
    | texts.anything,
    max_size=5,
)


@tried(100)
@given(outputs=_outputs | texts.anything)
def test_outputs_become_text_and_pictures(outputs: Any) -> None:
    with within():
        kept = sanitise(outputs, Budget())
    notebook = new_notebook(cells=[new_code_cell(outputs=kept)])
    nbformat.validate(notebook)
    text = nbformat.writes(notebook)
    text.encode()
    assert "\\u001b" not in text
    assert {kind for output in kept for kind in output.get("data", {})} <= {
        "text/plain",
        "image/png",
    }


@tried(150)
@given(source=texts.texts)
def test_markdown_becomes_a_page_that_runs_nothing(source: str | Repeated) -> None:
    with within():
        page = markdown.render(str(source))
    page.encode()
    again = nh3.clean(
        page,
        tags=markdown._TAGS,
        attributes=markdown._ATTRIBUTES,
        allowed_classes=mathml.CLASSES,
        url_schemes={"https", "http", "mailto"},
        link_rel=None,
    )
    same = again == page or page.startswith(
        "<pre>"
    )  # as it was typed; by itself: pytest would compare long texts letter by letter
    assert same, (page[:100], again[:100])


@tried(100)
@given(text=texts.texts)
def test_text_for_a_terminal_has_no_commands(text: str | Repeated) -> None:
    text = str(text)
    with within():
        shown = [escape_invisible(text), strip_ansi(text), render_terminal(text)]
    for each in shown:
        each.encode()
        assert not set(each) & {"\x1b", "\r", "\x07", "\u202e"}


@tried(60)
@given(value=texts.texts)
def test_a_value_stands_in_a_message_as_it_is(value: str | Repeated) -> None:
    value = str(value)
    assert gettext("{found} is not {due}", found=value, due=3) == f"{value} is not 3"
    assert gettext(value) == value
