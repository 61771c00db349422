"""Annotations of a student's function or class that are texts, and what they mean.

``typing.get_type_hints`` evaluates them, and so does ``eval_str=True``. Of an object of the
student's that is done in their kernel: no text of theirs is evaluated here.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from grader.examiner.objects import signatures
from grader.examiner.objects.handles import kept_of
from grader.examiner.objects.kept import Kept
from grader.examiner.replaced import replaced

_Names = Mapping[str, Any] | None


@contextlib.contextmanager
def asked_for() -> Iterator[None]:
    """Let Python's functions that evaluate annotations ask the kernel in the body."""
    with (
        _of_students(inspect, "signature", _signature),
        _of_students(inspect, "get_annotations", _annotations),
        _of_students(typing, "get_type_hints", _hints),
    ):
        yield


def _of_students(
    module: Any, name: str, ask: Callable[..., Any]
) -> contextlib.AbstractContextManager[None]:
    """Let a function of a module be ``ask`` where its argument is a student's."""
    pythons_own = getattr(module, name)

    @functools.wraps(pythons_own)
    def asked(value: Any, *arguments: Any, **named: Any) -> Any:
        kept = kept_of(value)
        function = (
            functools.partial(pythons_own, value)
            if kept is None
            else (functools.partial(ask, kept))
        )
        return function(*arguments, **named)

    return replaced(module, name, asked)


def _signature(
    kept: Kept,
    *,
    follow_wrapped: bool = True,
    globals: _Names = None,
    locals: _Names = None,
    eval_str: bool = False,
) -> inspect.Signature:
    named = _named(globals, locals) | {"follow_wrapped": follow_wrapped, "eval_str": eval_str}
    return signatures.signature(kept.operate("signature", named))


def _annotations(
    kept: Kept, *, globals: _Names = None, locals: _Names = None, eval_str: bool = False
) -> Any:
    named = _named(globals, locals) if eval_str else {}
    return kept.operate("annotations", named | {"eval_str": eval_str})


def _hints(
    kept: Kept, globalns: _Names = None, localns: _Names = None, include_extras: bool = False
) -> Any:
    named = {f"{key[:-1]}ns": names for key, names in _named(globalns, localns).items()}
    return kept.operate("hints", named | {"include_extras": include_extras})


def _named(globals: _Names, locals: _Names) -> dict[str, dict[str, Any]]:
    """The names that a test gives; its own names as a whole stand for those of the notebook."""
    given = {"globals": globals, "locals": locals}
    return {
        key: dict(names)
        for key, names in given.items()
        if names is not None and "__builtins__" not in names
    }
