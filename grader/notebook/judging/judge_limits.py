"""Limits on a judging process, in which a test may make anything of a student's answer.

``"x" * answer()`` is as long as the answer says. The limits are those of the process; a sandbox
that it starts has limits of its own.
"""

from __future__ import annotations

import os
import resource
import signal

from grader import machine

ADDRESS_BYTES = 24 << 30  # TensorFlow reserves many addresses and uses few
# Memory that can be written: 2,000 images in a network of two layers take 1.8 GB at once.
_MOST_WRITABLE, _LEAST_WRITABLE = 8 << 30, 2 << 30
_SHARE = 3  # two judges at their limit leave a third of the machine
FILE_BYTES = 1 << 30  # of a file that a test writes


def writable_bytes() -> int:
    """Memory that a judge may write; the same on each run, so it depends on the machine alone."""
    return max(_LEAST_WRITABLE, min(_MOST_WRITABLE, machine.all_memory() // _SHARE))


def limit_this_process() -> None:
    """Set the limits, and let this process end before others where the machine's memory is up."""
    _limit(resource.RLIMIT_AS, ADDRESS_BYTES, also_hard=True)
    # Only the soft limits: the supervisors of sandboxes lift them.
    _limit(resource.RLIMIT_DATA, writable_bytes())
    _limit(resource.RLIMIT_FSIZE, FILE_BYTES)
    machine.end_this_first()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, who ends this one
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # networks are looked at on the CPU


def _limit(kind: int, most: int, also_hard: bool = False) -> None:
    _, hard = resource.getrlimit(kind)
    soft = most if hard == resource.RLIM_INFINITY else min(hard, most)
    resource.setrlimit(kind, (soft, soft if also_hard else hard))
