"""Messages from the stand-in for ``fit`` to the referee, and the errors that answer them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..course_images.refused import FitRefused
from ..data.counted import Malformed
from ..data.decoder import Decoder

if TYPE_CHECKING:
    from ..stdin import Exchange


class GraderFailed(RuntimeError):  # noqa: N818 -- named for what happened
    """The referee failed, and the student is not to blame."""


@dataclass(frozen=True)
class Begun:
    """A training that was begun.

    Attributes:
        number: of the training.
        epochs: how many will be carried out at most.
        made_up: whether logs will be made up, since no claim rests on the training.
    """

    number: int
    epochs: int
    made_up: bool


class Referee:
    """The referee as the stand-in sees it.

    Args:
        exchange: sends a message and returns the reply to it.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def begin(self, declared: dict[str, Any]) -> Begun:
        """Begin a training."""
        begun, _ = self._ask({"fit": "begin"} | declared)
        return Begun(begun["training"], begun["epochs"], begun.get("made_up", False))

    def epoch(
        self, training: int, learning_rate: float | None
    ) -> tuple[dict[str, float], list[Any] | None, int]:
        """Train one epoch; returns its logs, the weights after it, and the optimizer's steps.

        Args:
            training: its number.
            learning_rate: that a callback set before this epoch; None where none did.

        Returns:
            In a dry run weights are None, since they stay as they are, and steps are 0.
        """
        message = {"fit": "epoch", "training": training, "learning_rate": learning_rate}
        trained, buffers = self._ask(message)
        logs = dict(trained["logs"])
        if trained["weights"] is None:
            return logs, None, 0
        return logs, Decoder(buffers, _no_reference).decode(trained["weights"]), trained["steps"]

    def end(self, training: int, stopped: bool) -> None:
        """End a training.

        Args:
            training: its number.
            stopped: whether a callback stopped it.
        """
        self._ask({"fit": "end", "training": training, "stopped": stopped})

    def refused(self, why: FitRefused) -> FitRefused:
        """Tell that a call of ``fit`` was refused: the examiner may have to say why.

        Returns:
            The same in the course's language.
        """
        message = {"fit": "refused", "why": str(why)}
        reply, _ = self._exchange(message | {"templates": why.templates, "values": why.values}, [])
        return FitRefused(str(reply["refused"])) if "refused" in reply else why

    def say(self, template: str, **values: object) -> None:
        """Print a line to the student, in the course's language.

        Args:
            template: in English, with a field in braces for each value, and marked by ``N_``.
            **values: what goes into the fields.
        """
        texts = {name: str(value) for name, value in values.items()}
        line = template.format_map(texts)
        message = {"fit": "say", "why": line, "templates": [template], "values": texts}
        reply, _ = self._exchange(message, [])
        print(reply.get("said", line))

    def _ask(self, message: dict[str, Any]) -> tuple[dict[str, Any], Any]:
        """Send a message.

        Raises:
            FitRefused: the referee does not accept it.
            GraderFailed: the referee failed.
        """
        reply, buffers = self._exchange(message, [])
        if "refused" in reply:
            raise FitRefused(str(reply["refused"]))
        if "fault" in reply:
            raise GraderFailed(str(reply["fault"]))
        return reply, buffers


def _no_reference(tag: str, *_: Any) -> Any:
    raise Malformed(f"unknown reference {tag}")
