"""The trainings of one submission, on the trusted side: asked for by a kernel, done by the referee.

A student's kernel asks for one epoch after the other, with messages that may be forged. What counts
is what the referee was asked for and gave: the record here is made of that alone.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from grader.errors import ClaimFailed, DeclarationRefused, RefereeError
from grader.examiner import declared
from grader.examiner.record import Training, sha256
from grader.examiner.rehearsals import NUMBER, Script
from grader.model import Budget, Run
from grader.referee import declaration
from grader.referee.recipe import Epoch, Fit, Measures, Recipe, Referee
from grader.sandbox.values import Encoder

Reply = tuple[dict[str, Any], Sequence[bytes]]

_ACCURACY = ("accuracy", "acc")
_NONE_HERE = (
    "This assignment trains no network, and fit is not carried out while it is graded: "
    "leave it out."
)


class Trainings:
    """One submission's trainings.

    Args:
        referee: carries them out; None for an assignment that trains nothing.
        who: whose submission it is, for the store.
        budget: what they may cost.
        digests: data set to the SHA-256 of its arrays, as the grading run has them.

    Attributes:
        waiting: entered where the examiner itself waits for the referee: clocks stand still.
    """

    def __init__(
        self, referee: Referee | None, who: str, budget: Budget, digests: Mapping[str, str]
    ) -> None:
        self._referee, self._who, self._budget, self._digests = referee, who, budget, digests
        self._trainings: list[Training] = []
        self._lost = 0  # trainings of kernels that are gone: their numbers are not used again
        self._begun = 0
        self._refusals: list[str] = []
        self._fault = ""
        self._script: Script | None = None
        self._measures: dict[Recipe, Measures] = {}
        # A step that a dead kernel asked for is finished before the next is begun.
        self._lock = threading.Lock()
        self.waiting: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext

    # What a kernel asks; called in a thread of its own

    def answer(self, message: Mapping[str, Any]) -> Reply:
        """The reply to a message of a kernel's stand-in for ``fit``, and the buffers beside it."""
        with self._lock:
            try:
                return self._answered(message)
            except DeclarationRefused as refused:
                self._refuse(str(refused))
                return {"refused": str(refused)}, []
            except RefereeError as error:
                self._fault = str(error)
                return {"fault": f"The grader failed ({error}); this is not your fault."}, []

    def _answered(self, message: Mapping[str, Any]) -> Reply:
        script = self._script
        match message.get("fit"):
            case "begin" if message.get("rehearsal") is True and script is not None:
                return script.begin(), []
            case "epoch" if message.get("training") == NUMBER and script is not None:
                return script.epoch(), []
            case "end" if message.get("training") == NUMBER and script is not None:
                return script.end(message.get("stopped") is True), []
            case "begin":
                return self._begin(message), []
            case "epoch":
                return self._epoch(message)
            case "end":
                return self._end(message), []
            case "refused":
                self._refuse(str(message.get("why"))[:2000])
                return {}, []
        raise DeclarationRefused("This is nothing that fit asks.")

    def _begin(self, message: Mapping[str, Any]) -> dict[str, Any]:
        if self._referee is None:
            raise DeclarationRefused(_NONE_HERE)
        self._begun += 1
        if self._begun > self._budget.trainings:
            raise DeclarationRefused(
                f"fit was called more than {self._budget.trainings} times: more trainings are not "
                "run while work is graded. Leave out those that nothing rests on."
            )
        found = declared.read(message, self._budget, self._digests)
        training = Training(found.network, (), found.fit, [], found.epochs, found.callbacks)
        if found.continues is not None:
            self._continue(training, self._known(found.continues))
        else:
            training.fit = dataclasses.replace(training.fit, fresh_optimizer=True)
        left = self._budget.epochs - len(training.past)
        if left <= 0:
            raise DeclarationRefused(
                f"This model was trained for {len(training.past)} epochs already: more than "
                f"{self._budget.epochs} are not run while work is graded."
            )
        self._trainings.append(training)
        number = self._lost + len(self._trainings) - 1
        return {"training": number, "epochs": min(found.epochs, left)}

    def _continue(self, training: Training, before: Training) -> None:
        """Let a training go on where the model's last one ended."""
        if before.network != training.network:
            raise DeclarationRefused(
                "The model was changed since it was trained, for example layer.trainable. While "
                "work is graded, build it anew and train it in one go."
            )
        training.earlier, training.past = before.fits, list(before.past)
        if not training.earlier:  # the fit before had no epoch
            training.fit = dataclasses.replace(training.fit, fresh_optimizer=True)

    def _epoch(self, message: Mapping[str, Any]) -> Reply:
        training = self._known(message.get("training"))
        rate = message.get("learning_rate")
        if training.ended or len(training.past) >= self._budget.epochs:
            raise DeclarationRefused("This training has ended: no more epochs are run.")
        if len(training.fit.learning_rates) >= training.asked:
            raise DeclarationRefused("fit was not asked for so many epochs.")
        try:
            rate = None if rate is None else declared.number(rate, 0.0, 1e6)
        except ValueError as error:
            raise DeclarationRefused(f"A callback set a learning rate: {error}.") from error
        assert self._referee is not None  # else no training had begun
        recipe = training.longer(rate)
        epoch = self._referee.step(recipe, self._who)
        training.add(recipe, epoch)
        encoder = Encoder(_nothing_else)
        weights = encoder.encode([np.ascontiguousarray(one) for one in epoch.weights])
        images = math.floor(training.fit.images.count * (1.0 - training.fit.validation_split))
        steps = math.ceil(images / training.fit.batch_size)
        return {"logs": dict(epoch.logs), "weights": weights, "steps": steps}, encoder.buffers

    def _end(self, message: Mapping[str, Any]) -> dict[str, Any]:
        training = self._known(message.get("training"))
        if not training.ended:
            training.ended, training.stopped = True, message.get("stopped") is True
            if training.past:
                with contextlib.suppress(RefereeError):  # who needs the measures asks once more
                    self._measured(training.recipe())
        return {}

    def _known(self, number: Any) -> Training:
        place = number - self._lost if type(number) is int else -1
        if not 0 <= place < len(self._trainings):
            raise DeclarationRefused("No such training was begun.")
        return self._trainings[place]

    def _refuse(self, why: str) -> None:
        self._refusals = [*self._refusals, why][-10:]

    # What the judge and the examiner ask

    def forget(self) -> None:
        """Forget the trainings of a kernel that is gone; the next does its cells anew."""
        self._lost += len(self._trainings)
        self._trainings, self._begun = [], 0

    def take_fault(self) -> str:
        """How the referee failed since this was last asked, or the empty string."""
        fault, self._fault = self._fault, ""
        return fault

    @contextlib.contextmanager
    def rehearsing(self, logs: Sequence[Mapping[str, float]]) -> Iterator[Script]:
        """Answer the next training that calls itself a rehearsal with these logs."""
        self._script = Script(logs)
        try:
            yield self._script
        finally:
            self._script = None

    def run_of(self, model: Any) -> Run:
        """The run whose weights a model has.

        Args:
            model: the mirror of a student's.

        Raises:
            ClaimFailed: it was not trained, or changed since; or its training was refused.
            RefereeError: the referee cannot say how good it is.
        """
        training, epochs = self._found(model)
        return training.run(self._ask_measures(training.recipe(epochs)))

    def again(self, model: Any, seed: int, above: float) -> Run:
        """Train a model's network once more in the same way, with another seed and no callbacks.

        It ends after the first epoch whose accuracy is greater than ``above``, or after as many
        epochs as the student asked for.

        Raises:
            ClaimFailed, RefereeError: as ``run_of``.
        """
        training, _ = self._found(model)
        other = Training(training.network, (), training.fit, [], training.asked, (), seed=seed)
        lengths = [len(fit.learning_rates) for fit in training.earlier]
        lengths.append(min(training.asked, self._budget.epochs - sum(lengths)))
        for fit, length in zip((*training.earlier, training.fit), lengths, strict=True):
            other.earlier, other.fit = other.fits if other.past else (), _unset(fit)
            while len(other.fit.learning_rates) < length and not other.stopped:
                recipe = other.longer(None)
                epoch = self._step(recipe)
                other.add(recipe, epoch)
                other.stopped = any(epoch.logs.get(name, 0.0) > above for name in _ACCURACY)
        return other.run(self._ask_measures(other.recipe()))

    def of_callback(self, names: Set[str]) -> tuple[Run, ...]:
        """The runs in which a callback of a class of one of these names took part."""
        return tuple(
            training.run(self._measures.get(training.recipe()))
            for training in self._trainings
            if training.fit.learning_rates and not names.isdisjoint(training.callbacks)
        )

    @property
    def runs(self) -> tuple[Run, ...]:
        """Every run: each model's trainings up to its last."""
        last = {id(one.past[0]): one for one in self._trainings if one.past}
        return tuple(one.run(self._measures.get(one.recipe())) for one in last.values())

    def _found(self, model: Any) -> tuple[Training, int]:
        """The training that a model's weights come from, and after how many epochs."""
        try:
            network = declaration.network(model.to_json(), self._budget)
            weights = sha256([np.asarray(weight) for weight in model.weights])
        except Exception as error:  # a mirror that can only be looked at
            raise ClaimFailed(self._untrained(f" ({error!s:.200})")) from error
        known = [one for one in reversed(self._trainings) if one.network == network and one.past]
        for training in known:
            if training.past[-1].weights_sha256 == weights:
                return training, len(training.past)
        for training in known:  # weights of an earlier epoch that a callback restored
            for epochs, past in enumerate(training.past, 1):
                if past.weights_sha256 == weights:
                    return training, epochs
        if known:
            raise ClaimFailed(
                "The model's weights are not those that its training ended with: they were changed "
                "afterwards. Leave the model as fit leaves it."
            )
        raise ClaimFailed(self._untrained(""))

    def _untrained(self, more: str) -> str:
        if self._refusals:
            return f"The model was not trained while your work was graded: {self._refusals[-1]}"
        return (
            f"The model was not trained while your work was graded{more}. Call fit on this very "
            "model in the cell that you hand in."
        )

    def _ask_measures(self, recipe: Recipe) -> Measures:
        """Measures for the examiner, who waits for them; known ones at once."""
        if recipe in self._measures:
            return self._measures[recipe]
        with self.waiting(), self._lock:
            return self._measured(recipe)

    def _step(self, recipe: Recipe) -> Epoch:
        """An epoch for the examiner, who waits for it."""
        assert self._referee is not None
        with self.waiting(), self._lock:
            return self._referee.step(recipe, self._who)

    def _measured(self, recipe: Recipe) -> Measures:
        assert self._referee is not None
        if recipe not in self._measures:
            self._measures[recipe] = self._referee.measure(recipe, self._who)
        return self._measures[recipe]


class OfModel:
    """What the referee knows of one model: its mirror's ``__referee__``, which checks ask."""

    def __init__(self, trainings: Trainings, model: Any) -> None:
        self._trainings, self._model = trainings, model

    def run(self) -> Run:
        """See ``Trainings.run_of``."""
        return self._trainings.run_of(self._model)

    def again(self, seed: int, above: float) -> Run:
        """See ``Trainings.again``."""
        return self._trainings.again(self._model, seed, above)


def _unset(fit: Fit) -> Fit:
    """A fit before its first epoch, in which no callback sets anything."""
    return dataclasses.replace(fit, learning_rates=())


def _nothing_else(value: Any, _: Encoder) -> dict[str, Any]:
    raise TypeError(f"{type(value).__name__} is no array of weights")
