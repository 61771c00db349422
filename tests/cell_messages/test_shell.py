"""What a cell of a notebook shows in place of a traceback, in a shell of IPython's."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from grader.cell_messages import shell as messages

STUB = (
    "def add(a, b):\n    # YOUR CODE HERE\n"
    '    raise NotImplementedError("Not written yet: replace this line.")'
)
CHECK = "from grader.checks.answers import integer\n"
CLAIM = f"# Claim: it adds.\n# Hint: use `+`.\n{CHECK}"
HIDDEN = "# A hidden test stands here."
NOBODYS = ("site-packages", "grader/", "ipython/core")


class Notebook:
    """A shell with the messages, as a front end of Jupyter's would see it.

    Attributes:
        errors: lines of each error that was shown.
        pages: HTML of each display.
        texts: plain text of each display.
    """

    def __init__(self, html: bool = True) -> None:
        config = Config()
        config.HistoryManager.enabled = False
        self.shell = InteractiveShell(config=config, colors="nocolor")
        self.cell_id: str | None = None
        self.errors: list[list[str]] = []
        self.pages: list[str] = []
        self.texts: list[str] = []
        if html:
            self.shell.kernel = SimpleNamespace()
        self.shell._showtraceback = lambda _, __, lines: self.errors.append(lines)
        self.shell.display_pub.publish = self._publish
        messages.Messages(self.shell)

    def _publish(self, data: dict[str, str], metadata: Any) -> None:
        self.pages.append(data["text/html"])
        self.texts.append(data["text/plain"])

    def run(self, *cells: str) -> str:
        """Run cells; all that the last one showed, as text."""
        for cell in cells:
            self.errors, self.pages, self.texts = [], [], []
            self.shell.run_cell(cell, store_history=True, cell_id=self.cell_id)
        return "\n".join(["\n".join(lines) for lines in self.errors] + self.texts)


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> Notebook:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    return Notebook()


def test_a_failing_check_says_what_was_found_and_the_hint(notebook: Notebook) -> None:
    shown = notebook.run("def add(a, b):\n    return 'x'", f"{CLAIM}integer(add(1, 2), what='it')")
    assert notebook.errors == [["\x1b[1;31mFailed\x1b[0m"]]
    assert "Failed: it is of type str. Expected" in shown
    assert "Hint: use `+`." in shown
    assert "Hint:</b> use <code>+</code>." in notebook.pages[0]
    assert "<details>" in notebook.pages[0]
    assert "integer(add(1, 2), what=&#x27;it&#x27;)" in notebook.pages[0]
    assert not any(path in shown + notebook.pages[0] for path in NOBODYS)


def test_a_plain_assert_says_its_message_or_its_code(notebook: Notebook) -> None:
    assert "Failed: sum is 3" in notebook.run("# Claim: a\nassert 0, 'sum is 3'")
    assert "Failed: This does not hold: `assert 1 == 2`" in notebook.run(
        "# Claim: a\nassert 1 == 2"
    )


def test_an_unwritten_cell_says_so_where_it_is_run_and_where_it_is_tested(
    notebook: Notebook,
) -> None:
    shown = notebook.run(STUB, f"{CLAIM}integer(add(1, 2), what='it')")
    assert "Not attempted: `add` is not written yet.\nHint: Replace the line" in shown
    assert "Then run this test again." in shown
    assert "In `add`, line 3: raise NotImplementedError" in shown
    shown = notebook.run("# YOUR CODE HERE\nraise NotImplementedError()")
    assert "Not attempted: This cell is not written yet." in shown
    assert "this test" not in shown


def test_a_written_cell_that_raises_the_same_is_no_stub(notebook: Notebook) -> None:
    shown = notebook.run("raise NotImplementedError('odd sizes')")
    assert "NotImplementedError: odd sizes" in shown
    assert "Traceback" in shown


def test_a_missing_name_says_to_run_the_cell_above(notebook: Notebook) -> None:
    shown = notebook.run("# Claim: a\nadd(1, 2)")
    assert "Not attempted: `add` is not defined.\nHint: Run the cell above" in shown


def test_students_own_error_keeps_its_line_and_no_frame_of_others(notebook: Notebook) -> None:
    own = "import json\ndef add(a, b):\n    return json.loads('{')"
    shown = notebook.run(own, f"{CLAIM}integer(add(1, 2), what='it')")
    assert "return json.loads('{')" in shown
    assert "integer(add(1, 2), what='it')" in shown
    assert "JSONDecodeError" in shown
    assert "decoder.py" not in shown
    assert "answers.py" not in shown
    assert not notebook.pages
    assert "decoder.py" in notebook.run("add(1, 2)"), "no test: as IPython shows it"


def test_students_own_assert_is_no_finding_of_the_test(notebook: Notebook) -> None:
    shown = notebook.run("def add(a, b):\n    assert a > 5", "# Claim: a\nadd(1, 2)")
    assert "Traceback" in shown
    assert "assert a > 5" in shown


def test_an_error_that_we_raise_on_purpose_is_its_message(notebook: Notebook) -> None:
    raises = "from grader.errors import DataError\nraise DataError('no folder: set COURSE_DATA')"
    assert "DataError: no folder: set COURSE_DATA" in notebook.run(raises)
    assert notebook.errors == [["\x1b[1;31mDataError\x1b[0m"]]


def test_what_a_student_wrote_is_text(notebook: Notebook) -> None:
    hostile = "assert 0, '<script>x</script> \\x1b[31m \\u202e' + 'a' * 9000"
    shown = notebook.run(f"# Claim: a\n{hostile}")
    page = notebook.pages[0]
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    assert "\x1b" not in page + notebook.texts[0]
    assert "\u202e" not in page + shown
    assert len(page) < 6000


def test_points_stand_beside_a_claim_where_the_notebook_is_known(
    notebook: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cell(name: str, points: int, source: str) -> dict[str, Any]:
        known = {"grade": True, "solution": False, "grade_id": name, "points": points}
        metadata = {"nbgrader": known}
        return {"cell_type": "code", "id": f"id-{name}", "metadata": metadata, "source": source}

    claim, passing = "# Claim: a\nassert 0, 'no'", "# Claim: b\nassert 1"
    cells = [
        cell("adds", 2, claim),
        cell("more", 1, passing),
        cell("last", 3, HIDDEN),
        cell("x", 4, HIDDEN),
    ]
    path = tmp_path / "sums.ipynb"
    path.write_text(json.dumps({"cells": cells}))
    assert notebook.run(passing) == "Passed"
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    assert "Failed\x1b[0m: adds (2 points)" in notebook.run(claim)
    assert notebook.run(passing) == "Passed: more (1 point)"
    assert notebook.run(HIDDEN) == "", "there are two, and nobody says which"
    notebook.cell_id = "id-last"
    assert notebook.run(HIDDEN) == "Hidden claim (3 points): tested when your work is graded."
    notebook.cell_id = "id-of-another"
    assert notebook.run("# a comment of mine\n\n# goes on") == ""
    assert notebook.run("# a comment" + "\n" * 5000 + "1") == ""
    assert notebook.run("1 + 1") == ""
    path.write_text("no notebook")
    assert notebook.run(passing) == "Passed"


def test_a_note_of_a_check_says_what_to_do_next(notebook: Notebook) -> None:
    raises = "error = AssertionError('no')\nerror.add_note('Look at the sign.')\nraise error"
    shown = notebook.run(f"{CLAIM}{raises}")
    assert "Failed: no" in shown
    assert "Hint: Look at the sign." in shown
    assert "use `+`" not in notebook.pages[0].partition("<details>")[0]


def test_a_terminal_and_validate_get_all_of_it_as_the_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = ["Failed: no", "Hint: b.", "In the test, line 3: assert 0, 'no'"]
    cell = "# Claim: a\n# Hint: b.\nassert 0, 'no'"
    terminal = Notebook(html=False)
    terminal.run(cell)
    assert (terminal.errors, terminal.pages) == ([lines], [])
    monkeypatch.setenv("NBGRADER_VALIDATING", "1")
    validated = Notebook()
    validated.run(cell)
    assert (validated.errors, validated.pages) == ([lines], [])


def test_another_handler_is_still_asked() -> None:
    notebook, seen = Notebook(), []
    notebook.shell.set_custom_exc((KeyError,), lambda *found, **_: seen.append(found[1]))
    messages.Messages(notebook.shell)
    notebook.run("{}['x']")
    assert seen == [KeyError]
    assert not notebook.errors
    assert "Failed: no" in notebook.run("# Claim: a\nassert 0, 'no'")


def test_judged_kernels_and_programs_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    messages.install()  # no IPython runs here
    notebook = Notebook()
    before = notebook.shell.custom_exceptions = ()
    monkeypatch.setattr("IPython.get_ipython", lambda: notebook.shell)
    monkeypatch.setenv("COURSE_JUDGED", "1")
    messages.install()
    assert notebook.shell.custom_exceptions is before
    monkeypatch.delenv("COURSE_JUDGED")
    messages.install()
    messages.install()
    assert notebook.shell.custom_exceptions == (BaseException,)


def test_half_a_character_in_an_error_does_not_keep_the_kernel_from_answering() -> None:
    notebook = Notebook()
    notebook.run(
        "try:\n    raise ValueError('\\ud800')\nexcept ValueError as error:\n    kept = error"
    )
    said = notebook.run("raise kept")
    assert "ValueError: ?" in said
    assert str(notebook.shell.user_ns["kept"]).encode() == b"?"
