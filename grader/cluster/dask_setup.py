"""Configures Dask: what a judge needs, and no port that is open to others."""

from __future__ import annotations

import contextlib
import copy
import logging
from collections.abc import Iterator

from grader.cluster.credentials import require_extra
from grader.notebook.judging import scratch

# Dask's own web pages tell everybody what a cluster does, without the key. They have no content
# here, and what still listens does so on this machine alone.
DASHBOARD = "127.0.0.1:0"

# What processes of nodes have in their environment from their first moment. Dask would set how many
# threads compute in what is started there, which decides over a training's bits, and one seed for
# the hashes of all strings.
_ENVIRONMENT = {"DASK_LOGGING__DISTRIBUTED": "critical", "PYTHONHASHSEED": "random"}

_CONFIGURATION = {
    "distributed.worker.daemon": False,  # a judge is a child of a node, and daemons have none
    "distributed.worker.profile.enabled": False,  # looks at every thread a hundred times a second
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.nanny.http.routes": [],
    "distributed.nanny.pre-spawn-environ": _ENVIRONMENT,
    "distributed.diagnostics.nvml": False,  # GPUs are the referee's
}


def set_up() -> None:
    """Configure Dask in this process; processes that it starts get the same.

    Raises:
        ConfigurationError: the extra is not installed.
    """
    require_extra()
    import dask
    import distributed  # it sets up logging when it is imported

    dask.config.set(copy.deepcopy(_CONFIGURATION))  # Dask adds pages to the very list it is given
    # The engine tells of what matters.
    logging.getLogger(distributed.__name__).setLevel(logging.ERROR)


@contextlib.contextmanager
def own_folder() -> Iterator[None]:
    """Keep the files of schedulers and nodes that start here in a folder that is removed.

    Dask would make ``dask-scratch-space`` among the temporary files of all, and leave it there.
    """
    import dask

    with scratch.folder() as place, dask.config.set({"temporary-directory": str(place)}):
        yield
