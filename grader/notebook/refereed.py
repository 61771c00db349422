"""Lets a referee carry out what ``fit`` is asked for in a student's own kernel; nothing is graded.

The stand-in for ``fit`` is the one that grading puts into a kernel; here its messages are answered
in the same process. What the referee refuses, and everything while it cannot be reached, is trained
here by Keras itself, after a line that says so.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.errors import GraderError, RefereeError
from grader.examiner.trainings import Reply, Trainings
from grader.model import Budget
from grader.notebook import kernel as student_kernel
from grader.notebook.referees import Digests
from grader.referee.client import Client, connect
from grader.referee.recipe import Referee

# The referee's own budget holds; a person who tries things out has no other.
_BUDGET = Budget(epochs=1000, trainings=1_000_000)

_WHO = "student kernel"  # in the store of runs: whose it is, a kernel cannot prove

_REACH_SECONDS = 5.0  # for a referee to answer before a training is begun


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
        """What the stand-in asks, answered here; see ``grader.sandbox.fitting``."""
        if self._trainings is None:
            raise RefereeError("the referee was not asked for yet: call fit once more")
        if message.get("fit") == "end":
            # Measures on whole data sets are for verdicts: nobody waits for them here.
            return {}, []
        return self._trainings.answer(message)


def replace_with(keras: Any, elsewhere: Elsewhere) -> None:
    """Put the stand-in, with Keras' own ``fit`` behind it, into ``keras.Model``."""
    original = keras.Model.fit
    with _as_modules(student_kernel.probe_texts()) as modules:
        fitting: Any = modules["course_fitting"]
        vars(modules["course_probe"])["_exchange"] = elsewhere.exchange
    stand_in = keras.Model.fit

    @functools.wraps(original)
    def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
        begun = _steps(self)
        try:
            if begun and self not in fitting._trained:
                raise RefereeError("this model was trained here before")
            elsewhere.require()
            return stand_in(self, *args, **kwargs)
        except (GraderError, fitting.GraderFailed, fitting.images.FitRefused) as why:
            if _steps(self) != begun:
                raise  # some epochs were trained already: Keras would add all of them again
            print(f"Trained here by Keras, not by the course's referee: {why}")
        return original(self, *args, **kwargs)

    keras.Model.fit = fit


def _steps(model: Any) -> int:
    """How many steps a model was trained for since it was compiled."""
    optimizer = getattr(model, "optimizer", None)
    return 0 if optimizer is None else int(optimizer.iterations)


@contextmanager
def _as_modules(texts: Mapping[str, str]) -> Iterator[dict[str, ModuleType]]:
    """Modules made of texts that import one another; their names are free again afterwards.

    Where an instructor grades in this very kernel without a sandbox, grading puts its own there.
    """
    before = {name: sys.modules.get(name) for name in texts}
    modules = {name: ModuleType(name) for name in texts}
    try:
        for name, text in texts.items():
            sys.modules[name] = modules[name]
            exec(compile(text, f"<{name}>", "exec"), vars(modules[name]))
        yield modules
    finally:
        for name, module in before.items():
            sys.modules.pop(name)
            if module is not None:
                sys.modules[name] = module
