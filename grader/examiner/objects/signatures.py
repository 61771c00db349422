"""The signature of a student's function, as ``inspect.signature`` gives it."""

from __future__ import annotations

import inspect
from typing import Any

from grader.sandbox.guest.data.counted import Malformed

_KINDS = {int(kind): kind for kind in inspect._ParameterKind}


def signature(told: Any) -> inspect.Signature:
    """The signature that a kernel told.

    Args:
        told: for each parameter its name, kind, default and annotation, and what is returned; a
            default and an annotation are a tuple, empty where there is none.

    Raises:
        Malformed: it is none.
    """
    try:
        parameters, returned = told
        return inspect.Signature(
            [_parameter(*each) for each in parameters], return_annotation=_one(returned)
        )
    except (TypeError, ValueError, KeyError) as error:
        raise Malformed(f"no signature: {error}") from error


def _parameter(name: str, kind: int, default: Any, annotation: Any) -> inspect.Parameter:
    return inspect.Parameter(name, _KINDS[kind], default=_one(default), annotation=_one(annotation))


def _one(given: Any) -> Any:
    if type(given) is not tuple:
        raise TypeError("a tuple is due")
    (value,) = given or (inspect.Parameter.empty,)
    return value
