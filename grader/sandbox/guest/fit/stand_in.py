"""Stands in for ``keras.Model.fit``: asks the referee for each epoch, and runs callbacks here.

The network, its ``compile`` and which images were given go out; the logs and weights of each epoch
come back into the student's model. Callbacks run by Keras' own list of callbacks, so that what
they print and decide is theirs. Nothing here is trusted: students who change it change what is
asked for, and no epoch counts but the referee's.
"""

from __future__ import annotations

import functools
import inspect
import math
import sys
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..course_images.refused import N_, FitRefused
from ..printed import show_tensors
from . import dry_run, precision, tensor_board
from .call_checks import expect_accepted
from .class_numbers import ClassNumbers
from .declaration import declare
from .referee import Referee
from .state import TrainingState, learning_rate
from .training_loop import UNCALLED, callback_list, train, uncalled_hooks

if TYPE_CHECKING:
    from ..stdin import Exchange

Fit = Callable[..., Any]

# What a student is told below the cell.
MADE_UP = N_(
    "No claim rests on this training, so it is not carried out while work is graded: its numbers "
    "are made up, and the model keeps its weights."
)
FIXED_ORDER = N_(
    "The images come in the same shuffled order in each epoch. While work is graded, they are "
    "shuffled again for each epoch."
)
FLOAT32 = N_("While work is graded, {policy} is trained in float32.")


class FitStandIn:
    """What ``fit`` does where a referee trains.

    Args:
        exchange: sends a message to the referee and returns its reply.

    Attributes:
        classes: numbers of the classes of callbacks.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._referee = Referee(exchange)
        self.classes = ClassNumbers()
        self._streams: tuple[Any, ...] = ()  # the kernel's own
        self._last: Any = weakref.WeakKeyDictionary()  # model to its TrainingState

    def install(self) -> None:
        """Replace ``fit`` once Keras is imported; kernels that never import it pay nothing."""
        import wrapt

        self._streams = (sys.stdout, sys.stderr)
        show_tensors()
        wrapt.when_imported("keras")(self._replace)

    def _replace(self, keras: Any) -> None:
        keras.Model.fit = self.in_place_of(keras.Model.fit)
        tensor_board.silence(keras, self._referee.say)

    def in_place_of(self, original: Fit) -> Fit:
        """A function with the signature and the help of Keras' own, to be set in its place."""
        signature = inspect.signature(original)

        @functools.wraps(original)
        def fit(model: Any, /, *args: Any, **kwargs: Any) -> Any:
            call = signature.bind(model, *args, **kwargs)
            call.apply_defaults()
            arguments = dict(call.arguments)
            with precision.strategy_scope(model):
                return self._fit(arguments.pop("self"), arguments)

        fit.__doc__ = inspect.getdoc(original)  # which Keras' inherits
        return fit

    def has_trained(self, model: Any) -> bool:
        """Whether this stand-in began a training of the model."""
        return model in self._last

    def dry_run(self, callback_class: Any, epochs: int) -> list[str]:
        """Show a new callback of this class a training whose logs the examiner makes up.

        Returns:
            What it printed in each epoch; see ``dry_run.printed_by_epoch``.

        Raises:
            ClaimFailed: it is no class of callbacks.
        """

        def fit(model: Any, callbacks: list[Any]) -> None:
            self._train(model, {"dry_run": True, "epochs": epochs}, 1, callbacks, 0)

        return dry_run.printed_by_epoch(callback_class, fit, self._streams)

    def _fit(self, model: Any, arguments: dict[str, Any]) -> Any:
        """Check and declare a call of ``fit``, and have it carried out."""
        model._assert_compile_called("fit")  # in Keras' own words
        try:
            expect_accepted(arguments)
            declared, images = declare(model, arguments, self._last.get(model), self.classes)
        except FitRefused as refused:
            raise self._referee.refused(refused) from None
        if images.reshuffled:
            self._referee.say(FIXED_ORDER)
        if policy := precision.mixed(model):
            self._referee.say(FLOAT32, policy=policy)
        steps = math.ceil(images.size / declared["batch_size"])
        return self._train(model, declared, steps, arguments["callbacks"], arguments["verbose"])

    def _train(
        self, model: Any, declared: dict[str, Any], steps: int, callbacks: Any, verbose: Any
    ) -> Any:
        """Carry out a declared training; returns the model's ``History``."""
        begun = self._referee.begin(declared)
        if begun.made_up:
            self._referee.say(MADE_UP)
        asked = declared["epochs"]
        callbacks = callback_list(model, callbacks, verbose, asked, steps)
        for hook in uncalled_hooks(callbacks):
            self._referee.say(UNCALLED, hook=hook)
        state = self._begin(model, begun.number, declared)
        model.stop_training = False
        callbacks.on_train_begin()
        validated = declared.get("validated", False)
        logs = train(
            *(model, self._referee, state, callbacks),
            asked=asked,
            allowed=begun.epochs,
            validated=validated,
        )
        self._referee.end(begun.number, bool(model.stop_training))
        callbacks.on_train_end(logs=logs)
        # Where EarlyStopping restores the best weights, it does so only now; another fit must not
        # continue from them.
        state.rate = learning_rate(model)
        return model.history

    def _begin(self, model: Any, number: int, declared: dict[str, Any]) -> TrainingState:
        """Remember this training as the model's last; the model of a dry run has none before."""
        before = self._last.get(model)
        continues = before is not None and not declared.get("fresh_optimizer", True)
        state = TrainingState(
            number=number,
            optimizer=model.optimizer,
            compiled=declared.get("compiled"),
            rate=before.rate if continues else learning_rate(model),
            weights=None if before is None else before.weights,
        )
        self._last[model] = state
        return state
