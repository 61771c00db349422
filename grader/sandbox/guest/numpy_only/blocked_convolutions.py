"""Takes numpy's convolutions out of numpy, where a function must do without them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NoReturn

_NAMES = ("convolve", "correlate", "correlate2")
# As ``grader.checks.blocked`` says it, which is not there.
ADVICE = (
    "This exercise wants the sum itself: write the loops over rows, columns and the kernel's 3x3 "
    "numbers, or add up nine shifted slices of the image, with no library's convolution."
)


class ClaimFailed(AssertionError):  # noqa: N818 -- named for what happened
    """Named as the exception of checks: the examiner takes it for that."""


def block_convolutions() -> None:
    """Replace them in all of numpy's modules, before any cell could hold one of them."""
    import numpy
    import numpy.ma  # it has names of its own for them

    for module in [each for name, each in list(sys.modules.items()) if _is_numpys(name)]:
        for name in _NAMES:
            if callable(vars(module).get(name)):
                setattr(module, name, _refusing(f"{numpy.__name__}.{name}"))


def _is_numpys(module: str) -> bool:
    return module.partition(".")[0] == "numpy"


def _refusing(name: str) -> Callable[..., NoReturn]:
    def refused(*_: Any, **__: Any) -> NoReturn:
        raise ClaimFailed(f"convolve uses {name}. {ADVICE}")

    return refused
