"""The trainings of one submission: asked for by its kernel, carried out by the referee.

A student's kernel asks for one epoch after the other, in messages that may be forged. The record
here holds only what the referee was asked for and gave.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import numpy as np

from grader.checks.further_seeds import last_best
from grader.checks.protocols import TrainingRecord
from grader.errors import ClaimFailed
from grader.examiner.training.dry_runs import Script
from grader.examiner.training.fit_answers import FitAnswers, Reply
from grader.examiner.training.other_seeds import train_again
from grader.examiner.training.record import Training, sha256
from grader.examiner.training.referee_calls import RefereeCalls
from grader.examiner.training.referee_costs import Costs, RefereeCosts
from grader.examiner.training.training_list import TrainingList, ended_with
from grader.examiner.training.training_progress import TrainingProgress, ignore
from grader.model import Budget, FurtherRun, Run
from grader.referee.spec import declaration
from grader.referee.spec.contract import Measures, Referee
from grader.referee.spec.recipe import Recipe


class Trainings(TrainingRecord):
    """One submission's trainings: what its kernel, the judge and the examiner ask of them.

    Args:
        referee: carries them out; None for an assignment that trains nothing.
        who: whose submission it is, for the store.
        budget: what they may cost.
        digests: data set to the SHA-256 of its arrays, as the grading run has them.
        progress: told of each epoch that is awaited, and trained; in the thread of ``answer``.
        costs: what trainings of this submission cost before.
        counted: told the costs at each change; in the thread of ``answer``.

    Attributes:
        waiting: entered while the examiner itself waits for the referee: clocks stand still.
        consulted: told each run that the examiner looks at, and its seed.
    """

    def __init__(
        self,
        referee: Referee | None,
        who: str,
        budget: Budget,
        digests: Mapping[str, str],
        progress: Callable[[TrainingProgress], None] = ignore,
        *,
        costs: Costs = Costs(),  # noqa: B008 -- frozen
        counted: Callable[[Costs], None] = lambda _: None,
    ) -> None:
        self._budget = budget
        self.waiting: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext
        self.consulted: Callable[[Run, int], None] = lambda *_: None
        self._calls = RefereeCalls(referee, who, lambda: self.waiting())  # noqa: PLW0108 -- set later
        self._trainings = TrainingList()
        self._further: dict[str, list[FurtherRun]] = defaultdict(list)  # by the own run's key
        self._asked_again: list[FurtherRun] = []
        self._looked_at: dict[str, list[Any]] = defaultdict(list)
        self._answers = FitAnswers(
            *(self._calls, self._trainings, budget, digests, progress),
            costs=RefereeCosts(budget, costs, counted),
        )

    def answer(self, message: Mapping[str, Any]) -> Reply:
        """The reply to a message of a kernel's stand-in for ``fit``, and the buffers beside it."""
        return self._answers.answer(message)

    def dry_run(self, logs: Sequence[Mapping[str, float]]) -> AbstractContextManager[Script]:
        """Answer the next training that calls itself a dry run with these logs."""
        return self._answers.dry_run(logs)

    def make_up(self, made_up: bool) -> None:
        """Say whether the logs of trainings are made up from now on: no claim rests on them."""
        self._answers.make_up(made_up)

    def forget(self) -> None:
        """Forget the trainings of a kernel that is gone; the next one runs its cells again."""
        self._answers.forget()

    def take_fault(self) -> str:
        """How the referee failed since this was last asked, or the empty string."""
        return self._answers.take_fault()

    @property
    def runs(self) -> tuple[Run, ...]:
        """Every run: each model's trainings up to its last."""
        last = {id(each.past[0]): each for each in self._trainings if each.past}
        runs = (self._run(each, self._calls.measured(each.recipe())) for each in last.values())
        return tuple(replace(run, further=tuple(self._further[run.key])) for run in runs)

    def of_callback(self, names: Set[str], number: int | None = None) -> tuple[Run, ...]:
        """The runs in which a callback of a class of one of these names took part.

        Args:
            names: of the class.
            number: of the class: another class of that name, defined later, is not meant. None: any
                is.
        """
        runs = tuple(
            self._run(training, self._calls.measured(training.recipe()))
            for training in self._trainings
            if training.fit.learning_rates and training.has_callback(names, number)
        )
        for run in runs:
            self.consulted(run, 0)
        return runs

    def run_of(self, model: Any) -> Run:
        """The run whose weights a model has.

        Args:
            model: the proxy of a student's.

        Raises:
            ClaimFailed: it was not trained, or changed since; or its training was refused.
            RefereeError: the referee cannot say how good it is.
        """
        training, epochs = self._training_of(model)
        run = self._run(training, self._measure(training.recipe(epochs)))
        self.consulted(run, training.seed)
        return run

    def looked_at(self, function: str) -> list[Any]:
        """What claims have noted of a function's networks, in this kernel and those before it."""
        return self._looked_at[function]

    def again(self, model: Any, seed: int, above: float) -> Run:
        """Train a model's network once more in the same way, with another seed and no callbacks.

        It ends after the first epoch whose accuracy is greater than ``above``, or after as many
        epochs as the student asked for.

        Raises:
            ClaimFailed, RefereeError: as ``run_of``.
        """
        training, _ = self._training_of(model)
        other = train_again(self._calls, training, seed, above, self._budget.epochs)
        run = self._run(other, self._measure(other.recipe()))
        self.consulted(run, seed)
        self._note(
            training.past[-1].key,
            FurtherRun(seed, run.epochs, last_best(run), run.test_accuracy, above),
        )
        return run

    def take_further(self) -> tuple[FurtherRun, ...]:
        """The runs with other seeds that a check asked for since this was last asked."""
        asked, self._asked_again = tuple(self._asked_again), []
        return asked

    def _note(self, own: str, further: FurtherRun) -> None:
        """Keep a run with another seed beside the student's own, once."""
        self._asked_again.append(further)
        if further not in self._further[own]:
            self._further[own].append(further)

    def _run(self, training: Training, measures: Measures | None) -> Run:
        return training.run(measures, self._budget.epochs)

    def _measure(self, recipe: Recipe) -> Measures:
        """Measures for the examiner, who waits for them; known ones at once."""
        known = self._calls.measured(recipe)
        if known is not None:
            return known
        with self._calls.waited_for():
            return self._calls.measure(recipe)

    def _training_of(self, model: Any) -> tuple[Training, int]:
        """The training that a model's weights come from, and after how many epochs."""
        try:
            network = declaration.network(model.to_json(), self._budget)
            weights = sha256([np.asarray(weight) for weight in model.weights])
        except Exception as error:  # a proxy that can only be looked at
            raise self._untrained(f" ({error!s:.200})") from error
        known = self._trainings.trained(network)
        training = ended_with(known, weights)
        if training is not None:
            return training
        if known:
            raise ClaimFailed(
                "The model's weights are not those that its training ended with: they were changed "
                "afterwards. Leave the model as fit leaves it."
            )
        raise self._untrained()

    def _untrained(self, why: str = "") -> ClaimFailed:
        if refusal := self._trainings.last_refusal:
            return ClaimFailed(
                "The model was not trained while your work was graded: {refusal}", refusal=refusal
            )
        return ClaimFailed(
            "The model was not trained while your work was graded{why}. Call fit on this model in "
            "the notebook that you hand in: train_on_batch and loops of your own do not count.",
            why=why,
        )
