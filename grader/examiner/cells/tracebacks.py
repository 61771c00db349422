"""What an error's traceback tells: the places that it went through, and their code."""

from __future__ import annotations

from collections.abc import Iterable
from types import FrameType, TracebackType


def once(traces: Iterable[TracebackType]) -> Iterable[TracebackType]:
    """Those of different places in the code: a function may have called itself a thousand times."""
    return {(trace.tb_frame.f_code, trace.tb_lasti): trace for trace in traces}.values()


def of_error(error: BaseException) -> list[TracebackType]:
    """The places that an error went through, the outermost first."""
    traces, trace = [], error.__traceback__
    while trace is not None:
        traces.append(trace)
        trace = trace.tb_next
    return traces


def file_of(frame: FrameType) -> str:
    """The file of its code, as it was compiled."""
    return frame.f_code.co_filename


def module_of(frame: FrameType) -> str:
    """The name of its module."""
    return str(frame.f_globals.get("__name__"))
