"""numpy's convolutions are gone before a cell can hold one."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from grader.checks import blocked
from grader.sandbox.guest.numpy_only import blocked_convolutions


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    """numpy as it is there; as it was, afterwards."""
    for name, module in list(sys.modules.items()):
        for convolution in blocked_convolutions._NAMES:
            if name.partition(".")[0] == "numpy" and convolution in vars(module):
                monkeypatch.setattr(module, convolution, getattr(module, convolution))
    blocked_convolutions.block_convolutions()


@pytest.mark.usefixtures("without")
def test_what_a_cell_holds_is_no_convolution() -> None:
    core = [module for name, module in sys.modules.items() if name.startswith("numpy.") and module]
    held = [
        vars(module)[name]
        for module in core
        for name in blocked_convolutions._NAMES
        if name in vars(module)
    ]
    for convolution in (np.convolve, np.correlate, np.ma.convolve, *held):
        with pytest.raises(AssertionError, match="convolve uses numpy") as refused:
            convolution([1.0, 2.0], [1.0])
        assert type(refused.value).__name__ == "ClaimFailed"
    assert np.sum([1, 2]) == 3


def test_it_says_what_the_check_says() -> None:
    assert blocked_convolutions.ADVICE == blocked.ADVICE
