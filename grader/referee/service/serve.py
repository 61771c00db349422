"""A worker in a terminal: ``grader referee``."""

from __future__ import annotations

import logging
from pathlib import Path

from rich.console import Console
from rich.logging import RichHandler
from rich.text import Text

from grader import datasets
from grader.referee.service import addresses, worker
from grader.referee.service.trainer_process import Setup
from grader.referee.training import backends


def run(setup: Setup, address: str, key: Path | None, console: Console) -> None:
    """Serve at ``address`` until Ctrl-C or SIGTERM, and print on ``console`` what is trained.

    Args:
        setup: what it trains with.
        address: where to listen.
        key: the file of the secret key for ``tcp``; None: ``referee.key`` among the runs.
        console: where to print.

    Raises:
        DataError: the data sets are not there, or not the real ones.
        ConfigurationError: nobody can listen there, or the key cannot be used.
        RefereeError: the backend is not installed.
    """
    addresses.check(address)
    backends.require_installed(setup.backend)
    datasets.verify(setup.data)
    secret = ""
    console.print(Text(f"Referee at {address}, trainings in {setup.runs}"), soft_wrap=True)
    if addresses.socket_file(address) is None:
        public, secret = addresses.key_pair(key or setup.runs / "referee.key")
        # A key is Z85, whose alphabet has the brackets and colons of Rich's markup.
        console.print(Text(f'c.Course.referee_key = "{public}"'), soft_wrap=True, highlight=False)
    log = logging.getLogger("grader.referee")
    handler = _handler(console)
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        with console.status(f"Starting {setup.backend} ...") as status:
            worker.serve(address, secret, setup, status.update)
    finally:
        log.removeHandler(handler)


def _handler(console: Console) -> logging.Handler:
    """Writes what is trained: as rich does on a terminal, and as plain lines elsewhere."""
    if console.is_terminal:
        return RichHandler(console=console, show_path=False, show_level=False)
    plain = logging.StreamHandler(console.file)  # rich fills a line up to the console's width
    plain.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%d %H:%M:%S"))
    return plain
