"""pyplot of a test cell is the kernel's."""

from __future__ import annotations

from typing import Any

import pytest

from grader.examiner.surroundings import figures


@pytest.mark.parametrize("source", ["import matplotlib.pyplot as plt", "from matplotlib import x"])
def test_functions_are_asked_for_by_name_once(source: str) -> None:
    from matplotlib import pyplot

    asked: list[str] = []

    def function(name: str) -> Any:
        asked.append(name)
        return lambda *given, **named: (name, given, named)

    before = pyplot.gcf
    with figures.of_the_kernel(source, function):
        assert pyplot.gcf() == ("gcf", (), {})
        assert pyplot.subplots(2, figsize=(1, 1)) == ("subplots", (2,), {"figsize": (1, 1)})
        pyplot.gcf()
        pyplot.show()
        pyplot.rc("font", size=pyplot.rcParams["font.size"])
    assert asked == ["gcf", "subplots"]
    assert pyplot.gcf is before


def test_without_matplotlib_nothing_is_touched() -> None:
    def function(_: str) -> Any:
        raise AssertionError

    with figures.of_the_kernel("assert f() == 3", function):
        pass
