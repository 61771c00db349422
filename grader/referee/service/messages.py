"""The messages between clients, broker, supervisor and trainer, as values."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from grader.errors import DeclarationRefused, RefereeError
from grader.referee.spec.contract import Epoch, Measures
from grader.referee.spec.recipe import NOTHING, Observation, Recipe


class Task(enum.Enum):
    """What a referee can be asked to do."""

    STEP = "step"  # the last epoch of a recipe
    MEASURE = "measure"  # how good the weights at a recipe's end are
    HELLO = "hello"  # which backend and device there are


@dataclass(frozen=True)
class Request:
    """A request.

    Attributes:
        number: the client's, which the replies to it carry.
        task: what to do.
        recipe: what it is about; None only for ``HELLO``.
        who: the submission, for the log and the store.
        observation: what the logs of an epoch hold besides loss and accuracy.
        later: whether requests of others, who train for the first time, are served before.
    """

    number: int
    task: Task
    recipe: Recipe | None = None
    who: str = ""
    observation: Observation = NOTHING
    later: bool = False


@dataclass(frozen=True)
class Queued:
    """A heartbeat: the request waits.

    Attributes:
        position: how many requests come before it; 0: it is being carried out.
    """

    position: int


GPU = "gpu"  # the fact that names it, where there is one


@dataclass(frozen=True)
class Hello:
    """What the referee trains with.

    Attributes:
        facts: ``backend``, ``backend_version``, ``keras``, ``device``, and ``gpu`` where it trains
            on one.
    """

    facts: Mapping[str, str]

    def __str__(self) -> str:
        """For a line of a log."""
        known = {"backend": "?", "backend_version": "?", "keras": "?", "device": "?", **self.facts}
        return "{backend} {backend_version}, Keras {keras}, on {device}".format_map(known)


Answer: TypeAlias = Epoch | Measures | Hello | DeclarationRefused | RefereeError
