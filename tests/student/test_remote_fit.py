"""A student's own kernel whose trainings a referee carries out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from grader import datasets, kernelspec
from grader.errors import RefereeError
from grader.model import Budget
from grader.referee.service import local
from grader.student.remote_fit import Elsewhere, replace_fit, replace_with
from tests.conftest import ROOT
from tests.referee.fake import FakeReferee
from tests.slices import write_slices

pytestmark = [pytest.mark.kernel, pytest.mark.keras, pytest.mark.training]

ELSEWHERE = "Trained here by Keras, not by the course's referee: "


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("slices")
    write_slices(ROOT / "data", folder)
    return folder


@pytest.fixture
def referee(data: Path, monkeypatch: pytest.MonkeyPatch) -> FakeReferee:
    """A made-up referee behind ``keras.Model.fit``; it can be reached unless it is broken."""
    import keras

    fake = FakeReferee()

    def reach() -> FakeReferee:
        if fake.broken:
            raise RefereeError(fake.broken)
        return fake

    monkeypatch.setenv("COURSE_DATA", str(data))
    monkeypatch.setattr(keras.Model, "fit", keras.Model.fit)
    replace_with(keras, Elsewhere(reach, data))
    return fake


def network() -> Any:
    import keras

    model = keras.Sequential(
        [keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    )
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def images(data: Path) -> tuple[Any, Any]:
    (x, y), _ = datasets.load(data, "mnist")
    return x[:64] / 255.0, y[:64]


def test_the_referee_trains_and_keras_tells(
    referee: FakeReferee, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = network()
    history = model.fit(*images(data), epochs=2, verbose=2)
    assert history.history["accuracy"] == [0.5, 0.75]
    assert history is model.history
    assert len(referee.steps) == 2
    printed = capsys.readouterr().out
    assert "Epoch 2/2" in printed
    assert ELSEWHERE not in printed
    model.fit(*images(data), epochs=1, verbose=0)
    assert referee.steps[-1].epochs == 3, "another fit goes on from there"


def test_other_data_is_trained_here_and_said(
    referee: FakeReferee, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = network()
    history = model.fit(np.zeros((8, 28, 28)), np.zeros(8, int), epochs=1, verbose=0)
    assert len(history.epoch) == 1
    assert referee.steps == []
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(ELSEWHERE + "x[0] is none of the course's images")
    model.fit(*images(data), epochs=1, verbose=0)
    assert referee.steps == [], "what it has learned here would be lost there"
    assert "this model was trained here before" in capsys.readouterr().out


def test_a_referee_out_of_reach_is_said_and_asked_again(
    referee: FakeReferee, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    referee.broken = "no sign of life"
    assert len(network().fit(*images(data), epochs=1, verbose=0).epoch) == 1
    assert capsys.readouterr().out == f"{ELSEWHERE}no sign of life\n"
    referee.broken = ""
    network().fit(*images(data), epochs=1, verbose=0)
    assert len(referee.steps) == 1


def test_nobody_at_the_address_is_said_at_once(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import keras

    monkeypatch.setattr(keras.Model, "fit", keras.Model.fit)
    replace_fit(keras, f"ipc://{tmp_path}/gone/socket", "", data)
    assert len(network().fit(*images(data), epochs=1, verbose=0).epoch) == 1
    assert f"{ELSEWHERE}the referee at ipc://{tmp_path}/gone" in capsys.readouterr().out


def test_a_referee_lost_in_a_training_is_no_new_beginning(referee: FakeReferee, data: Path) -> None:
    import keras

    def breaks(epoch: int, logs: Any) -> None:
        referee.broken = "it ended"

    callback = keras.callbacks.LambdaCallback(on_epoch_end=breaks)
    with pytest.raises(RuntimeError, match="it ended"):
        network().fit(*images(data), epochs=2, verbose=0, callbacks=[callback])


def test_an_installed_kernel_trains_with_a_real_referee(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = """
import keras, numpy as np
(x, y), _ = keras.datasets.mnist.load_data()
model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(),
                          keras.layers.Dense(10, "softmax")])
model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x[:64] / 255, y[:64], epochs=2, verbose=0)
print(len(history.epoch), sorted(history.history))
"""
    notebook = new_notebook(cells=[new_code_cell(code)])
    with local.started(data, tmp_path / "runs", "tensorflow", Budget()) as address:
        folder = kernelspec.install(data, tmp_path, referee=address, referee_key="unused")
        monkeypatch.setenv("JUPYTER_PATH", str(folder.parents[1]))
        NotebookClient(notebook, kernel_name=kernelspec.NAME, timeout=120).execute()
    assert notebook.cells[0].outputs[-1].text == "2 ['accuracy', 'loss']\n"
    assert ELSEWHERE not in str(notebook)
    assert list((tmp_path / "runs").glob("*/*/record.json"))
