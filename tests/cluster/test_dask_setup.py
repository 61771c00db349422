"""How Dask is set up: what its processes get, and who may ask them."""

from __future__ import annotations

import dask
import pytest

from grader.cluster import dask_setup


@pytest.fixture(autouse=True)
def _set_up() -> None:
    dask_setup.set_up()


def test_a_node_may_start_judges() -> None:
    assert dask.config.get("distributed.worker.daemon") is False


def test_a_node_gets_no_number_of_threads_and_no_seed_from_dask() -> None:
    environment = dask.config.get("distributed.nanny.pre-spawn-environ")
    assert not [name for name in environment if "THREADS" in name]
    assert environment["PYTHONHASHSEED"] == "random"


def test_pages_of_dask_tell_nothing_after_a_scheduler_was_started_too() -> None:
    dask.config.get("distributed.scheduler.http.routes").append("as Dask without bokeh does")
    dask_setup.set_up()
    for role in ("scheduler", "worker", "nanny"):
        assert dask.config.get(f"distributed.{role}.http.routes") == []
    assert dask_setup.DASHBOARD.startswith("127.0.0.1:")
