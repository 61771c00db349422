"""Says why a call of ``fit`` is not accepted, in templates that the examiner can translate."""

from __future__ import annotations

from typing import Any

_LONGEST = 60  # characters of a value in a message


class FitRefused(ValueError):  # noqa: N818 -- named for what happened, like DeclarationRefused
    """A call of fit is not accepted while work is graded; the message says what is.

    Args:
        message: in English, with a field in braces for each value; without values, braces stand
            for themselves.
        *more: sentences that follow it.
        **values: what goes into the fields.

    Attributes:
        templates: the message and what follows it.
        values: what goes into the fields, as text.
    """

    def __init__(self, message: str, /, *more: str, **values: object) -> None:
        self.templates = [message, *more]
        self.values = {name: str(value) for name, value in values.items()}
        said = [each.format_map(self.values) if values else each for each in self.templates]
        super().__init__(" ".join(said))


def N_(message: str) -> str:  # noqa: N802 -- the name by which gettext's tools know it
    """Mark a constant for translation."""
    return message


def kind_of(given: Any) -> str:
    """What stands in place of a pair: so many parts, or an object of a type."""
    return f"{len(given)} parts" if isinstance(given, list | tuple) else type(given).__name__


def shown(given: object) -> str:
    """What was given, as code; of what is long, the beginning."""
    code = repr(given)
    return code if len(code) <= _LONGEST else f"{code[: _LONGEST - 4]} ..."
