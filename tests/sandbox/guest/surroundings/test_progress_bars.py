"""Loops with a progress bar run without it where its package is missing."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from grader.sandbox.guest.surroundings import progress_bars


@pytest.fixture
def not_installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No tqdm but that of the kernel's, which is found behind all others."""
    known = {name for name in sys.modules if name.partition(".")[0] == "tqdm"}
    for name in known:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [])
    progress_bars.pass_over_missing()
    progress_bars.pass_over_missing()
    assert len(sys.meta_path) == 1
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "tqdm"]:
        del sys.modules[name]


@pytest.mark.usefixtures("not_installed")
def test_a_loop_runs_as_without_a_bar(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    exec(
        "from tqdm.auto import tqdm, trange\nimport tqdm.notebook, tqdm as t\n"
        "it = [each for each in tqdm.tqdm('abc', desc='rows')]\n"
        "for n in (bar := t.trange(2, 5, leave=False)): bar.set_postfix(loss=n)\n"
        "with t.tqdm(total=10) as manual:\n    manual.update(4)\n    manual.set_description('x')\n"
        "t.tqdm.write('half')\nlength = len(t.tqdm([1, 2])), len(manual), manual.n, bar.n\n",
        names,
    )
    assert names["it"] == ["a", "b", "c"]
    assert names["n"] == 4
    assert names["length"] == (2, 10, 4, 3)
    said = capsys.readouterr().out
    assert said.count("tqdm has no effect here") == 1
    assert said.endswith("half\n")


@pytest.mark.usefixtures("not_installed")
@pytest.mark.parametrize("statement", ["import no_tqdm", "from tqdm.contrib import tenumerate"])
def test_nothing_else_is_found(statement: str) -> None:
    with pytest.raises(ModuleNotFoundError):
        exec(statement)


@pytest.mark.keras
def test_a_bar_of_keras_is_a_callback() -> None:
    import keras

    module = type(sys)("tqdm.keras")
    progress_bars.Finder().exec_module(module)
    assert isinstance(module.TqdmCallback(verbose=1), keras.callbacks.Callback)
