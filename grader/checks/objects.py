"""Lets a test say that it tests a method of the student's own: an operator, a truth, a comparison.

While a submission is graded, ``==``, ``<``, ``bool`` and arithmetic with plain data do not ask the
student's class: an object that says that it equals everything would pass every test. Where the
claim is about that method, a test asks for it by name.
"""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable, Iterator
from typing import Any

from grader.checks.protocols import ObjectProxy, capability


def operate(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what an operation gives, with the student's own special methods.

    Args:
        function: of the module ``operator``, such as ``operator.eq``, or a built-in one such as
            ``bool``, ``hash``, ``sorted`` or ``sum``.
        arguments: what it takes: objects of the student's, lists or tuples of them, plain data.

    Example:
        In a test cell, with the student's ``Money``::

            import operator

            assert operate(operator.eq, Money(5), Money(5)) is True, "Money(5) == Money(5)"
            assert operate(operator.mul, Money(5), 2).amount == 10
    """
    name = getattr(function, "__name__", "")
    known = (getattr(operator, name, None), getattr(builtins, name, None))
    if function is None or not any(function is each for each in known):
        raise TypeError(
            f"operate received {name or function!r}, expected a function of the module operator, "
            "such as operator.eq, or a built-in one"
        )
    for argument in _each(arguments):
        proxy = capability(argument, ObjectProxy)
        if proxy is not None:
            return proxy.operate(name, *arguments)
    return function(*arguments)


def _each(arguments: tuple[Any, ...]) -> Iterator[Any]:
    """The arguments, and the items of those that are lists or tuples."""
    for argument in arguments:
        yield argument
        if type(argument) in (list, tuple):
            yield from argument
