from __future__ import annotations

import operator

import pytest

from grader.checks.objects import operate
from grader.examiner.cells.finding import Finding
from tests.in_process import InProcess


class Money:
    """A student's class, in an ordinary kernel."""

    def __init__(self, amount: int) -> None:
        self.amount = amount

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Money) and self.amount == other.amount

    def __mul__(self, factor: int) -> Money:
        return Money(self.amount * factor)

    __hash__ = None  # type: ignore[assignment]


def test_in_an_ordinary_kernel_it_is_the_operation_itself() -> None:
    assert operate(operator.eq, Money(5), Money(5)) is True
    assert operate(operator.mul, Money(5), 2).amount == 10


def test_in_the_examiner_it_asks_the_students_class() -> None:
    kernel = InProcess(
        "class Money:\n    def __init__(self, amount): self.amount = amount\n"
        "    def __eq__(self, other): return self.amount == other.amount\n"
        "    def __rmul__(self, factor): return Money(self.amount * factor)\n"
        "    def __bool__(self): return self.amount > 0"
    )
    test = (
        "import operator\nfrom grader.checks.objects import operate\n"
        "assert operate(operator.eq, Money(5), Money(5)) is True\n"
        "assert operate(operator.eq, Money(5), Money(6)) is False\n"
        "assert operate(operator.mul, 2, Money(5)).amount == 10\n"
        "assert operate(bool, Money(0)) is False"
    )
    assert kernel.tested(test) == Finding()


@pytest.mark.parametrize("function", [lambda a, b: True, Money, None])
def test_only_what_python_has_is_an_operation(function: object) -> None:
    with pytest.raises(TypeError, match="expected a function of the module operator"):
        operate(function, 1, 2)  # type: ignore[arg-type]
