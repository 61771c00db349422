"""The connection to a cluster: to a scheduler that runs, or to nodes started for one run."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.cluster import credentials
from grader.cluster.addresses import LocalNodes, Scheduler
from grader.cluster.dask_setup import DASHBOARD, own_folder, set_up
from grader.errors import ConfigurationError

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

CONNECT_SECONDS = 10.0  # for a scheduler to answer
LOCAL_SECONDS = 120.0  # for nodes on this machine to start
NODE_SECONDS = 20.0  # for a scheduler to have a node


@contextlib.contextmanager
def connected(where: LocalNodes | Scheduler, key: Path) -> Iterator[Client]:
    """A client of a cluster that has nodes.

    Args:
        where: the cluster.
        key: the file of its key; not used for nodes on this machine, whose key is in memory.

    Raises:
        ConfigurationError: nobody answers there, or not to this key, or there is no node.
    """
    set_up()
    made = _local(where) if isinstance(where, LocalNodes) else _remote(where, key)
    with made as client:
        yield client


@contextlib.contextmanager
def _local(where: LocalNodes) -> Iterator[Client]:
    import distributed

    with (
        own_folder(),
        _local_cluster(where) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        _await_nodes(client, where.count, LOCAL_SECONDS, f"local:{where.count}")
        yield client


def _local_cluster(where: LocalNodes) -> LocalCluster:
    import distributed

    # Also on this machine: another account could otherwise connect, and run programs as this one.
    try:
        return distributed.LocalCluster(
            n_workers=where.count,
            threads_per_worker=1,
            host="tls://127.0.0.1",
            security=True,
            dashboard_address=DASHBOARD,
            memory_limit=None,  # a submission's memory is its sandbox's matter
            scheduler_kwargs={"dashboard": False},
        )
    except (OSError, RuntimeError, TimeoutError) as error:
        raise ConfigurationError(
            f"{where.count} nodes could not be started on this machine: {error}"
        ) from error


@contextlib.contextmanager
def _remote(where: Scheduler, key: Path) -> Iterator[Client]:
    import distributed

    security = credentials.load(key) if where.encrypted else None
    with contextlib.ExitStack() as ends:
        try:
            client = ends.enter_context(
                distributed.Client(
                    where.address,
                    security=security,
                    timeout=CONNECT_SECONDS,
                    set_as_default=False,
                )
            )
        except (OSError, TimeoutError, ValueError) as error:
            raise ConfigurationError(no_answer(where.address, error)) from error
        _await_nodes(client, 1, NODE_SECONDS, where.address)
        yield client


def no_answer(address: str, error: BaseException) -> str:
    """One line where a scheduler could not be reached."""
    if _about_tls(error):
        return (
            f"the scheduler at {address} does not accept this key, or has none: expected a copy of "
            "the file that `grader scheduler` uses there (--key)"
        )
    return (
        f"no scheduler answers at {address} in {CONNECT_SECONDS:.0f} s: is `grader scheduler` "
        "running there, and can this machine reach it?"
    )


def _about_tls(error: BaseException | None) -> bool:
    """Whether an error, or what it came from, is one of TLS."""
    import ssl

    seen: list[Any] = []
    while error is not None and error not in seen:
        if isinstance(error, ssl.SSLError) or "SSL" in str(error):
            return True
        seen.append(error)
        error = error.__cause__ or error.__context__
    return False


def _await_nodes(client: Client, count: int, seconds: float, where: str) -> None:
    try:
        client.wait_for_workers(count, timeout=seconds)
    except TimeoutError as error:
        raise ConfigurationError(
            f"the cluster {where} has fewer than {count} nodes after {seconds:.0f} s: start "
            "`grader worker ADDRESS` on a machine that shall grade"
        ) from error
