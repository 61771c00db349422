"""Small models that were trained, or of which a referee says so."""

import keras
import numpy as np

from grader.checks.protocols import TrainingRecord, capability, grant
from grader.errors import ClaimFailed
from grader.model import Run

IMAGES = np.eye(4, dtype=np.float32)
LABELS = np.arange(4)
WRONG = np.array([0, 1, 2, 0])


def classifier(strength=1.0, metrics="accuracy", loss="sparse_categorical_crossentropy"):
    """Four classes, one for each of IMAGES; right with a positive strength."""
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4, activation="softmax")])
    model.compile("sgd", loss, metrics=[metrics])
    model.set_weights([strength * np.eye(4), np.zeros(4)])
    return model


def fitted(model, epochs=3, **options):
    return model, model.fit(IMAGES, LABELS, epochs=epochs, verbose=0, **options)


def history(**lists):
    """Make a History as fit would leave it."""
    record = keras.callbacks.History()
    record.epoch = list(range(max(map(len, lists.values()), default=0)))
    record.history = lists
    return record


class Record(TrainingRecord):
    """Says what an examiner's record would say; other seeds have runs of their own."""

    def __init__(self, run, others=None):
        self._run, self._others, self.asked = run, others or {}, []
        self._seen = {}

    def run_of(self, model):
        """Give what the model was trained."""
        if self._run is None:
            raise ClaimFailed("The model's weights are none that a training gave it.")
        return self._run

    def looked_at(self, function):
        """Give what claims have noted."""
        return self._seen.setdefault(function, [])

    def again(self, model, seed, above):
        """Give what it would be with another seed."""
        self.asked.append((seed, above))
        return self._others[seed]


def run(*curve, fits=None, key="accuracy", **more):
    """A run whose epochs had these accuracies."""
    logs = tuple({key: value, "loss": 1.0 - value} for value in curve)
    known = {"callbacks": (), "asked": len(curve), "stopped": False, "whole": True}
    return Run(key="k", logs=logs, fits=fits or (len(curve),), **(known | more))


def refereed(found, others=None, strength=-1.0, told=None):
    """A model whose run is ``found``, and the history of its last fit; it predicts nonsense."""
    model = classifier(strength)
    grant(model, Record(found, others))
    logs = found.logs[-found.fits[-1] :]
    return model, told or history(**{name: [one[name] for one in logs] for name in logs[0]})


def asked(model):
    """Which other seeds were asked for, and up to which accuracy."""
    return capability(model, TrainingRecord).asked
