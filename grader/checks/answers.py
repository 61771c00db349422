"""Copies a student's answer into exact, finite, plain values that are safe to compare.

A check must not trust an answer's own methods: ``__eq__`` may always say yes, ``shape`` may
lie. So each answer is first copied into exactly ``numpy.ndarray`` or a built-in type. Types are
compared with ``is``, not with ``isinstance``: a subclass has methods of its own, and is
refused.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.checks.array_likes import numbers
from grader.errors import ClaimFailed
from grader.language import N_, gettext

KINDS = {"number": "biuf", "whole": "iu", "float": "f"}
"""What ``array`` can be asked for, as the ``dtype.kind`` letters that satisfy it."""
MAX_ELEMENTS = 64_000_000
"""More numbers than any exercise needs; a broadcast view can claim a shape of terabytes."""
MAX_DEPTH = 16
MAX_TEXT = 1_000_000

_NUMBERS = {int, float, bool}
_SCALARS = {np.dtype(code).type for code in np.typecodes["AllInteger"] + "efdg?"}
_PLAIN = _NUMBERS | _SCALARS | {list, tuple, np.ndarray}
# What np.array makes one object of, and list takes apart.
_LOOPS = {"generator", "map", "filter", "zip", "enumerate", "reversed", "islice", "chain"}
_LISTED = _LOOPS | {"set", "frozenset", "dict_keys", "dict_values"}
# A metaclass of the student's cannot override these.
_CLASS_NAME: Any = type.__dict__["__name__"]
_CLASS_MEMBERS: Any = type.__dict__["__dict__"]
_CLASS_MRO: Any = type.__dict__["__mro__"]


def array(
    answer: object,
    *,
    what: str,
    shape: tuple[int, ...] | None = None,
    kind: str = "number",
) -> np.ndarray:
    """Copy an answer into an exact, finite numpy array.

    Args:
        answer: a numpy array or matrix, a number (a Fraction or Decimal, too), nested lists or
            tuples of these, named tuples, a range, an array of numpy's with a mask that hides
            nothing, a tensor of TensorFlow or PyTorch, or a Series, Index or DataFrame of pandas.
        what: the answer's name in messages, such as ``convolve(image, kernel)``.
        shape: the expected shape; None accepts any.
        kind: the accepted dtypes: ``number`` (bool included), ``whole`` or ``float``.

    Returns:
        A new array of a numpy dtype in this machine's byte order.

    Raises:
        ClaimFailed: the answer is something else, has another shape or kind, has more than
            ``MAX_ELEMENTS`` numbers, or is not finite.

    Example:
        In a test cell, with the student's ``convolve``::

            result = array(convolve(image, kernel), what="convolve(image, kernel)", shape=(9, 9))
            assert result.min() >= 0, "A grey level is below 0. Clip the sums with np.clip."
    """
    values = _exact(answer, what)
    if values.dtype.type is np.longdouble:  # a finite one may be infinite as a float64
        with np.errstate(over="ignore", under="ignore"):
            values = values.astype(np.float64)
    if values.dtype.kind not in KINDS[kind]:
        raise ClaimFailed(
            "{what} holds values of dtype {dtype}. Expected: {kind} numbers. "
            "Convert it, for example with .astype(float).",
            what=what,
            dtype=values.dtype,
            kind=kind,
        )
    if shape is not None and values.shape != shape:
        raise ClaimFailed(
            "{what} has the shape {received}. Expected: {expected}. "
            "Print its shape in your code, to see where it becomes another.",
            what=what,
            received=values.shape,
            expected=shape,
        )
    if not np.isfinite(values).all():
        raise ClaimFailed(
            "{what} holds NaN (not a number) or infinity. Expected: finite numbers. "
            "Look for a division by zero or an overflow.",
            what=what,
        )
    return values


def integer(answer: object, *, what: str) -> int:
    """Return an answer that is one whole number.

    Args:
        answer: an int, a numpy integer, or an array or tensor of shape () of whole numbers.
        what: the answer's name in messages.

    Raises:
        ClaimFailed: the answer is something else.

    Example:
        In a test cell, with the student's ``count_edges``::

            assert integer(count_edges(image), what="count_edges(image)") == 4
    """
    value = array(answer, what=what)
    if value.shape != () or value.dtype.kind not in KINDS["whole"]:
        raise ClaimFailed(
            "{what} is {found}. Expected: one whole number. Return only that number.",
            what=what,
            found=describe(answer),
        )
    return int(value)


def real(answer: object, *, what: str) -> float:
    """Return an answer that is one finite number, whole or not.

    Args:
        answer: a number, or an array or tensor of shape ().
        what: the answer's name in messages.

    Raises:
        ClaimFailed: the answer is something else, NaN or infinite.

    Example:
        In a test cell, with the student's ``mean_grey``::

            assert abs(real(mean_grey(image), what="mean_grey(image)") - 127.5) < 0.01
    """
    value = array(answer, what=what)
    if value.shape != ():
        raise ClaimFailed(
            "{what} is {found}. Expected: one number. Return only that number.",
            what=what,
            found=describe(answer),
        )
    return float(value)


def integers(answer: object, *, what: str) -> list[int]:
    """Return an answer that is a list of whole numbers.

    Args:
        answer: a list, a tuple, or an array or tensor of one dimension.
        what: the answer's name in messages.

    Raises:
        ClaimFailed: the answer is something else.

    Example:
        In a test cell, with the student's ``same_label``::

            answer = same_label(labels, 9, 2)
            assert integers(answer, what="same_label(labels, 9, 2)") == [0, 23]
    """
    values = array(answer, what=what)
    if values.ndim != 1 or (values.size and values.dtype.kind not in KINDS["whole"]):
        # np.where and np.nonzero give a tuple with an array for each axis.
        wrapped = isinstance(answer, tuple) and len(answer) == 1
        step = N_("Take the array out of the tuple, for example with np.where(...)[0].")
        raise ClaimFailed(
            "{what} is {found}. Expected: a list of whole numbers, such as [2, 3, 5]. {step}",
            what=what,
            found=describe(answer),
            step=gettext(step if wrapped else N_("Return only that list.")),
        )
    return [int(value) for value in values]


def text(answer: object, *, what: str) -> str:
    """Return an answer that is a text.

    Args:
        answer: a str, of at most ``MAX_TEXT`` characters.
        what: the answer's name in messages.

    Raises:
        ClaimFailed: the answer is something else, or longer.

    Example:
        In a test cell, with the student's ``class_name``::

            assert text(class_name(9), what="class_name(9)") == "Ankle boot"
    """
    if type(answer) is not str and type(answer) is not np.str_:
        raise ClaimFailed(
            "{what} is {found}. Expected: a text (str). Make it one with str(...).",
            what=what,
            found=describe(answer),
        )
    if len(answer) > MAX_TEXT:
        raise ClaimFailed(
            "{what} has {length} characters. Expected: at most {max_text}. Shorten it.",
            what=what,
            length=len(answer),
            max_text=MAX_TEXT,
        )
    return str(answer)


def describe(answer: object) -> str:
    """Describe an answer in a few words, for a message, without calling its own methods.

    Args:
        answer: any object.

    Returns:
        For example ``a numpy array of shape (3, 3) and dtype float64``.

    Example:
        In a check::

            raise ClaimFailed(f"model is {describe(model)}. Expected: a Keras model.")
    """
    kind = type(answer)
    if answer is None:
        return gettext("None (is a return missing?)")
    if kind is np.ndarray:
        shape, dtype = answer.shape, answer.dtype  # type: ignore[attr-defined]
        said = dtype.name if dtype.names else dtype  # names of fields are the student's text
        return gettext("a numpy array of shape {shape} and dtype {dtype}", shape=shape, dtype=said)
    if (kind in _NUMBERS or kind in _SCALARS) and not _is_huge(answer):
        return f"{answer} ({_class_name(answer)})"
    if kind is list or kind is tuple:
        return gettext(
            "a {kind} of {length}",
            kind=_class_name(answer),
            length=len(answer),  # type: ignore[arg-type]
        )
    return gettext("of type {kind}", kind=_class_name(answer))


def _exact(answer: object, what: str) -> np.ndarray:
    """Return a new array of numbers in this machine's byte order."""
    plain = _plain(answer, what, [0], 0)
    try:
        values = np.array(plain)
    except ValueError as error:
        raise ClaimFailed(
            "{what} is made of rows with different lengths. "
            "Expected: a regular array; check that each row has the same number of values.",
            what=what,
        ) from error
    return values.astype(values.dtype.newbyteorder("="), order="C", copy=False)


def _plain(answer: object, what: str, seen: list[int], depth: int) -> object:
    """Return an exact number, array of numbers, or nested lists of these.

    ``seen`` counts numbers and lists so far: a list that holds itself, or one list many times
    over, is small in memory and endless to copy.
    """
    if type(answer) not in _PLAIN:  # asked first: a list may hold millions of numbers
        values = numbers(answer, MAX_ELEMENTS)
        answer = answer if values is None else values
    kind = type(answer)
    seen[0] += answer.size if kind is np.ndarray else 1  # type: ignore[attr-defined]
    if seen[0] > MAX_ELEMENTS or depth > MAX_DEPTH:
        raise ClaimFailed(
            "{what} is too large: at most {max_elements} numbers are accepted. "
            "Return only what is asked for.",
            what=what,
            max_elements=MAX_ELEMENTS,
        )
    if kind is np.ndarray and answer.dtype.kind == "O":  # type: ignore[attr-defined]
        return _plain(answer.tolist(), what, seen, depth + 1)  # type: ignore[attr-defined]
    if kind is list or kind is tuple or _is_named_tuple(kind):
        held: Any = answer
        items = held if kind is list else tuple.__iter__(held)
        return [_plain(item, what, seen, depth + 1) for item in items]
    if kind is np.ndarray and answer.dtype.kind in KINDS["number"]:  # type: ignore[attr-defined]
        return answer
    if (kind in _NUMBERS or kind in _SCALARS) and not _is_huge(answer):
        return answer
    said = N_("{what} is {found}.") if depth == 0 else N_("{what} holds a value that is {found}.")
    raise ClaimFailed(
        "{said} Expected: numbers, in a plain numpy array or in lists. {next_step}",
        said=gettext(said, what=what, found=describe(answer)),
        next_step=_next_step(answer),
    )


def _next_step(answer: object) -> str:
    """Give the next step for an answer that holds no numbers."""
    if answer is None:
        return gettext("End the function with return and its result: print only shows it.")
    if _class_name(answer) in _LISTED:
        return gettext("Make a list of its values, with list(...).")
    if _class_name(answer) == "coroutine":
        return gettext("Begin the function with def, and not with async def.")
    return gettext("Convert the result, for example with np.array(...).")


def _is_named_tuple(kind: type) -> bool:
    """Whether it is a tuple with names: the tuple in it is read, and no method of its own."""
    classes = _CLASS_MRO.__get__(kind) if issubclass(kind, tuple) else ()
    return any("_fields" in _CLASS_MEMBERS.__get__(each) for each in classes)


def _is_huge(answer: object) -> bool:
    """Tell whether a number is an int that numpy cannot hold and Python may refuse to print."""
    return type(answer) is int and answer.bit_length() > 63


def _class_name(answer: object) -> str:
    """Return the name of an answer's class, cut short."""
    return str(_CLASS_NAME.__get__(type(answer)))[:60]
