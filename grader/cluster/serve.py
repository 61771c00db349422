"""A scheduler and a node in terminals: ``grader scheduler`` and ``grader worker``."""

from __future__ import annotations

import asyncio
import glob
import os
import signal
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from grader.cluster import addresses, credentials
from grader.cluster.connection import CONNECT_SECONDS, no_answer
from grader.cluster.dask_setup import DASHBOARD, own_folder, set_up
from grader.cluster.referee import GPU
from grader.errors import ConfigurationError
from grader.sandbox.host import try_sandbox

if TYPE_CHECKING:
    from distributed.security import Security

Say = Callable[[str], None]


def scheduler(listen: str, key: Path, say: Say, *, insecure: bool = False) -> None:
    """Run a scheduler until Ctrl-C or SIGTERM; its key is made where there is none.

    Args:
        listen: ``tls://HOST:PORT``; 0.0.0.0 stands for all addresses of this machine.
        key: the file of the cluster's key.
        say: prints a line.
        insecure: whether ``tcp://`` may be listened at on a network.

    Raises:
        ConfigurationError: nobody can listen there, or the key cannot be used.
    """
    addresses.check(listen, insecure)
    set_up()
    with own_folder():
        asyncio.run(_scheduler(listen, _security(listen, key, make=True), key, say))


def worker(
    address: str,
    key: Path,
    say: Say,
    *,
    name: str = "",
    resources: Mapping[str, float] | None = None,
    insecure: bool = False,
) -> None:
    """Grade for others until Ctrl-C, SIGTERM, or until the scheduler ends.

    Args:
        address: the scheduler's.
        key: the file of the cluster's key.
        say: prints a line.
        name: of this node in messages; by default the machine's and a number.
        resources: what it has besides: name to amount; GPUs that are found here are added.
        insecure: whether another machine may be reached without TLS.

    Raises:
        ConfigurationError: the scheduler does not answer, or not to this key.
        SandboxError: this machine cannot give a sandbox.
    """
    addresses.check(address, insecure)
    set_up()
    security = _security(address, key, make=False)
    try_sandbox()
    name = name or f"{os.uname().nodename}-{os.getpid()}"
    with own_folder():
        asyncio.run(_worker(address, security, say, name, {**gpus(), **(resources or {})}))


def gpus(devices: str = "/dev/nvidia[0-9]*") -> dict[str, float]:
    """The GPUs of this machine, as a resource; empty where it has none."""
    count = len(glob.glob(devices))  # noqa: PTH207 -- a pattern, of no folder of ours
    return {GPU: count} if count else {}


def resources_of(text: str) -> dict[str, float]:
    """Read ``GPU=1,NAME=2``.

    Raises:
        ConfigurationError: it is written otherwise.
    """
    found: dict[str, float] = {}
    for part in filter(None, text.split(",")):
        name, equals, amount = part.partition("=")
        try:
            found[name.strip()] = float(amount)
        except ValueError:
            equals = ""
        if not equals or not name.strip() or found[name.strip()] < 0:
            raise ConfigurationError(f"{part!r} is no resource: expected NAME=NUMBER, as GPU=1")
    return found


def _security(address: str, key: Path, *, make: bool) -> Security | None:
    if not addresses.Scheduler(address).encrypted:
        return None
    if make:
        credentials.make(key)
    return credentials.load(key)


async def _scheduler(listen: str, security: Security | None, key: Path, say: Say) -> None:
    import distributed

    parts = urlsplit(listen)
    try:
        socket.create_server((parts.hostname or "", parts.port or 0)).close()
    except OSError as error:
        raise ConfigurationError(f"the scheduler cannot listen at {listen}: {error}") from error
    async with distributed.Scheduler(
        host=f"{parts.scheme}://{parts.hostname}",
        port=parts.port,
        security=security,
        dashboard=False,
        dashboard_address=DASHBOARD,
    ) as made:
        say(f"Scheduler at {made.address}")
        if security is not None:
            say(f"Copy {key.resolve()} to each node and to who grades: it gives access as you.")
        await _until_signalled(made.finished())


async def _worker(
    address: str,
    security: Security | None,
    say: Say,
    name: str,
    resources: Mapping[str, float],
) -> None:
    import distributed
    from distributed.utils import get_ip

    await _require_answer(address, security)
    parts = urlsplit(address)
    node = distributed.Nanny(
        address,
        host=get_ip(parts.hostname, parts.port),  # it listens where it reaches the scheduler
        nthreads=1,
        name=name,
        security=security,
        resources=dict(resources),
        memory_limit=None,  # a submission's memory is its sandbox's matter
        dashboard_address=DASHBOARD,
    )
    try:
        await node
    except (OSError, TimeoutError, RuntimeError) as error:
        await node.close()
        raise ConfigurationError(f"the node could not join {address}: {error}") from error
    async with node:
        say(f"Node {name} grades for {address}; Ctrl-C ends it.")
        await _until_signalled(node.finished())
    say("The node has ended.")


async def _require_answer(address: str, security: Security | None) -> None:
    """Ensure that there is a scheduler; a node would otherwise wait for one for ever."""
    from distributed.core import connect

    given = security.get_connection_args("worker") if security is not None else {}
    try:
        reached: Any = await connect(address, timeout=CONNECT_SECONDS, **given)
    except (OSError, TimeoutError) as error:
        raise ConfigurationError(no_answer(address, error)) from error
    await reached.close()


async def _until_signalled(finished: Any) -> None:
    """Return when this process is asked to end, or what it serves has ended."""
    signalled = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, signalled.set)
    waits = [asyncio.ensure_future(finished), asyncio.ensure_future(signalled.wait())]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
