"""What the checks of callbacks add to an error that a student's callback raised."""

from __future__ import annotations

from collections.abc import Iterable

from grader.accuracy import ALL_NAMES
from grader.language import gettext


def no_arguments() -> str:
    """The note where a callback cannot be made, since ``__init__`` needs arguments."""
    return gettext(
        "Claims make your callback without arguments, as StopAtTarget(): give each argument of "
        "__init__ a default."
    )


def own_model() -> str:
    """The note where a callback looks for the model among the notebook's names."""
    return gettext(
        "In a callback, the model that is trained is self.model: write self.model in place of "
        "model."
    )


def about_keys(keys: Iterable[str]) -> str:
    """The note where a dry run's callback raised.

    Args:
        keys: that ``logs`` had.
    """
    return gettext(
        "In the dry run logs had the keys {keys}, and no other: logs.get(...) of another key gives "
        "None, and logs[...] a KeyError. Read the accuracy by the key that it has.",
        keys=", ".join(map(repr, keys)),
    )


def every() -> frozenset[str]:
    """All of these notes: a line among them has no word of a student's."""
    return frozenset(
        [no_arguments(), own_model(), *(about_keys([name, "loss"]) for name in ALL_NAMES)]
    )
