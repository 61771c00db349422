"""Blocks the convolutions of libraries for the time of one call.

A best effort: it looks by name, in the modules that are loaded, for what students use. Code in
the same process can get round it on purpose; the examiner therefore asks where only numpy
exists.
"""

from __future__ import annotations

import dis
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from types import CodeType, FunctionType, ModuleType
from typing import Any, NoReturn

from grader.errors import ClaimFailed
from grader.language import N_, gettext

ADVICE = N_(
    "This exercise wants the sum itself: write the loops over rows, columns and the kernel's 3x3 "
    "numbers, or add up nine shifted slices of the image, with no library's convolution."
)
LIBRARIES = frozenset(
    ("numpy", "scipy", "skimage", "PIL", "cv2", "tensorflow", "keras", "torch", "jax")
)
CONVOLUTION = re.compile(
    r"conv(?!e[nrx])|correlate|filter2d|generic_filter|sepfir|^kernel$", re.IGNORECASE
)
"""Matches what libraries call a convolution (convolve2d, conv2d, Conv2D, fftconvolve, filter2D,
ImageFilter.Kernel), and not convert, converter, convex."""


def call_blocked(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a student's function while every convolution of a loaded library is blocked.

    Args:
        function: the student's.
        arguments: for the function, in order.

    Returns:
        What the function returns.

    Raises:
        ClaimFailed: as ``blocked``.

    Example:
        In a check::

            answer = call_blocked(convolve, image, kernel)
    """
    with blocked(function):
        return function(*arguments)


@contextmanager
def blocked(function: Callable[..., object]) -> Iterator[None]:
    """Make every convolution of a loaded library raise, and refuse to import further libraries.

    Args:
        function: the student's. If it is a plain function, names that it took over by
            ``from scipy.signal import convolve2d`` are replaced among its globals too.

    Yields:
        None; the originals are back when the block ends.

    Raises:
        ClaimFailed: in the block, where a convolution is called or a library imported; before it,
            where the function's code names a convolution.

    Example:
        In a check::

            with blocked(convolve):
                answer = convolve(image, kernel)
    """
    originals = _originals()
    places = [vars(module) for module in _loaded()]
    if isinstance(function, FunctionType):
        _refuse_named(function, originals)
        places.append(function.__globals__)
    replaced = [
        (place, name, value)
        for place in places
        for name, value in list(place.items())
        if id(value) in originals
    ]
    finder = _Refuser()
    try:
        sys.meta_path.insert(0, finder)
        for place, name, value in replaced:
            place[name] = _stand_in(originals[id(value)])
        yield
    finally:
        for place, name, value in replaced:
            place[name] = value
        sys.meta_path.remove(finder)


class _Refuser(MetaPathFinder):
    """Refuses the libraries' modules that are not loaded yet; numpy alone loads some late."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> None:
        """Refuse a library by its name; None leaves all others to Python."""
        if fullname.partition(".")[0] in LIBRARIES - {"numpy"}:
            _refuse(fullname)


def _loaded() -> list[ModuleType]:
    """Return the modules of the libraries that are loaded."""
    return [
        module
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in LIBRARIES and isinstance(module, ModuleType)
    ]


def _originals() -> dict[int, str]:
    """Return the convolutions of the loaded libraries by identity, with their best-known names."""
    names: dict[int, str] = {}
    for module in _loaded():
        for name, value in list(vars(module).items()):
            if CONVOLUTION.search(name) and callable(value) and not isinstance(value, ModuleType):
                full = f"{module.__name__}.{name}".replace("._api.v2", "")
                names[id(value)] = min(full, names.get(id(value), full), key=_obscurity)
    return names


def _obscurity(name: str) -> tuple[bool, int]:
    """Order names from public and short, as students know them, to private and long."""
    return "._" in name, len(name)


def _stand_in(name: str) -> Callable[..., NoReturn]:
    """Return the function that replaces a convolution."""

    def refused(*_: object, **__: object) -> NoReturn:
        _refuse(name)

    return refused


def _refuse_named(function: FunctionType, originals: dict[int, str]) -> None:
    """Refuse code that names a convolution, also where this call would not come past it."""
    codes, seen = [function.__code__], set[CodeType]()
    while codes:
        code = codes.pop()
        seen.add(code)
        named = list(_named(code, function.__globals__))
        for value in named:
            if id(value) in originals:
                _refuse(originals[id(value)])
        nested = [value for value in code.co_consts if isinstance(value, CodeType)]
        called = [value.__code__ for value in named if _is_neighbour(value, function)]
        codes.extend(set(nested + called) - seen)


def _is_neighbour(value: object, function: FunctionType) -> bool:
    """Tell whether a value is another function of the same notebook."""
    return isinstance(value, FunctionType) and value.__globals__ is function.__globals__


def _named(code: CodeType, names: dict[str, Any]) -> Iterator[Any]:
    """Yield what a code's global names refer to, also through modules: ``tf.nn.conv2d``."""
    value = None
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            value = names.get(instruction.argval)
        elif instruction.opname in ("LOAD_ATTR", "LOAD_METHOD") and isinstance(value, ModuleType):
            value = vars(value).get(instruction.argval)
        else:
            continue
        yield value


def _refuse(name: str) -> NoReturn:
    """Say which library was used and what the exercise wants."""
    raise ClaimFailed("convolve uses {name}. {advice}", name=name, advice=gettext(ADVICE))
