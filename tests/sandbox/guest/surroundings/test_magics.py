"""Unknown magics of one line do nothing; what fails in a known one is raised."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from grader.sandbox.guest.surroundings.magics import pass_over_unknown


@pytest.fixture
def shell() -> Iterator[Any]:
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    pass_over_unknown(shell)
    yield shell
    InteractiveShell.clear_instance()


@pytest.mark.parametrize(
    "line", ["%load_ext no_profiler", "%tensorflow_version 2.x", "x = %lprun -f f f()"]
)
def test_a_line_that_is_not_known_does_nothing(
    shell: Any, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    result = shell.run_cell(f"{line}\nit = 3")
    assert result.success
    assert shell.user_ns["it"] == 3
    assert "has no effect here" in capsys.readouterr().out


@pytest.mark.parametrize(
    "line", ["%run no_such_file.py", "%load_ext", "%timeit -q -n1 -r1 1 / 0", "import no_profiler"]
)
def test_what_is_known_and_fails_is_raised(shell: Any, line: str) -> None:
    assert not shell.run_cell(f"{line}\nit = 3").success


def test_values_of_the_cell_are_put_into_a_line(shell: Any) -> None:
    shell.run_cell("def f():\n    n = 5\n    return get_ipython().getoutput('echo {n}')\nit = f()")
    shell.run_cell("size = 7\nwhere = %env\n%env SIZE_OF_IT={size}\nimport os")
    assert shell.user_ns["it"] == ["5"]
    assert shell.run_cell("it = os.environ.pop('SIZE_OF_IT')").success
    assert shell.user_ns["it"] == "7"
