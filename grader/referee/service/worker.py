"""The worker: the referee as a process, with a broker that listens and supervised trainers.

``grader grade`` starts one for itself (``grader.referee.service.local``); ``grader referee`` runs
one for other machines.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import select
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import zmq

from grader.errors import ConfigurationError, GraderError
from grader.referee.service import addresses
from grader.referee.service.broker import Broker
from grader.referee.service.trainer_pool import TrainerPool
from grader.referee.service.trainer_process import Setup
from grader.referee.service.trainer_supervisor import TrainerSupervisor

LOG = logging.getLogger("grader.referee")


def serve(
    address: str,
    secret_key: str,
    setup: Setup,
    report: Callable[[str], None] = lambda _: None,
    ended: Callable[[], bool] = lambda: False,
) -> None:
    """Serve at ``address`` until ``ended``, SIGTERM or Ctrl-C; leaves no process and no socket.

    Args:
        address: ``ipc://`` and a path in a folder that nobody else may enter, or ``tcp://``.
        secret_key: see ``grader.referee.service.addresses.key_pair``; needed for ``tcp``.
        setup: what the trainers are made from.
        report: called with a line for a person who watches: what is being trained.
        ended: asked ten times a second.

    Raises:
        ConfigurationError: nobody can listen there, or the folder for the store cannot be made.
    """
    addresses.prepare(address, secret_key)
    _make(setup.runs)
    pool = TrainerPool([TrainerSupervisor(setup) for _ in range(setup.trainers)])
    with (
        _end_signals() as signalled,
        contextlib.ExitStack() as ends,
    ):
        try:
            broker = Broker(address, secret_key, pool, report)
        except zmq.ZMQError as error:
            raise ConfigurationError(f"the referee cannot listen at {address}: {error}") from error
        ends.callback(_clear_up, broker, pool, address)
        LOG.info("listening at %s", address)
        pool.start()
        broker.serve(lambda: signalled.is_set() or ended())


def _clear_up(broker: Broker, pool: TrainerPool, address: str) -> None:
    pool.end()
    broker.close()
    if (file := addresses.socket_file(address)) is not None:
        file.unlink(missing_ok=True)
    LOG.info("ended")


def _make(runs: Path) -> None:
    try:
        runs.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"{runs} cannot be made: {error}; name another folder in c.Course.runs"
        ) from error


@contextlib.contextmanager
def _end_signals() -> Iterator[threading.Event]:
    """The event that SIGTERM and Ctrl-C set; an exception could interrupt the cleaning up."""
    signalled = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        for number in before:
            signal.signal(number, lambda *_: signalled.set())
        yield signalled
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _cut(lifeline: int) -> bool:
    """Whether the process that held the other end of a pipe is gone."""
    return bool(select.select([lifeline], [], [], 0)[0]) and not os.read(lifeline, 1)


def main() -> None:
    """Run ``python -m grader.referee.service.worker``."""
    parser = argparse.ArgumentParser(prog="python -m grader.referee.service.worker")
    parser.add_argument("--address", required=True)
    parser.add_argument("--setup", required=True, type=Setup.load, help="JSON")
    parser.add_argument("--key", type=Path, help="file of the key, for tcp")
    parser.add_argument(
        "--lifeline",
        action="store_true",
        help="end when stdin ends, and remove the socket's folder",
    )
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    secret = addresses.key_pair(arguments.key)[1] if arguments.key else ""
    ended = (lambda: _cut(sys.stdin.fileno())) if arguments.lifeline else (lambda: False)
    serve(arguments.address, secret, arguments.setup, ended=ended)
    if arguments.lifeline and (file := addresses.socket_file(arguments.address)) is not None:
        shutil.rmtree(file.parent, ignore_errors=True)


if __name__ == "__main__":
    try:
        main()
    except GraderError as error:
        sys.exit(f"grader: {error}")
