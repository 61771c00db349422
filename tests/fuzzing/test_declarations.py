"""Declarations of networks, optimizers and images, alone and in what ``fit`` asks."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.errors import DeclarationRefused
from grader.examiner.training.trainings import Trainings
from grader.model import Budget
from grader.referee.spec import allow_list, canonical, chain, compilation, observed
from grader.referee.spec.images import read_images
from grader.referee.spec.recipe import canonical_json
from tests.declared_images import IMAGES as FIRST_IMAGES
from tests.fuzzing import changes, texts
from tests.fuzzing.changes import Change, changed
from tests.fuzzing.running import assert_readable, ends_well, tried, within
from tests.referee.fake import FakeReferee


def _keras(module: str, kind: str, /, **config: Any) -> dict[str, Any]:
    return {
        "module": f"keras.{module}",
        "class_name": kind,
        "config": config,
        "registered_name": None,
    }


_DTYPE = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}}
_ZEROS = _keras("initializers", "Zeros")
_DENSE = _keras(
    "layers",
    "Dense",
    name="dense",
    trainable=True,
    dtype=_DTYPE | {"registered_name": None},
    units=10,
    activation="softmax",
    use_bias=True,
    kernel_initializer=_keras("initializers", "GlorotUniform", seed=None),
    bias_initializer=_ZEROS,
    kernel_regularizer=_keras("regularizers", "L2", l2=0.01),
    bias_regularizer=None,
) | {"build_config": {"input_shape": [None, 784]}}
_INPUT = _keras("layers", "InputLayer", batch_shape=[None, 28, 28], dtype="float32", name="input")
NETWORK = {
    "module": "keras",
    "class_name": "Sequential",
    "config": {
        "name": "sequential",
        "trainable": True,
        "dtype": _DTYPE,
        "layers": [_INPUT, _keras("layers", "Flatten", name="flatten"), _DENSE],
        "build_input_shape": [None, 28, 28],
    },
    "registered_name": None,
}
COMPILED = {
    "optimizer": _keras("optimizers", "Adam", learning_rate=0.001, beta_1=0.9, name="adam"),
    "loss": "sparse_categorical_crossentropy",
    "loss_weights": None,
    "metrics": ["accuracy", _keras("metrics", "Mean", name="mean")],
    "weighted_metrics": None,
    "run_eagerly": False,
    "steps_per_execution": 1,
    "jit_compile": False,
}
IMAGES = FIRST_IMAGES | {"digest": "a digest"}
BEGIN = {
    "fit": "begin",
    "continues": None,
    "fresh_optimizer": True,
    "network": json.dumps(NETWORK),
    "compiled": json.dumps(COMPILED),
    "why": "",
    "images": IMAGES,
    "validation": IMAGES,
    "validation_split": 0.25,
    "batch_size": 32,
    "epochs": 5,
    "shuffle": True,
    "callbacks": ["Stop"],
    "classes": [3],
}
_NAMES = [
    *allow_list.LISTED,
    *(name for names in allow_list.LISTED.values() for name in sorted(names)),
]
values = (
    texts.anything | st.sampled_from(_NAMES) | st.sampled_from([_DENSE, _ZEROS, NETWORK, "relu"])
)


@tried(150)
@given(changes=changes.of(values))
def test_a_network_is_canonical_or_refused(changes: list[Change]) -> None:
    text = texts.as_json(changed(NETWORK, changes)).decode()
    with ends_well(DeclarationRefused):
        described = allow_list.parsed(text)
        allow_list.check(described)
        form = canonical.network(described)
        flat = chain.flattened(form)
        if flat is not None:
            canonical.network(chain.simplified(flat))


@pytest.mark.keras
@example(changes=[Change(56, "put", {"\x1f": []})])  # a setting whose name is no line
@example(changes=[Change(164, "drop")])  # an optimizer of no class
@tried(150)
@given(changes=changes.of(values))
def test_what_a_model_is_compiled_with_is_canonical_or_refused(changes: list[Change]) -> None:
    text = texts.as_json(changed(COMPILED, changes)).decode()
    with ends_well(DeclarationRefused):
        described = allow_list.parsed(text)
        compilation.canonical(described)
        metrics = compilation.metrics(described)
        for one_hot in (True, False):
            with contextlib.suppress(ValueError):  # a setting that is no number
                observed.observed(canonical_json(metrics), one_hot, None)


@tried(150)
@given(
    changes=changes.of(
        texts.anything | st.sampled_from(["picked", "levels", "means", 2**31, "train"])
    )
)
def test_images_are_read_or_refused(changes: list[Change]) -> None:
    described = changed(IMAGES, changes)
    if isinstance(described, dict):
        with ends_well(ValueError):
            read_images(described)


def _asked(message: Mapping[str, Any], network: list[Change], compiled: list[Change]) -> Any:
    texts_of = {"network": changed(NETWORK, network), "compiled": changed(COMPILED, compiled)}
    return {**message, **{name: json.dumps(content) for name, content in texts_of.items()}}


@pytest.mark.long
@pytest.mark.keras
@tried(20, share=0.05)
@given(
    begin=changes.of(),
    network=changes.of(values),
    compiled=changes.of(values),
    more=st.lists(changes.of(), max_size=2),
)
def test_what_fit_asks_is_answered(
    begin: list[Change], network: list[Change], compiled: list[Change], more: list[list[Change]]
) -> None:
    trainings = Trainings(FakeReferee(), "ada", Budget(epochs=6), {"mnist": "a digest"})
    messages = [changed(_asked(BEGIN, network, compiled), begin)]
    messages += [
        changed({"fit": "epoch", "training": 0, "learning_rate": 0.1}, each) for each in more
    ]
    messages.append({"fit": "end", "training": 0, "stopped": True})
    for message in messages:
        if not isinstance(message, dict):
            continue
        with within(60):
            reply, _ = trainings.answer(message)
        json.dumps(reply)
        if "refused" in reply:
            assert_readable(reply["refused"])
        assert "fault" not in reply, "the grader would have failed"
