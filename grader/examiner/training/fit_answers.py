"""Answers what a kernel's stand-in for ``fit`` asks, epoch by epoch.

Messages may be forged: each is checked, and what counts is what the referee was asked for and gave.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec.structs import replace

from grader.accuracy import logged_accuracy
from grader.errors import DeclarationRefused, RefereeError
from grader.examiner.training import fit_declaration, fit_refusals, made_up
from grader.examiner.training.dry_runs import NUMBER, Script
from grader.examiner.training.made_up import MadeUpTraining
from grader.examiner.training.record import Training
from grader.examiner.training.referee_calls import RefereeCalls
from grader.examiner.training.referee_costs import RefereeCosts
from grader.examiner.training.training_list import TrainingList
from grader.examiner.training.training_progress import EpochAwaited, EpochTrained, TrainingProgress
from grader.language import gettext
from grader.model import Budget
from grader.sandbox.guest.data.encoder import Encoder

Reply = tuple[dict[str, Any], Sequence[bytes]]


class FitAnswers:
    """Answers the messages of one submission's kernels.

    Args:
        calls: of the referee.
        trainings: where trainings and refusals are kept.
        budget: what the trainings may cost.
        digests: data set to the SHA-256 of its arrays, as the grading run has them.
        progress: told of each epoch that is awaited, and trained.
        costs: counts what the trainings cost.
    """

    def __init__(
        self,
        calls: RefereeCalls,
        trainings: TrainingList,
        budget: Budget,
        digests: Mapping[str, str],
        progress: Callable[[TrainingProgress], None],
        *,
        costs: RefereeCosts,
    ) -> None:
        self._calls, self._trainings = calls, trainings
        self._budget, self._digests, self._progress = budget, digests, progress
        self._costs = costs
        self._begun = 0
        self._fault = ""
        self._script: Script | None = None
        self._makes_up = False
        self._made_up: MadeUpTraining | None = None

    def answer(self, message: Mapping[str, Any]) -> Reply:
        """The reply to a message, and its buffers; called in a separate thread."""
        if message.get("fit") == "say":
            return {"said": fit_refusals.said(message)}, []
        with self._calls.lock:
            try:
                with self._costs.counted():
                    return self._answered(message)
            except DeclarationRefused as refused:
                self._trainings.refuse(str(refused))
                return {"refused": str(refused)}, []
            except RefereeError as error:
                self._fault = str(error)
                fault = gettext(
                    "The grader failed ({reason}); this is not your fault.", reason=error
                )
                return {"fault": fault}, []

    def take_fault(self) -> str:
        """How the referee failed since this was last asked, or the empty string."""
        fault, self._fault = self._fault, ""
        return fault

    def make_up(self, made_up: bool) -> None:
        """Say whether the logs of trainings are made up from now on; else the referee is asked."""
        self._makes_up = made_up

    def forget(self) -> None:
        """Forget what a kernel that is gone had begun."""
        self._trainings.forget()
        self._begun = 0

    @contextlib.contextmanager
    def dry_run(self, logs: Sequence[Mapping[str, float]]) -> Iterator[Script]:
        """Answer the next training that calls itself a dry run with these logs."""
        self._script = Script(logs)
        try:
            yield self._script
        finally:
            self._script = None

    def _answered(self, message: Mapping[str, Any]) -> Reply:
        if (reply := self._in_dry_run(message)) is not None:
            return reply, []
        match message.get("fit"):
            case "begin" if self._makes_up:
                return self._begin_made_up(message), []
            case "begin":
                return self._begin(message), []
            case "epoch" if self._makes_up:
                return self._made_up_epoch(message), []
            case "epoch":
                return self._epoch(message)
            case "end":
                return self._end(message), []
            case "refused":
                why = fit_refusals.said(message)
                self._trainings.refuse(why)
                return {"refused": why}, []
        raise DeclarationRefused("This is nothing that fit asks.")

    def _in_dry_run(self, message: Mapping[str, Any]) -> dict[str, Any] | None:
        """The reply to a message of a dry run; None if it belongs to none."""
        if self._script is None:
            return None
        match message.get("fit"):
            case "begin" if message.get("dry_run") is True:
                return self._script.begin()
            case "epoch" if message.get("training") == NUMBER:
                return self._script.epoch()
            case "end" if message.get("training") == NUMBER:
                return self._script.end(message.get("stopped") is True)
        return None

    def _begin_made_up(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Begin a training on which no claim rests; it is refused for the same reasons.

        It goes on from no other: one that was made up before has no number of its own.
        """
        declared = self._declared({**message, "continues": None})
        self._made_up = MadeUpTraining(declared, min(declared.epochs, self._budget.epochs))
        return self._made_up.begin()

    def _made_up_epoch(self, message: Mapping[str, Any]) -> dict[str, Any]:
        if self._made_up is None or message.get("training") != made_up.NUMBER:
            raise DeclarationRefused("No such training was begun.")
        return self._made_up.epoch()

    def _declared(self, message: Mapping[str, Any]) -> fit_declaration.Declared:
        """The call of ``fit`` that a message begins; raises ``DeclarationRefused``."""
        self._calls.expect_referee()
        self._begun += 1
        if self._begun > self._budget.trainings:
            raise DeclarationRefused(
                "fit was called more than {most} times: more trainings are not run while work is "
                "graded. Leave out those that no claim is about.",
                most=self._budget.trainings,
            )
        return fit_declaration.read(message, self._budget, self._digests)

    def _begin(self, message: Mapping[str, Any]) -> dict[str, Any]:
        declared = self._declared(message)
        training = Training(
            *(declared.network, (), declared.fit, [], declared.epochs, declared.callbacks),
            observed=declared.observed,
            classes=declared.classes,
        )
        if declared.continues is not None:
            _continue(training, self._trainings.get(declared.continues))
        else:
            training.fit = replace(training.fit, fresh_optimizer=True)
        left = self._budget.epochs - len(training.past)
        if left <= 0:
            raise DeclarationRefused(
                "This model was trained for {count} epochs already: more than {most} are not run "
                "while work is graded.",
                count=len(training.past),
                most=self._budget.epochs,
            )
        return {"training": self._trainings.add(training), "epochs": min(declared.epochs, left)}

    def _epoch(self, message: Mapping[str, Any]) -> Reply:
        training = self._trainings.get(message.get("training"))
        if training.ended or len(training.past) >= self._budget.epochs:
            raise DeclarationRefused("This training has ended: no more epochs are run.")
        if len(training.fit.learning_rates) >= training.asked:
            raise DeclarationRefused("fit was not asked for so many epochs.")
        recipe = training.longer(fit_declaration.learning_rate(message))
        awaited = _awaited(training)
        self._progress(awaited)
        try:
            observation = training.observed.observation
            epoch = self._costs.trained(lambda: self._calls.step(recipe, observation))
        except (DeclarationRefused, RefereeError):
            training.ended = (
                True  # asked again, it would most likely end so again, after the same work
            )
            raise
        accuracy = logged_accuracy(epoch.logs)
        self._progress(EpochTrained(awaited, accuracy, epoch.seconds, epoch.fresh))
        logs = training.add(recipe, epoch)
        encoder = Encoder(_nothing_else)
        weights = encoder.encode([np.ascontiguousarray(weight) for weight in epoch.weights])
        reply = {"logs": dict(logs), "weights": weights, "steps": _steps(training)}
        return reply, encoder.buffers

    def _end(self, message: Mapping[str, Any]) -> dict[str, Any]:
        if self._makes_up:
            return {}
        training = self._trainings.get(message.get("training"))
        if not training.ended:
            training.ended, training.stopped = True, message.get("stopped") is True
            if training.past:
                with contextlib.suppress(RefereeError):  # a check that needs them asks once more
                    self._calls.measure(training.recipe())
        return {}


def _continue(training: Training, before: Training) -> None:
    """Let a training go on where the model's last one ended."""
    if before.network != training.network:
        raise DeclarationRefused(
            "The model was changed since it was trained, for example layer.trainable. While "
            "work is graded, build a new one and train it with one call of fit."
        )
    training.earlier, training.past = before.fits, list(before.past)
    if not training.earlier:  # the fit before had no epoch
        training.fit = replace(training.fit, fresh_optimizer=True)


def _awaited(training: Training) -> EpochAwaited:
    """The training's next epoch."""
    network = hashlib.sha256(training.network.encode()).hexdigest()[:8]
    past = len(training.past)
    return EpochAwaited(network, past + 1, past - len(training.fit.learning_rates) + training.asked)


def _steps(training: Training) -> int:
    """Batches of one epoch."""
    return math.ceil(training.fit.trained_on / training.fit.batch_size)


def _nothing_else(value: Any, _: Encoder) -> dict[str, Any]:
    raise TypeError(f"{type(value).__name__} is no array of weights")
