"""Advice on names that a cell was to define that stopped before."""

from __future__ import annotations

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grader.notebook.assignment import PART_OF
from grader.notebook.judging.cell_runs import CellRun, CellStatus
from grader.notebook.judging.undefined_names import explained

STOPPED = CellRun(
    CellStatus.RAISED, error="ModuleNotFoundError", message="No module named 'google.colab'"
)
DONE = CellRun(CellStatus.DONE)
MISSED = CellRun(CellStatus.RAISED, error="NameError", message="name 'keras' is not defined")


def cells(source: str, answer: str = "") -> list[NotebookNode]:
    metadata = {PART_OF: answer} if answer else {}
    first = new_code_cell(source, id="extra-1", metadata=metadata)
    return [first, new_code_cell("keras.Model()", id="build-model")]


@pytest.mark.parametrize(
    ("answer", "said"), [("", "cell 2 of the notebook"), ("a", "the cell `a`")]
)
def test_the_cell_that_stopped_is_named(answer: str, said: str) -> None:
    source = "from google.colab import drive\nfrom tensorflow import keras"
    advice = explained(MISSED, cells(source, answer), {0: STOPPED}, 1).advice
    assert advice.startswith(
        f"keras is defined in {said}, which stopped before that with ModuleNotFoundError: No "
    )


@pytest.mark.parametrize(
    ("run", "source", "runs"),
    [
        (MISSED, "import keras", {0: DONE}),
        (MISSED, "import keras", {}),
        (MISSED, "import keras", {1: STOPPED}),
        (MISSED, "from tensorflow import layers", {0: STOPPED}),
        (STOPPED, "import keras", {0: STOPPED}),
        (DONE, "import keras", {0: STOPPED}),
    ],
)
def test_nothing_is_said_of_other_cells(
    run: CellRun, source: str, runs: dict[int, CellRun]
) -> None:
    assert explained(run, cells(source), runs, 1) is run


def test_a_cell_further_down_that_defines_the_name_is_told() -> None:
    first, second = cells("from tensorflow import keras", "a")
    advice = explained(MISSED, [second, first], {}, 0).advice
    assert advice == (
        "The cell `a` defines it, and stands further down: cells run from top to bottom. Define "
        "`keras` above."
    )
    own = cells("keras = 1")[0]
    assert explained(MISSED, [second, own], {}, 0).advice.startswith("Cell 2 of the notebook def")
    given = new_code_cell("keras = 1", id="load")
    assert explained(MISSED, [second, given], {}, 0) is MISSED


@pytest.mark.parametrize("magic", ["%%timeit -n1", "%%writefile net.py", "%%time\n%%timeit"])
def test_a_magic_that_hides_the_definition_is_named(magic: str) -> None:
    advice = explained(MISSED, cells(f"{magic}\nimport os\nkeras = os", "a"), {0: DONE}, 1).advice
    named = magic.rsplit("\n", maxsplit=1)[-1].split(maxsplit=1)[0]
    assert advice == (
        f"Remove the line with {named} from the cell `a`: below it, the notebook keeps neither "
        "`keras` nor any other name."
    )


@pytest.mark.parametrize("source", ["%%time\nkeras = 1", "%%bash\nkeras=1", "%%timeit\nother = 1"])
def test_no_other_magic_is_blamed(source: str) -> None:
    assert explained(MISSED, cells(source), {0: DONE}, 1) is MISSED
