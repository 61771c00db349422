"""The process of a sandbox's supervisor: reads its orders, and supervises."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys

from grader.sandbox.processes import adopt_orphans
from grader.sandbox.supervisor import SandboxSupervisor


def main() -> None:
    """Supervise the sandbox whose orders the descriptor on the command line holds."""
    for kind in (resource.RLIMIT_DATA, resource.RLIMIT_FSIZE):
        _, most = resource.getrlimit(kind)
        resource.setrlimit(kind, (most, most))  # the judge's own is not the sandbox's
    adopt_orphans()
    with os.fdopen(int(sys.argv[1])) as orders:
        supervisor = SandboxSupervisor(json.load(orders))
    signal.signal(signal.SIGTERM, lambda *_: supervisor.stop())
    supervisor.run()
