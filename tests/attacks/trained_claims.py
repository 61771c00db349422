"""Attacks on claims about trained networks: what a kernel says of its trainings, in which order.

The judge's record of trainings is asked as a kernel asks it; a fake referee carries them out.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.attacks.trials import Trial
from tests.declared_images import IMAGES

FOUND = "found: %d epochs"


class Kernel:
    """What a kernel says of its trainings."""

    def __init__(self) -> None:
        from grader.examiner.training.trainings import Trainings
        from grader.model import Budget
        from tests.referee.fake import FakeReferee

        budget = Budget(epochs=6, trainings=4)
        self.trainings = Trainings(FakeReferee(), "ada", budget, {"mnist": "a digest"})

    def begin(self, model: Any, epochs: int = 3, **changed: Any) -> int:
        """Begin a training; returns its number, or -1 where it is refused."""
        message = {
            "fit": "begin",
            "continues": None,
            "fresh_optimizer": True,
            "network": model.to_json(),
            "compiled": json.dumps(model.get_compile_config()),
            "why": "",
            "images": IMAGES,
            "validation": None,
            "validation_split": 0.0,
            "batch_size": 32,
            "epochs": epochs,
            "shuffle": True,
            "callbacks": [],
        }
        reply, _ = self.trainings.answer(message | changed)
        return int(reply.get("training", -1))

    def epoch(self, number: int, model: Any = None) -> bool:
        """Ask for an epoch, whose weights the model gets; returns whether it was carried out."""
        from grader.sandbox.guest.data.decoder import Decoder

        reply, buffers = self.trainings.answer({"fit": "epoch", "training": number})
        if "weights" not in reply:
            return False
        if model is not None:
            model.set_weights(Decoder(buffers, lambda *_: None).decode(reply["weights"]))
        return True

    def end(self, number: int) -> None:
        """End a training."""
        self.trainings.answer({"fit": "end", "training": number, "stopped": False})

    def fit(self, model: Any, epochs: int = 3) -> int:
        """A whole training."""
        number = self.begin(model, epochs)
        while self.epoch(number, model):
            pass
        self.end(number)
        return number

    def claimed(self, model: Any) -> str:
        """What a claim on a trained model comes to."""
        from grader.errors import ClaimFailed

        try:
            return FOUND % self.trainings.run_of(model).epochs
        except ClaimFailed as failed:
            return "changed" if "changed afterwards" in str(failed) else "not trained"


def network(units: int = 10, activation: str = "softmax") -> Any:
    """A small network, compiled."""
    import keras

    layers = [keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(units, activation)]
    model = keras.Sequential(layers)
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def another_with_its_weights(_: Path) -> str:
    kernel, model = Kernel(), network()
    kernel.fit(model)
    other = network(activation="sigmoid")
    other.set_weights(model.get_weights())
    return kernel.claimed(other)


def a_copy_with_its_weights(_: Path) -> str:
    kernel, model = Kernel(), network()
    kernel.fit(model)
    other = network()
    other.set_weights(model.get_weights())
    return kernel.claimed(other)


def trained_on_by_hand(_: Path) -> str:
    import numpy as np

    kernel, model = Kernel(), network()
    kernel.fit(model)
    model.train_on_batch(np.ones((2, 28, 28)), np.zeros(2))
    return kernel.claimed(model)


def evaluated_by_hand(_: Path) -> str:
    import numpy as np

    kernel, model = Kernel(), network()
    kernel.fit(model)
    model.evaluate(np.ones((2, 28, 28)), np.zeros(2), verbose=0)
    return kernel.claimed(model)


def smallest_change(_: Path) -> str:
    import numpy as np

    kernel, model = Kernel(), network()
    kernel.fit(model)
    weights = model.get_weights()
    weights[0][0, 0] = np.nextafter(weights[0][0, 0], np.float32(9))
    model.set_weights(weights)
    return kernel.claimed(model)


def set_to_themselves(_: Path) -> str:
    kernel, model = Kernel(), network()
    kernel.fit(model)
    model.set_weights(model.get_weights())
    return kernel.claimed(model)


def side_by_side(_: Path) -> str:
    """Epochs of two trainings in turn: each counts its own, and no more than it was asked for."""
    kernel, one, other = Kernel(), network(), network(20)
    numbers = kernel.begin(one, 2), kernel.begin(other, 2)
    done = [kernel.epoch(numbers[turn % 2], (one, other)[turn % 2]) for turn in range(8)]
    return f"{sum(done)} epochs; {kernel.claimed(one)}; {kernel.claimed(other)}"


def one_after_the_other(_: Path) -> str:
    kernel, one, other = Kernel(), network(), network(20)
    kernel.fit(one, 2)
    kernel.fit(other, 2)
    return f"4 epochs; {kernel.claimed(one)}; {kernel.claimed(other)}"


def continues_a_strangers(_: Path) -> str:
    """A new network calls its training the continuation of another network's."""
    kernel, model = Kernel(), network()
    number = kernel.fit(model, 3)
    begun = kernel.begin(network(20), 3, continues=number, fresh_optimizer=False)
    return "refused" if begun == -1 else "begun"


def continues_its_own(_: Path) -> str:
    kernel, model = Kernel(), network()
    number = kernel.fit(model, 3)
    begun = kernel.begin(model, 3, continues=number, fresh_optimizer=False)
    return "refused" if begun == -1 else "begun"


def more_after_the_end(_: Path) -> str:
    kernel, model = Kernel(), network()
    number = kernel.begin(model, 3)
    kernel.epoch(number, model)
    kernel.end(number)
    more = kernel.epoch(number, model)
    return f"{'one more' if more else 'no more'}; {kernel.claimed(model)}"


def ends_early(_: Path) -> str:
    kernel, model = Kernel(), network()
    number = kernel.begin(model, 3)
    kernel.epoch(number, model)
    kernel.end(number)
    return f"no more; {kernel.claimed(model)}"


def more_than_the_budget(_: Path) -> str:
    """Six epochs of one model, and then again as its own continuation, and as a new one."""
    kernel, model = Kernel(), network()
    number = kernel.fit(model, 10**6)
    again = kernel.begin(model, 3, continues=number, fresh_optimizer=False)
    more = again != -1 and kernel.epoch(again, model)
    return f"{'more' if more else 'no more'}; {kernel.claimed(model)}"


def within_the_budget(_: Path) -> str:
    kernel, model = Kernel(), network()
    kernel.fit(model, 6)
    return f"no more; {kernel.claimed(model)}"


THREE = FOUND % 3
EACH_TWO = f"4 epochs; {FOUND % 2}; {FOUND % 2}"
TRIALS = (
    Trial(
        47,
        "another_network",
        "puts trained weights into a network with another activation",
        another_with_its_weights,
        "not trained",
        a_copy_with_its_weights,
        THREE,
        kernel=True,
    ),
    Trial(
        47,
        "trained_on_by_hand",
        "trains on by train_on_batch, after fit",
        trained_on_by_hand,
        "changed",
        evaluated_by_hand,
        THREE,
        kernel=True,
    ),
    Trial(
        47,
        "smallest_change",
        "changes one weight by the least that there is",
        smallest_change,
        "changed",
        set_to_themselves,
        THREE,
        kernel=True,
    ),
    Trial(
        47,
        "two_fits_at_once",
        "trains two networks at once, in threads",
        side_by_side,
        EACH_TWO,
        one_after_the_other,
        EACH_TWO,
        kernel=True,
    ),
    Trial(
        47,
        "continues_a_strangers",
        "calls a training the continuation of another network's",
        continues_a_strangers,
        "refused",
        continues_its_own,
        "begun",
        kernel=True,
    ),
    Trial(
        47,
        "more_after_the_end",
        "asks for an epoch after the training's end",
        more_after_the_end,
        f"no more; {FOUND % 1}",
        ends_early,
        f"no more; {FOUND % 1}",
        kernel=True,
    ),
    Trial(
        47,
        "more_than_the_budget",
        "asks for a million epochs, and then for more",
        more_than_the_budget,
        f"no more; {FOUND % 6}",
        within_the_budget,
        f"no more; {FOUND % 6}",
        kernel=True,
    ),
)
