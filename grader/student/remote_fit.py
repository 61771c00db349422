"""Lets a referee carry out ``fit`` in a student's own kernel; nothing is graded.

The stand-in for ``fit`` is the one that grading uses; here its messages are answered in the same
process. What the referee refuses, and everything while it cannot be reached, is trained
here by Keras itself, after a line that says so.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from grader.errors import GraderError, RefereeError
from grader.examiner.training.fit_answers import Reply
from grader.examiner.training.trainings import Trainings
from grader.language import gettext
from grader.model import Budget
from grader.notebook.judging.class_referee import Digests
from grader.referee.service.client import Client, connect
from grader.referee.spec.contract import Referee
from grader.sandbox.guest.course_images.refused import FitRefused
from grader.sandbox.guest.fit.referee import GraderFailed
from grader.sandbox.guest.fit.stand_in import FitStandIn

# Only the referee's own budget limits a person who tries things out.
_BUDGET = Budget(epochs=1000, trainings=1_000_000)

_WHO = "student kernel"  # user in the store of runs: a kernel cannot prove a name

_REACH_SECONDS = 5.0  # time for the referee to answer before a training begins


def replace_fit(keras: Any, address: str, key: str, data: Path) -> None:
    """Replace ``keras.Model.fit``; called once Keras is imported.

    Args:
        keras: the module.
        address: of the referee.
        key: its public key, for ``tcp``.
        data: the course's data folder.
    """

    def reach() -> Referee:
        with connect(address, key, _REACH_SECONDS) as greeted:
            greeted.hello()
        return lasting()

    @functools.cache
    def lasting() -> Referee:
        return Client(address, key)

    replace_with(keras, Elsewhere(reach, data))


class Elsewhere:
    """A referee that is greeted before each training, since it may come and go.

    Args:
        reach: greets it and returns it; raises ``GraderError`` where it does not answer.
        data: the course's data folder.
    """

    def __init__(self, reach: Callable[[], Referee], data: Path) -> None:
        self._reach, self._data = reach, data
        self._trainings: Trainings | None = None

    def require(self) -> None:
        """Raise ``GraderError`` unless the referee answers."""
        referee = self._reach()
        if self._trainings is None:
            self._trainings = Trainings(referee, _WHO, _BUDGET, Digests(self._data))

    def exchange(self, message: Mapping[str, Any], _: object) -> Reply:
        """What the stand-in asks, answered here; see ``grader.sandbox.guest.fit``."""
        if self._trainings is None:
            raise RefereeError("the referee was not asked for yet: call fit once more")
        if message.get("fit") == "end":
            # Measures on whole data sets are for verdicts: nobody waits for them here.
            return {}, []
        return self._trainings.answer(message)


def replace_with(keras: Any, elsewhere: Elsewhere) -> None:
    """Put the stand-in, with Keras' own ``fit`` behind it, into ``keras.Model``."""
    original = keras.Model.fit
    stand_in = FitStandIn(elsewhere.exchange)
    fit_elsewhere = stand_in.in_place_of(original)

    @functools.wraps(original)
    def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
        begun = _steps(self)
        try:
            if begun and not stand_in.has_trained(self):
                raise RefereeError("this model was trained here before")
            elsewhere.require()
            return fit_elsewhere(self, *args, **kwargs)
        except (GraderError, GraderFailed, FitRefused) as why:
            if _steps(self) != begun:
                raise  # some epochs were trained already: Keras would add all of them again
            print(gettext("Trained here by Keras, not by the course's referee: {why}", why=why))
        return original(self, *args, **kwargs)

    keras.Model.fit = fit


def _steps(model: Any) -> int:
    """How many steps a model was trained for since it was compiled."""
    optimizer = getattr(model, "optimizer", None)
    return 0 if optimizer is None else int(optimizer.iterations)
