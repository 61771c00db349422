"""Asks all nodes of a cluster the same question, and names those that cannot take part."""

from __future__ import annotations

import importlib.metadata
import platform
import time
from collections.abc import Callable, Mapping
from typing import Any

from grader.cluster import node_data
from grader.cluster.node_data import Manifest
from grader.engines.cluster_tasks import NodeInfo, Tasks
from grader.errors import ConfigurationError, DataError, GraderError

CHECK_SECONDS = 120.0  # for all nodes to answer: a sandbox is tried meanwhile
SEND_SECONDS = 600.0  # for data sets to arrive

Given = Callable[[str], tuple[Any, ...]]


def ask(
    tasks: Tasks,
    nodes: Mapping[str, NodeInfo],
    function: Callable[..., Any],
    given: Given = lambda _address: (),
    seconds: float = CHECK_SECONDS,
) -> dict[str, Any]:
    """Call a function on all nodes at once; returns address to answer.

    Args:
        tasks: starts tasks on nodes.
        nodes: address to name.
        function: what is called.
        given: address to what it is called with there.
        seconds: for all of them to answer.

    Raises:
        ConfigurationError: some raised an error, or did not answer: one line for each.
    """
    futures = {address: tasks.start(address, function, *given(address)) for address in nodes}
    end = time.monotonic() + seconds
    answers, problems = {}, []
    for address, future in futures.items():
        name = f"the node {nodes[address].name}"
        try:
            answers[address] = future.result(timeout=max(0.1, end - time.monotonic()))
        except TimeoutError:
            problems.append(f"{name} did not answer in {seconds:.0f} s; is it busy or cut off?")
        except GraderError as error:
            problems.append(f"{name}: {error}")
        except Exception as error:
            problems.append(f"{name} cannot be asked: {error or type(error).__name__}")
    for future in futures.values():
        tasks.forget(future)
    if problems:
        raise ConfigurationError("\n".join(problems))
    return answers


def require_same_grader(tasks: Tasks, nodes: Mapping[str, NodeInfo]) -> None:
    """Ensure that all nodes have this grader and this Python.

    It asks with nothing but Python's own functions: what is ours may be another there.

    Raises:
        ConfigurationError: names each node that has not.
    """
    here = platform.python_version_tuple()[:2]
    pythons = ask(tasks, nodes, platform.python_version_tuple)
    problems = [
        f"the node {nodes[address].name}: Python {'.'.join(found[:2])} there, {'.'.join(here)} "
        "here; install the same"
        for address, found in pythons.items()
        if tuple(found[:2]) != here
    ]
    graders = ask(tasks, nodes, importlib.metadata.version, lambda _: ("grader",))
    version = importlib.metadata.version("grader")
    problems += [
        f"the node {nodes[address].name}: grader {found} there, {version} here; install the same"
        for address, found in graders.items()
        if found != version
    ]
    if problems:
        raise ConfigurationError("\n".join(problems))


def send_data(tasks: Tasks, nodes: Mapping[str, NodeInfo], data: Manifest) -> None:
    """Send the data sets to the machines that have no such files, once to each.

    Raises:
        ConfigurationError: one of them could not keep them.
        DataError: they changed meanwhile.
    """
    found = ask(tasks, nodes, node_data.find, lambda _: (data,))
    by_machine = {address.rpartition(":")[0]: address for address in nodes if not found[address]}
    if not by_machine:
        return
    contents = tuple((data.folder / name).read_bytes() for name, _ in data.files)
    if node_data.manifest(data.folder) != data:
        raise DataError(f"{data.folder} changes: run the command again when that is over")
    lacking = {address: nodes[address] for address in by_machine.values()}
    ask(tasks, lacking, node_data.receive, lambda _: (data, contents), SEND_SECONDS)
