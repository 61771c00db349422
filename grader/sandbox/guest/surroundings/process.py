"""Environment variables, arguments and working directory as a test has set them."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


@contextlib.contextmanager
def as_in_test(
    environment: Mapping[str, str | None], argv: list[str] | None, folder: Path | None
) -> Iterator[None]:
    """Let the body see what the test has set; afterwards it is as before.

    What the student's code sets itself stays.

    Args:
        environment: variables by name; None for one that the test removed.
        argv: the test's ``sys.argv``, if it set one.
        folder: the working directory, if the test went elsewhere.
    """
    before: dict[str, Any] = {name: os.environ.get(name) for name in environment}
    arguments, here = sys.argv, Path.cwd() if folder is not None else None
    _set(environment)
    sys.argv = arguments if argv is None else argv
    try:
        if folder is not None:
            os.chdir(folder)
        yield
    finally:
        untouched = [name for name in before if os.environ.get(name) == environment[name]]
        _set({name: before[name] for name in untouched})
        sys.argv = arguments
        if here is not None:
            with contextlib.suppress(OSError):
                os.chdir(here)


def _set(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
