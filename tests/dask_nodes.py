"""A cluster for tests: two nodes of Dask's, which are threads of this process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from grader.cluster.dask_setup import own_folder


@pytest.fixture(scope="session")
def two_nodes() -> Iterator[Any]:
    """A client of two nodes."""
    import distributed

    with (
        own_folder(),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client
