"""Processes as tests look at them: any may end meanwhile."""

from __future__ import annotations

import psutil


def command_line(process: psutil.Process) -> str:
    """What a process was started with, as one text; empty if it has ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # a zombie, for example
        return ""
