"""A recipe, its key and its JSON, letter for letter as stores and workers have had them so far."""

from __future__ import annotations

from typing import Any

from grader.referee.spec.images import Images
from grader.referee.spec.recipe import Fit, Recipe

DIGEST = "ab" * 32
TRAINED_ON = Images("mnist", "train", 0, 60000, 255.0, 0.0, (28, 28, 1), False, DIGEST)
SHIFTED = Images("mnist", "train", 10, 59990, 127.5, -1.0, (28, 28, 1), False, DIGEST)
TRIED_ON = Images("mnist", "test", 100, 9000, 1.0, -0.5, (784,), True, DIGEST)
FIRST = Fit('{"optimizer":"adam \\u00e9"}', TRAINED_ON, 0.1, 32, True, True, (None, 0.001, 1e-05))
SECOND = Fit('{"loss":1e-7}', SHIFTED, 0.0, 64, False, False, (1e6,))
RECIPE = Recipe('{"class_name":"Sequential","name":"layer_0 é"}', (FIRST, SECOND), 7)
ENVIRONMENT = {"keras": "3.15", "backend": "jax", "device": "CPU é"}

KEY = "487c454e4c5fb24ad9f926b185c7a16669822516934ac5cf2c8d7a9164ccc00b"
KEY_WITHOUT_ENVIRONMENT = "03874aad7598a5a0e1016214476b60402696959906a817ce2db556b76abf8e84"
KEY_OF_THE_EPOCH_BEFORE = "89cb19f85585b8d2fa0737ec140ee6a094eb680c9efded54eb38f2d7ac3beb2d"

FIRST_JSON: dict[str, Any] = {
    "compiled": '{"optimizer":"adam \\u00e9"}',
    "images": {
        "dataset": "mnist",
        "part": "train",
        "first": 0,
        "count": 60000,
        "divisor": 255.0,
        "offset": 0.0,
        "shape": [28, 28, 1],
        "one_hot": False,
        "digest": DIGEST,
    },
    "validation_split": 0.1,
    "batch_size": 32,
    "shuffle": True,
    "fresh_optimizer": True,
    "learning_rates": [None, 0.001, 1e-05],
}
SECOND_JSON: dict[str, Any] = {
    "compiled": '{"loss":1e-7}',
    "images": {
        "dataset": "mnist",
        "part": "train",
        "first": 10,
        "count": 59990,
        "divisor": 127.5,
        "offset": -1.0,
        "shape": [28, 28, 1],
        "one_hot": False,
        "digest": DIGEST,
    },
    "validation_split": 0.0,
    "batch_size": 64,
    "shuffle": False,
    "fresh_optimizer": False,
    "learning_rates": [1000000.0],
}
RECIPE_JSON: dict[str, Any] = {
    "network": '{"class_name":"Sequential","name":"layer_0 é"}',
    "fits": [FIRST_JSON, SECOND_JSON],
    "seed": 7,
}

# The same as records of format 1 had it: with metrics, and with the validation.
TRIED_ON_JSON: dict[str, Any] = {
    "dataset": "mnist",
    "part": "test",
    "first": 100,
    "count": 9000,
    "divisor": 1.0,
    "offset": -0.5,
    "shape": [784],
    "one_hot": True,
    "digest": DIGEST,
}
RECIPE_OF_FORMAT_1: dict[str, Any] = RECIPE_JSON | {
    "fits": [
        FIRST_JSON
        | {
            "compiled": '{"metrics":["acc"],"optimizer":"adam \\u00e9","weighted_metrics":[]}',
            "validation": None,
        },
        SECOND_JSON | {"validation": TRIED_ON_JSON},
    ]
}
